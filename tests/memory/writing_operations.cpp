// SPDX-License-Identifier: BSL-1.0
#include <howdah/copy.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/query.hpp>
#include <howdah/repository.hpp>
#include <howdah/transaction.hpp>

#include "operation_rows.hpp"
#include "operations.hpp"

namespace howdah::test {

namespace {

const repository<item> items;

const std::string text(long_text);
const new_item one_item{100, "the title of the hundredth", text, {text, "short"}};
const std::vector<new_item> some_items = [] {
    std::vector<new_item> all;
    for (std::int32_t i = 0; i < 6; ++i)
        all.push_back({200 + i, "the title of a new item, " + std::to_string(i), text, {text}});
    return all;
}();
const std::vector<item_change> some_changes{{1, 1, text}, {2, 99, text}, {700, 1, text}, {3, 1, text}};

bool conditional_update(executor& on) {
    const auto written = items.update_if_version(on, 5, 1, set<&item::body>(text));
    const auto late = items.update_if_version(on, 5, 1, set<&item::body>(text));
    return written && written->version == 2 && late.conflict() && late.conflict()->current.version == 2;
}

bool update_many(executor& on) {
    const auto all = items.update_many_if_version(on, some_changes);
    return all.size() == 4 && all[0] && all[1].conflict() && all[2].not_found() && all[3]->version == 2;
}

bool update_all(executor& on) {
    const auto all = items.update_all_if_version(on, some_changes);
    return !all.applied && all.outcomes.size() == 4;
}

bool pipelined_writes(executor& on) {
    pipeline batch(on);
    const auto first = batch.execute("update items set body = $1 where id = 1", text);
    const auto second = batch.execute("insert into lines values (300, 1, $1)", text);
    batch.run();
    return first.get() == 1 && second.get() == 1;
}

bool copy_by_writer(executor& on) {
    copy_writer<new_item> writer(on);
    for (const auto& one : some_items) writer.write(one);
    return writer.finish() == 6;
}

constexpr operation writing[] = {
    {"execute",
     [](executor& on) { return execute(on, "update items set body = $1 where id < 4", text) == 3; }},
    {"insert", [](executor& on) { return items.insert(on, one_item).tags.size() == 2; }},
    {"upsert", [](executor& on) { return items.upsert(on, one_item).body == text; }},
    {"update_if_version", &conditional_update},
    {"erase",
     [](executor& on) {
         const auto gone = items.erase(on, 6);
         return gone && gone->id == 6;
     }},
    {"insert_many", [](executor& on) { return items.insert_many(on, some_items).size() == 6; }},
    {"insert_many_count", [](executor& on) { return items.insert_many_count(on, some_items) == 6; }},
    {"upsert_many", [](executor& on) { return items.upsert_many(on, some_items).size() == 6; }},
    {"update_many_if_version", &update_many},
    {"update_all_if_version", &update_all},
    {"copy_in", [](executor& on) { return copy_in(on, some_items) == 6; }},
    {"copy_writer", &copy_by_writer},
    {"a pipeline that writes", &pipelined_writes},
};

bool in_transaction(connection& on) {
    return transact(on, [](transaction& tx) {
        execute(tx, "update items set body = $1 where id = 1", text);
        savepoint kept(tx);
        execute(tx, "insert into lines values (301, 1, $1)", text);
        {
            savepoint inner(tx);
            execute(tx, "insert into lines values (302, 1, $1)", text);
            inner.release();
        }
        kept.release();
        return execute(tx, "insert into lines values (303, 1, $1)", text) == 1;
    });
}

/// What is behind a savepoint that is not released goes, and nothing else.
bool dropped_savepoints(connection& on) {
    transact(on, [](transaction& tx) {
        execute(tx, "insert into lines values (304, 1, $1)", text);
        {
            savepoint left(tx);
            execute(tx, "insert into lines values (305, 1, $1)", text);
            savepoint within(tx);
            execute(tx, "insert into lines values (306, 1, $1)", text);
        }
        savepoint undone(tx);
        execute(tx, "insert into lines values (307, 1, $1)", text);
        undone.rollback();
    });
    return query_one<std::int64_t>(on, "select count(*) from lines where id > 300") == 1;
}

bool refused_at_savepoint(connection& on) {
    return transact(on, [](transaction& tx) {
        execute(tx, "insert into lines values (308, 1, $1)", text);
        savepoint attempt(tx);
        try {
            execute(tx, "insert into lines values (1, 1, $1)", text);
        } catch (const server_error& failure) {
            attempt.rollback();
            return failure.sqlstate() == sqlstates::unique_violation;
        }
        return false;
    });
}

bool refused_commit(connection& on) {
    try {
        transact(on, [](transaction& tx) {
            execute(tx, "insert into lines values (309, 1, $1)", text);
            execute(tx, "insert into promises values (1)");
        });
    } catch (const server_error& failure) {
        return failure.sqlstate() == sqlstates::unique_violation;
    }
    return false;
}

bool rolled_back(connection& on) {
    transaction tx(on);
    execute(tx, "insert into lines values (310, 1, $1)", text);
    tx.rollback();
    return !tx.open();
}

bool left_transaction(connection& on) {
    transaction tx(on, {.isolation = isolation_level::serializable});
    return execute(tx, "insert into lines values (311, 1, $1)", text) == 1;
}

bool left_copy(connection& on) {
    copy_writer<new_item> writer(on);
    for (const auto& one : some_items) writer.write(one);
    return writer.rows_written() == 6;
}

bool raw_copy(connection& on) {
    return on.copy_in("copy lines from stdin", "320\t1\tone line of some length\n321\t1\tanother\n") == 2;
}

bool described(connection& on) {
    const auto known = on.describe("select id, title from items where id = $1");
    const auto type = on.type_named("spot[]");
    return known.columns.size() == 2 && known.columns[1].name == "title" && type && type->name == "_spot";
}

/// Something that a return to a pool has to clean up.
bool cleaned(connection& on) {
    on.run_script("set application_name = 'another name than before, and a longer one'");
    if (!on.reset(std::chrono::seconds(5))) return true; // and is broken, which is asked for
    return query_one<std::string>(on, "show application_name") == "howdah";
}

bool noticed(connection& on) {
    on.run_script("do $$ begin raise notice 'a notice of some length, which nobody may want'; end $$");
    return execute(on, "update items set body = $1 where id = 2", text) == 1;
}

bool reached_deadline(connection& on) {
    statement slow("select pg_sleep(0.5), $1");
    slow.timeout = std::chrono::milliseconds(10);
    try {
        execute(on, slow, text);
    } catch (const server_error& failure) {
        return failure.sqlstate() == sqlstates::query_canceled;
    } catch (const connection_error& failure) { // it could not be cancelled
        return failure.kind() == connection_failure::timeout && on.state() == session_state::broken;
    }
    return false;
}

constexpr session_operation session[] = {
    {"a transaction with savepoints", &in_transaction, true},
    {"savepoints that are not released", &dropped_savepoints},
    {"a statement refused at a savepoint", &refused_at_savepoint, true},
    {"a COMMIT that the server refuses", &refused_commit, true},
    {"a transaction that is rolled back", &rolled_back, true},
    {"a transaction that is left", &left_transaction, true},
    {"a COPY that is left", &left_copy, true},
    {"a COPY of text", &raw_copy},
    {"descriptions", &described},
    {"a session that is cleaned", &cleaned},
    {"a notice", &noticed},
    {"a deadline that passes", &reached_deadline},
};

} // namespace

std::span<const operation> writing_operations() {
    return writing;
}
std::span<const session_operation> session_operations() {
    return session;
}

} // namespace howdah::test
