-- SPDX-License-Identifier: BSL-1.0
create table notes (
    id uuid primary key default gen_random_uuid(),
    text text not null,
    version integer not null default 1,
    created_at timestamptz not null default now()
);

-- The version counts the updates, whoever makes them.
create function notes_touch() returns trigger language plpgsql as $$
begin
    new.version := old.version + 1;
    return new;
end
$$;
create trigger notes_touch before update on notes for each row execute function notes_touch();
