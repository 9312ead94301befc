// SPDX-License-Identifier: BSL-1.0
//
// Conditional updates of many rows in one statement: docs/design.md, "Many conditional updates at once".
#include <algorithm>
#include <numeric>

#include <howdah/connection.hpp>
#include <howdah/detail/repository_core.hpp>

#include "session.hpp"
#include "value_arrays.hpp"

namespace howdah::detail {

namespace {

std::string quote(std::string_view name) {
    return connection::quote_identifier(name);
}

/// Where the key, the version and the columns to write are among the fields of the items.
struct item_fields {
    item_fields(const table_description& table, const std::vector<std::string_view>& columns) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (columns[i] == table.key) key = i;
            else if (columns[i] == table.version) version = i;
            else written.push_back(i);
        }
    }
    std::size_t key = 0, version = 0;
    std::vector<std::size_t> written;
};

std::string columns_of(const table_description& table, std::string_view of) {
    std::string text;
    for (const auto& field : table.row->fields)
        text.append(text.empty() ? "" : ", ").append(of).append(quote(field.column));
    return text;
}

/// One row for every row of the table that an item names: was it written, has it the version that was expected,
/// where in the input its item is, and the row as stored or as it is now. `locked` takes the locks in the order of the
/// keys, and only of rows that have the expected version: two such statements never wait for each other in a circle.
std::string update_text(const table_description& table, const value_arrays& items,
                        const item_fields& fields) {
    const auto name = quoted_table(table), key = quote(table.key), version = quote(table.version);
    const auto expected = items.value(fields.version), wanted = items.value(fields.key);
    std::string given = "WITH given AS MATERIALIZED (SELECT given.howdah_place, " + wanted +
                        " AS howdah_key, " + expected + " AS howdah_version";
    std::string sets;
    for (const auto field : fields.written) {
        const auto alias = "howdah_value_" + std::to_string(field);
        given.append(", ").append(items.value(field)).append(" AS ").append(alias);
        sets.append(sets.empty() ? "" : ", ")
            .append(quote(items.columns()[field]))
            .append(" = given.")
            .append(alias);
    }
    const auto locked = "locked AS MATERIALIZED (SELECT target." + key + " AS howdah_key FROM " + name +
                        " AS target JOIN given ON target." + key + " = given.howdah_key AND target." +
                        version + " = given.howdah_version ORDER BY target." + key +
                        " FOR NO KEY UPDATE OF target)";
    const auto written = "written AS (UPDATE " + name + " AS target SET " + sets +
                         " FROM given JOIN locked ON locked.howdah_key = given.howdah_key WHERE target." +
                         key + " = locked.howdah_key AND target." + version +
                         " = given.howdah_version RETURNING given.howdah_place, " +
                         columns_of(table, "target.") + ')';
    const auto columns = columns_of(table, "");
    return given + " FROM " + items.source(true) + "), " + locked + ", " + written +
           " SELECT true AS howdah_written, true AS howdah_same_version, howdah_place, " + columns +
           " FROM written UNION ALL SELECT false, target." + version +
           " = given.howdah_version, given.howdah_place, " + columns_of(table, "target.") +
           " FROM given JOIN " + name + " AS target ON target." + key +
           " = given.howdah_key WHERE NOT EXISTS (SELECT FROM written WHERE written.howdah_place = "
           "given.howdah_place)";
}

/// The rows as they are now, in a snapshot of its own: where the first statement could not tell.
std::string look_again_text(const table_description& table, const value_arrays& items,
                            const item_fields& fields) {
    return "SELECT false AS howdah_written, target." + quote(table.version) + " = " +
           items.value(fields.version) + " AS howdah_same_version, given.howdah_place, " +
           columns_of(table, "target.") + " FROM " + items.source(true) + " JOIN " + quoted_table(table) +
           " AS target ON target." + quote(table.key) + " = " + items.value(fields.key);
}

/// The items in the order of their keys as they are sent. Refuses two of the same key: one of them would be lost.
std::vector<std::size_t> order_of_keys(std::string_view cells, std::size_t count) {
    std::vector<std::string_view> keys;
    byte_reader from(cells);
    for (std::size_t i = 0; i < count; ++i) {
        const auto size = from.read<std::int32_t>();
        keys.push_back(size < 0 ? std::string_view{} : from.bytes(static_cast<std::size_t>(size)));
    }
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return keys[a] == keys[b] ? a < b : keys[a] < keys[b]; });
    for (std::size_t i = 1; i < count; ++i)
        if (keys[order[i - 1]] == keys[order[i]])
            throw usage_error("items " + std::to_string(order[i - 1]) + " and " + std::to_string(order[i]) +
                              " have the same key: one call updates a row once");
    return order;
}

result run_for(executor& on, std::string_view text, const parameters& values, const row_description& row) {
    statement what(text);
    what.reading = reading_of(row, other_columns::allowed);
    return on.run(what, values);
}

/// Of our own, inside a transaction. Undone unless it is released, save where the server has failed the transaction:
/// that is for the caller to undo.
class bulk_savepoint {
public:
    explicit bulk_savepoint(connection& on) : on_(on) { send("SAVEPOINT howdah_bulk"); }
    bulk_savepoint(const bulk_savepoint&) = delete;
    bulk_savepoint& operator=(const bulk_savepoint&) = delete;
    ~bulk_savepoint() {
        if (released_ || on_.state() != session_state::in_transaction) return;
        try {
            roll_back();
        } catch (...) { // nothing of the transaction may be committed then
            session_access::give_up(on_);
        }
    }
    void roll_back() { send("ROLLBACK TO SAVEPOINT howdah_bulk"); }
    void release() {
        send("RELEASE SAVEPOINT howdah_bulk");
        released_ = true;
    }

private:
    void send(std::string_view text) {
        statement command(text);
        command.prepare = false; // cheap to parse
        (void)on_.run(command);
    }
    connection& on_;
    bool released_ = false;
};

class bulk_update {
public:
    bulk_update(connection& on, const many_updates& what)
        : on_(on), what_(what), row_(*what.table->row), items_(on, *what.table, *what.items.described),
          fields_(*what.table, items_.columns()) {
        // All in one statement: only so are the locks taken in one order.
        if (items_.take(what.items, 0, value_arrays::batch::whole) != what.items.rows)
            throw usage_error("the items of one call must stay below half a gigabyte: make several calls");
        order_ = order_of_keys(items_.cells(fields_.key), what.items.rows);
    }

    /// In one statement, and a second one where that left an item in doubt. Throws 42501 if one item is not allowed to
    /// be written as it is.
    std::vector<item_outcome> together() {
        begin();
        const auto values = items_.bound();
        const auto answer = run_for(on_, update_text(*what_.table, items_, fields_), values, row_);
        const auto first = read_rows_of(answer);
        bool doubt = false;
        for (std::size_t i = 0; i < answer.row_count(); ++i) {
            const bool written = answer.value<bool>(i, 0), same = answer.value<bool>(i, 1);
            item_of(answer, i) = {written ? update_outcome::updated
                                  : same  ? update_outcome::denied
                                          : update_outcome::conflict,
                                  first + i};
            doubt = doubt || (same && !written);
        }
        if (doubt) look_again(values);
        return std::move(outcomes_);
    }

    /// Each item alone, where one that the server refuses would take the others with it. Inside a transaction.
    std::vector<item_outcome> one_by_one() {
        begin();
        const auto& table = *what_.table;
        const auto& described = *what_.items.described;
        std::vector<std::string_view> written;
        for (const auto field : fields_.written) written.push_back(items_.columns()[field]);
        auto* const rows =
            static_cast<std::byte*>(what_.into->resize(what_.into->container, outcomes_.size()));
        std::vector<const void*> addresses(items_.columns().size());
        const auto value = [&](std::size_t field) {
            return erased_value{described.fields[field].codec, addresses[field]};
        };
        for (const auto item : order_) {
            described.addresses(static_cast<const std::byte*>(what_.items.first) + item * what_.items.stride,
                                addresses.data());
            std::vector<erased_value> values;
            for (const auto field : fields_.written) values.push_back(value(field));
            bulk_savepoint before(on_);
            const auto outcome = run_write(on_,
                                           {.table = &table,
                                            .key = value(fields_.key),
                                            .version = value(fields_.version),
                                            .columns = written,
                                            .values = values.data()},
                                           rows + item * what_.into->stride);
            if (on_.state() == session_state::failed_transaction) before.roll_back();
            before.release();
            outcomes_[item] = {outcome, item};
        }
        return std::move(outcomes_);
    }

private:
    void begin() {
        rows_ = 0;
        outcomes_.assign(what_.items.rows, {});
    }

    /// Appends the rows of an answer to those that are there; returns the number of the first.
    std::size_t read_rows_of(const result& answer) {
        const auto first = rows_;
        rows_ += answer.row_count();
        auto* const into = static_cast<std::byte*>(what_.into->resize(what_.into->container, rows_));
        row_reader(row_, answer, other_columns::allowed)
            .read(answer.row_count(), into + first * what_.into->stride, what_.into->stride);
        return first;
    }

    item_outcome& item_of(const result& answer, std::size_t row) {
        return outcomes_.at(answer.value<std::size_t>(row, 2) - 1);
    }

    /// Visible with the expected version, and not written: somebody was quicker, or something keeps it from us.
    void look_again(const parameters& values) {
        std::vector<bool> in_doubt;
        for (auto& one : outcomes_) {
            in_doubt.push_back(one.outcome == update_outcome::denied);
            if (in_doubt.back()) one.outcome = update_outcome::not_found;
        }
        const auto answer = run_for(on_, look_again_text(*what_.table, items_, fields_), values, row_);
        const auto first = read_rows_of(answer);
        for (std::size_t i = 0; i < answer.row_count(); ++i) {
            auto& one = item_of(answer, i);
            if (in_doubt[static_cast<std::size_t>(&one - outcomes_.data())])
                one = {answer.value<bool>(i, 1) ? update_outcome::denied : update_outcome::conflict,
                       first + i};
        }
    }

    connection& on_;
    const many_updates& what_;
    const row_description& row_;
    value_arrays items_;
    item_fields fields_;
    std::vector<std::size_t> order_;
    std::vector<item_outcome> outcomes_;
    std::size_t rows_ = 0;
};

bool is_refused(const server_error& failure) {
    return failure.sqlstate() == sqlstates::insufficient_privilege;
}

std::vector<item_outcome> update_inside(connection& on, const many_updates& what) {
    bulk_update work(on, what);
    bulk_savepoint before(on);
    std::vector<item_outcome> outcomes;
    try {
        outcomes = work.together();
    } catch (const server_error& failure) {
        if (!is_refused(failure)) throw;
        before.roll_back();
        outcomes = work.one_by_one();
    }
    before.release();
    return outcomes;
}

std::vector<item_outcome> update_outside(connection& on, const many_updates& what) {
    bulk_update work(on, what);
    std::vector<item_outcome> outcomes;
    try {
        return work.together();
    } catch (const server_error& failure) {
        if (!is_refused(failure)) throw;
    }
    on.run_together([&](executor&) { outcomes = work.one_by_one(); });
    return outcomes;
}

/// Calls `update()`. True if it has to be called again: the columns had other types by now, and nothing has happened.
template <class Update>
[[nodiscard]] bool again_if_types_changed(connection& on, const many_updates& what, const Update& update) {
    const bool outside = on.state() == session_state::idle;
    try {
        update();
        return false;
    } catch (const server_error& failure) {
        if (!value_arrays::may_be_out_of_date(failure) || is_refused(failure)) throw;
        value_arrays::forget_types(on, *what.table, *what.items.described);
        if (!outside) throw;
    }
    return true;
}

} // namespace

std::vector<item_outcome> run_update_many(executor& on, const many_updates& what) {
    if (what.items.rows == 0) return {};
    const auto loan = on.borrow();
    const bool outside = loan->state() == session_state::idle;
    std::vector<item_outcome> outcomes;
    const auto update = [&] {
        outcomes = outside ? update_outside(*loan, what) : update_inside(*loan, what);
    };
    if (again_if_types_changed(*loan, what, update)) update();
    return outcomes;
}

std::vector<item_outcome> run_update_all(executor& on, const many_updates& what, bool& applied) {
    applied = true;
    if (what.items.rows == 0) return {};
    const auto loan = on.borrow();
    std::vector<item_outcome> outcomes;
    const auto update = [&] {
        loan->run_together([&](executor&) {
            bulk_savepoint before(*loan);
            outcomes = update_inside(*loan, what);
            applied = std::all_of(outcomes.begin(), outcomes.end(), [](const item_outcome& one) {
                return one.outcome == update_outcome::updated;
            });
            if (!applied) before.roll_back();
            before.release();
        });
    };
    if (again_if_types_changed(*loan, what, update)) update();
    return outcomes;
}

} // namespace howdah::detail
