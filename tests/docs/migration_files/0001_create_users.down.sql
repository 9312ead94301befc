drop view if exists public_users;
drop table users;
