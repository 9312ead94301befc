-- When a user was last here; NULL: never. Nullable and without a default, so that no row is rewritten.
alter table users add column if not exists last_login_at timestamptz;

create index if not exists users_last_login_at_idx on users (last_login_at desc);
