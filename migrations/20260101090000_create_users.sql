-- The users table of the examples and tests, and howdah_attach_touch(), which any other table can use as well:
--
--     select howdah_attach_touch('orders');
--
-- Everything here may run again and changes nothing then. PostgreSQL 12 and later.

-- On every UPDATE, whoever makes it: the version is one more than before, whatever the client sent, and updated_at
-- rises strictly. The time is that of the update, not of its transaction's beginning: of two transactions the one
-- that began first may well commit last. SECURITY INVOKER: row security applies as it does without the trigger.
create or replace function howdah_touch() returns trigger
language plpgsql security invoker
as $$
begin
    new.version := old.version operator(pg_catalog.+) 1;
    new.updated_at := greatest(pg_catalog.clock_timestamp(),
                               old.updated_at operator(pg_catalog.+) '1 microsecond'::pg_catalog.interval);
    return new;
end
$$;

-- Attaches howdah_touch() to a table, once. The trigger is looked up by table and name: one of the same name on
-- another table, or in another schema, is another trigger. Triggers fire in the order of their names, so this one
-- comes late and has the last word; the others that change a row before it is stored are named in a notice.
-- howdah_touch() is the one beside this function, whatever the caller's path.
create or replace function howdah_attach_touch(target regclass) returns void
language plpgsql security invoker set search_path from current
as $$
declare
    absent text;
    other record;
begin
    if pg_catalog.obj_description(target, 'pg_class') operator(pg_catalog.~) 'howdah: unversioned' then
        raise exception 'the table % gets no version: its comment says so', target
            using errcode = 'object_not_in_prerequisite_state',
                  hint = 'The comment holds ''howdah: unversioned''. If that is no longer so, change it first.';
    end if;
    select pg_catalog.string_agg(wanted.name, ' and ' order by wanted.name desc) into absent
    from (values ('version'), ('updated_at')) wanted (name)
    where not exists (select from pg_catalog.pg_attribute a
                      where a.attrelid operator(pg_catalog.=) target
                        and a.attname operator(pg_catalog.=) wanted.name::pg_catalog.name
                        and not a.attisdropped);
    if absent is not null then
        raise exception 'the table % lacks %', target, absent
            using errcode = 'undefined_column',
                  hint = 'alter table ... add column version integer not null default 1, '
                         'add column updated_at timestamptz not null default now()';
    end if;
    for other in
        select t.tgname, t.tgname operator(pg_catalog.>) 'zz_howdah_touch'::pg_catalog.name as later
        from pg_catalog.pg_trigger t
        where t.tgrelid operator(pg_catalog.=) target and not t.tgisinternal
          and (t.tgtype::pg_catalog.int4 operator(pg_catalog.&) 19) operator(pg_catalog.=) 19 -- ROW, BEFORE, UPDATE
          and t.tgname operator(pg_catalog.<>) 'zz_howdah_touch'::pg_catalog.name
        order by t.tgname
    loop
        if other.later then
            raise warning 'the trigger % of % fires after zz_howdah_touch and may change the version; rename it',
                other.tgname, target;
        else
            raise notice 'the trigger % of % fires before zz_howdah_touch', other.tgname, target;
        end if;
    end loop;
    perform from pg_catalog.pg_trigger t
    where t.tgrelid operator(pg_catalog.=) target and t.tgname operator(pg_catalog.=) 'zz_howdah_touch';
    if not found then
        -- A regclass is written with its schema where that is needed, and quoted.
        execute pg_catalog.format('create trigger zz_howdah_touch before update on %s '
                                  'for each row execute function %s()',
                                  target, 'howdah_touch'::pg_catalog.regproc);
    end if;
end
$$;

-- Takes the trigger away; the columns and what is in them stay.
create or replace function howdah_detach_touch(target regclass) returns void
language plpgsql security invoker
as $$
begin
    perform from pg_catalog.pg_trigger t
    where t.tgrelid operator(pg_catalog.=) target and t.tgname operator(pg_catalog.=) 'zz_howdah_touch';
    if found then
        execute pg_catalog.format('drop trigger zz_howdah_touch on %s', target);
    else
        raise notice 'the table % has no trigger zz_howdah_touch', target;
    end if;
end
$$;

-- Ids whose order is that of their making (RFC 9562, version 7), for servers before 18, which have no uuidv7().
-- PostgreSQL 12 has gen_random_uuid() in the extension pgcrypto only; there let the program make the ids.
create or replace function howdah_uuid_v7() returns uuid
language plpgsql volatile parallel safe
as $$
declare
    milliseconds bigint := pg_catalog.floor(extract(epoch from pg_catalog.clock_timestamp())
                                            operator(pg_catalog.*) 1000);
    bytes bytea := pg_catalog.uuid_send(gen_random_uuid());
begin
    -- 48 bits of time in front; then 0100, the version of a random id, becomes 0111.
    bytes := pg_catalog.overlay(bytes, pg_catalog.substring(pg_catalog.int8send(milliseconds), 3), 1, 6);
    bytes := pg_catalog.set_bit(pg_catalog.set_bit(bytes, 52, 1), 53, 1);
    return pg_catalog.encode(bytes, 'hex')::pg_catalog.uuid;
end
$$;

create table if not exists users (
    id uuid primary key default howdah_uuid_v7(),
    email text not null unique,
    name text not null,
    picture text,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index if not exists users_created_at_idx on users (created_at);

select howdah_attach_touch('users');
