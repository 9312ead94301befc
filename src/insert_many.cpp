// SPDX-License-Identifier: BSL-1.0
//
// Inserting many rows: one array for each column, unnested by the server.
#include <howdah/connection.hpp>
#include <howdah/detail/repository_core.hpp>

#include "value_arrays.hpp"

namespace howdah::detail {

namespace {

std::string text_of(const many_rows& what, const value_arrays& values) {
    const auto& table = *what.table;
    const auto& columns = values.columns();
    std::string text = "INSERT INTO " + quoted_table(table) + " (" + quoted_columns(columns) + ") SELECT ";
    for (std::size_t i = 0; i < columns.size(); ++i) text.append(i ? ", " : "").append(values.value(i));
    // Rows are stored, and so returned, in the order in which the SELECT gives them.
    text += " FROM " + values.source(what.into) + (what.into ? " ORDER BY given.howdah_place" : "");
    if (what.then == on_conflict::skip) text += " ON CONFLICT DO NOTHING";
    if (what.then == on_conflict::update) text += update_on_conflict(table, columns, what.conflict);
    return what.into ? text + returning(table) : text;
}

class insertion {
public:
    explicit insertion(const many_rows& what) : what_(what) {}

    std::size_t run(connection& on) {
        stored_ = 0;
        value_arrays values(on, *what_.table, *what_.from.described);
        const auto text = text_of(what_, values);
        const auto taken = values.take(what_.from, 0);
        if (taken == what_.from.rows)
            run_one(on, text, values.bound(), taken); // one statement is one unit anyway
        else
            on.run_together([&](executor& together) {
                for (auto done = taken;;) {
                    run_one(together, text, values.bound(), done);
                    if (done == what_.from.rows) break;
                    done += values.take(what_.from, done);
                }
            });
        if (what_.into) (void)what_.into->resize(what_.into->container, stored_);
        return stored_;
    }

    /// Without any column there is no array: every row is one of defaults.
    std::size_t run_defaults(connection& on) {
        const auto text = insert_text(*what_.table, {});
        on.run_together([&](executor& together) {
            for (std::size_t row = 0; row < what_.from.rows; ++row) run_one(together, text, {}, row + 1);
        });
        return stored_;
    }

private:
    /// `done`: how many rows of the input are sent with it.
    void run_one(executor& on, const std::string& text, const parameters& values, std::size_t done) {
        statement statement(text);
        if (what_.into) statement.reading = reading_of(*what_.table->row);
        const result answer = on.run(statement, values);
        if (!what_.into) {
            stored_ += answer.affected_rows();
            return;
        }
        row_reader reader(*what_.table->row, answer);
        const auto rows = answer.row_count();
        if (what_.then != on_conflict::skip && stored_ + rows != done)
            throw row_count_error("the table stored " + std::to_string(stored_ + rows) + " of " +
                                      std::to_string(done) +
                                      " rows: a trigger or a rule keeps the others out",
                                  stored_ + rows);
        auto* const first =
            static_cast<std::byte*>(what_.into->resize(what_.into->container, stored_ + rows));
        reader.read(rows, first + stored_ * what_.into->stride, what_.into->stride);
        stored_ += rows;
    }

    const many_rows& what_;
    std::size_t stored_ = 0;
};

} // namespace

std::size_t run_insert_many(executor& on, const many_rows& what) {
    if (what.from.rows == 0) return 0;
    const auto loan = on.borrow();
    insertion work(what);
    if (what.from.described->fields.empty()) return work.run_defaults(*loan);
    const bool alone = loan->state() == session_state::idle;
    try {
        return work.run(*loan);
    } catch (const server_error& failure) {
        if (!value_arrays::may_be_out_of_date(failure)) throw;
        value_arrays::forget_types(*loan, *what.table, *what.from.described);
        if (!alone) throw;
    }
    return work.run(*loan);
}

} // namespace howdah::detail
