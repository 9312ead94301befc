-- howdah: transaction=off
drop index concurrently users_email;
