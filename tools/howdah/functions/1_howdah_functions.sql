-- A version for each row of a table, and filling of tables in use.
--
--     select howdah_attach_touch('orders');    -- from now on each UPDATE counts version up and sets updated_at
--     select howdah_detach_touch('orders');
--     call howdah_backfill('orders', 'total = price * amount', 'total is null');   -- in a file with transaction=off
--
-- Everything here may run again. A table whose comment holds 'howdah: unversioned' gets no version:
--
--     comment on table prices is 'howdah: unversioned, since numbers are given out elsewhere';
--
-- PostgreSQL 12 and later.

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

-- update <target> set <assignment> where <condition>, in many short transactions, so that nobody waits long: call it
-- where no transaction is open. Rows that others have locked are left for later, and those that others add are found.
-- The condition must be false of a row that is done: so a call that was stopped may simply be made again. Goes through
-- the table by place, about `batch` rows at a time (before PostgreSQL 14 each of these reads the whole table), and
-- sleeps for `pause` after each. Programs that add rows have to fill them themselves by then. `assignment` and
-- `condition` are SQL of yours.
create or replace procedure howdah_backfill(target regclass, assignment text, condition text,
                                            batch integer default 1000, pause interval default '0')
language plpgsql security invoker
as $$
declare
    blocks bigint; -- of the table
    step bigint;   -- blocks in a batch
    block bigint;
    done bigint;
    endless bigint;
    total bigint := 0;
    rest bigint;
begin
    if batch < 1 then
        raise exception 'howdah_backfill: a batch has at least one row' using errcode = 'invalid_parameter_value';
    end if;
    perform from pg_catalog.pg_class c where c.oid = target and c.relkind = 'r';
    if not found then
        raise exception 'howdah_backfill of %: it is no ordinary table', target
            using errcode = 'wrong_object_type',
                  hint = 'Of a partitioned table call it for each partition.';
    end if;
    for round in 1 .. 8 loop
        select pg_catalog.pg_relation_size(target) / pg_catalog.current_setting('block_size')::bigint,
               greatest(1, batch / case when c.reltuples > 0 and c.relpages > 0
                                        then greatest(1, pg_catalog.ceil(c.reltuples / c.relpages))::bigint
                                        else 50 end)
        into blocks, step
        from pg_catalog.pg_class c where c.oid = target;
        block := 0;
        while block <= blocks loop
            execute pg_catalog.format(
                'with here as (select ctid as place from only %1$s where ctid >= %4$L and ctid < %5$L and (%3$s) '
                'for no key update skip locked), '
                'now_done as (update only %1$s set %2$s where ctid = any (array(select place from here)) '
                'returning (%3$s) as still) '
                'select count(*), count(*) filter (where still) from now_done',
                target, assignment, condition,
                pg_catalog.format('(%s,0)', block), pg_catalog.format('(%s,0)', block + step))
            into done, endless;
            if endless > 0 then
                raise exception 'howdah_backfill: (%) is still true after (%), so this would never end',
                    condition, assignment
                    using errcode = 'invalid_parameter_value',
                          hint = 'Give a condition that is false of a row that is done.';
            end if;
            commit;
            total := total + done;
            block := block + step;
            if done > 0 and pause > interval '0' then
                perform pg_catalog.pg_sleep(extract(epoch from pause));
            end if;
        end loop;
        -- What others had locked, or have added meanwhile. If that does not end, somebody has to look at it.
        execute pg_catalog.format('select count(*) from only %s where %s', target, condition) into rest;
        commit;
        if rest = 0 then
            raise notice 'howdah_backfill of %: % done', target, total;
            return;
        end if;
        perform pg_catalog.pg_sleep(0.05 * 2 ^ round);
    end loop;
    raise exception 'howdah_backfill of %: % left', target, rest
        using errcode = 'object_in_use',
              hint = 'Others lock them or go on adding them, or a trigger or policy keeps them as they are. '
                     'What is done stays done: call it again.';
end
$$;
