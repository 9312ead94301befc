-- [migration_steps]
-- howdah: transaction=off
create index concurrently users_email on users (email);
analyze users;
-- [migration_steps-end]
