// SPDX-License-Identifier: BSL-1.0
//
// The core of every repository: what runs its statements and reads their answers.
#include <algorithm>

#include <howdah/detail/statement_text.hpp>
#include <howdah/repository.hpp>

namespace howdah::detail {

namespace {

/// Rows of one INSERT: powers of two, so that few texts have to be prepared, within what the protocol can
/// number.
std::size_t batch_size(std::size_t columns, std::size_t rows) noexcept {
    const std::size_t most = columns == 0 ? 1 : 512; // DEFAULT VALUES makes one row
    std::size_t batch = 1;
    while (batch * 2 <= std::min(rows, most) && batch * 2 * columns <= parameters::max_count) batch *= 2;
    return batch;
}

result run_for(executor& on, std::string_view text, const parameters& values, const row_description& row,
               other_columns others = other_columns::allowed) {
    statement what(text);
    what.reading = reading_of(row, others);
    return on.run(what, values);
}

void read_first(const result& from, const row_description& row, void* into) {
    row_reader(row, from, other_columns::allowed).read(1, into, 0);
}

update_outcome look_again(executor& on, const conditional_text& text, const parameters& key,
                          const row_description& row, void* into) {
    const result seen = run_for(on, text.look_again, key, row);
    if (seen.empty()) return update_outcome::not_found;
    if (seen.value<bool>(0, 0)) return update_outcome::denied;
    read_first(seen, row, into);
    return update_outcome::conflict;
}

} // namespace

update_outcome run_conditional(executor& on, const conditional_text& text, const parameters& key,
                               const parameters& values, const row_description& row, void* into) {
    parameters all;
    all.append(key);
    all.append(values);
    try {
        const result answer = run_for(on, text.write, all, row);
        if (answer.empty()) return update_outcome::not_found;
        const bool written = answer.value<bool>(0, 0), same_version = answer.value<bool>(0, 1);
        if (!written && same_version) return look_again(on, text, key, row, into);
        read_first(answer, row, into);
        return written ? update_outcome::updated : update_outcome::conflict;
    } catch (const server_error& failure) {
        if (failure.sqlstate() != sqlstates::insufficient_privilege) throw;
        return update_outcome::denied;
    }
}

void read_rows(const result& from, const row_description& row, std::size_t rows, const row_sink& sink) {
    row_reader reader(row, from, other_columns::allowed);
    auto* into = static_cast<std::byte*>(sink.resize(sink.container, rows));
    reader.read(rows, into, sink.stride);
}

void run_selection(executor& on, const table_description& table, const condition& where,
                   std::span<const ordering> order, std::optional<std::size_t> limit, const row_sink& sink) {
    parameters values;
    std::string text = select_columns(table) + from_table(table);
    if (!where.empty()) where.render(table, text += " WHERE ", values);
    if (!order.empty()) text += " ORDER BY " + order_text(table, order);
    if (limit) text += " LIMIT " + std::to_string(*limit);
    run_query(on, text, values, *table.row, cardinality::any, sink);
}

std::size_t run_count(executor& on, const table_description& table, const condition& where) {
    parameters values;
    std::string text = "SELECT pg_catalog.count(*)" + from_table(table) + " WHERE ";
    where.render(table, text, values);
    return on.run(text, values).value<std::size_t>(0, 0);
}

bool run_exists(executor& on, const table_description& table, const condition& where) {
    parameters values;
    std::string text = "SELECT EXISTS (SELECT" + from_table(table) + " WHERE ";
    where.render(table, text, values);
    return on.run(text + ')', values).value<bool>(0, 0);
}

void run_insert_many(executor& on, const table_description& table, column_names columns,
                     const row_source& from, const row_sink& sink) {
    auto* into = static_cast<std::byte*>(sink.resize(sink.container, from.rows));
    const auto insert = [&](executor& together) {
        for (std::size_t done = 0; done < from.rows;) {
            const auto batch = batch_size(columns.size(), from.rows - done);
            parameters values;
            for (std::size_t row = done; row < done + batch; ++row)
                from.bind_row(from.container, row, values);
            const auto text = insert_text(table, columns, batch);
            const result stored = run_for(together, text, values, *table.row, other_columns::as_the_row_says);
            row_reader reader(*table.row, stored);
            if (stored.row_count() != batch)
                throw row_count_error("the table stored " + std::to_string(stored.row_count()) + " of " +
                                          std::to_string(batch) +
                                          " rows: a trigger or a rule keeps the others out",
                                      stored.row_count());
            reader.read(batch, into + done * sink.stride, sink.stride);
            done += batch;
        }
    };
    if (from.rows == batch_size(columns.size(), from.rows)) insert(on); // one statement is one unit anyway
    else if (from.rows > 0) on.run_together(insert);
}

} // namespace howdah::detail
