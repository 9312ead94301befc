-- [migration_repeatable]
create or replace view public_users as select id from users;
grant select on public_users to ${reader};
-- [migration_repeatable-end]
