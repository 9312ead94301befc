-- SPDX-License-Identifier: BSL-1.0
--
-- The table of the benchmarks, the same on every run. bench/with_table.cpp puts the number of rows in its place.
create table account (
    n             bigint not null,
    id            uuid not null,
    tenant        bigint not null,
    email         text not null,
    name          text not null,
    picture       text,
    version       integer not null,
    score         double precision not null,
    active        boolean not null,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    last_login_at timestamptz
);
insert into account
select n, md5(n::text)::uuid, n % 1000, 'user' || n || '@example.org', 'Ada Number ' || n || ' Lovelace',
       case when n % 3 <> 0 then 'https://img.example.org/' || md5(n::text) || '.png' end,
       n % 50, sqrt(n), n % 7 <> 0,
       timestamptz '2020-01-01' + n * interval '97.000013 s',
       timestamptz '2023-01-01' + n * interval '31.000007 s',
       case when n % 4 <> 0 then timestamptz '2024-01-01' + n * interval '13.000003 s' end
from generate_series(1, :rows) as n;
alter table account add primary key (id);
create index on account (n);
vacuum analyze account;

-- For the lines that insert: emptied before each.
create table inserted (like account);
alter table inserted drop column n, add primary key (id);
