// SPDX-License-Identifier: BSL-1.0
//
// COPY: rows in and out in bulk, as structs, in PostgreSQL's binary format. Nothing stores or reads many rows faster.
//
//     howdah::copy_in(db, {.table = "readings"}, readings);                        // any range of structs
//     auto all = howdah::copy_out<reading>(db, "select * from readings where sensor < $1", 100);
//     for (const reading& one : howdah::copy_stream<reading>(db, "select * from readings")) ...
//
// Columns are found by the names of the fields, and their types are asked of the server and checked, before the first
// row travels. Each COPY is all or nothing: inside the transaction that is open, or else inside one of its own, so that
// no other session can change the types in between. The timeout is for each wait for the server, not for the whole
// COPY. While a COPY is open its connection runs nothing else. PostgreSQL manual, "COPY".
//
// COPY takes no parameters: the values of a query that is copied out become literals in its text, of the types that
// the server has for the parameters. It means the same as with parameters, save for what docs/bulk.md names (columns of
// a subquery that are nothing but $1 need a name), but the text holds the values wherever the server shows it: in its
// log, in pg_stat_activity.
#pragma once

#include <array>
#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <howdah/detail/copied_rows.hpp>
#include <howdah/query.hpp>

namespace howdah {

/// Copies rows into a table one by one: for rows that are in no range. Nothing is stored before finish(), and nothing
/// at all if it is destroyed without; inside a transaction of yours, giving up fails that transaction, as any failed
/// statement does.
///
/// Movable. Must not outlive its connection or transaction. Belongs to one thread at a time.
template <class Row> class copy_writer {
    static_assert(detail::is_sendable_row<Row>());

public:
    /// Asks for the types of the columns and begins the COPY. Throws usage_error, naming every column whose type the
    /// struct's field does not fit, and what executor::run() throws.
    copy_writer(executor& on, const copy_target& target) : rows_(on, target, detail::description_of<Row>) {}
    /// Into the table of howdah::table<Row>.
    explicit copy_writer(executor& on) : copy_writer(on, detail::target_of<Row>()) {}

    /// Adds a row. Throws usage_error naming row and column for a value that cannot be stored; the row is left out
    /// then, and the next one may follow. Throws connection_error, and server_error when the deadline passes.
    void write(const Row& row) { rows_.write(&row); }
    /// How many rows were added.
    [[nodiscard]] std::size_t rows_written() const noexcept { return rows_.rows_written(); }
    /// Stores the rows and returns how many the table took; a trigger may keep some out. Throws server_error, whose
    /// row() and column() say which one the server refused, where it does; usage_error when it is called twice.
    std::size_t finish() { return rows_.finish(); }

private:
    detail::row_copier rows_;
};

/// Copies every row of a range of structs into a table; returns how many the table took. The fields must fit the
/// columns: the same type, a wider integer or float, text in every column whose binary form is its text (varchar, enum,
/// json, jsonb, citext, domains over these). Throws as copy_writer does; nothing is stored then, nor when the range
/// throws.
template <class Rows> std::size_t copy_in(executor& on, const copy_target& target, Rows&& rows) {
    copy_writer<detail::row_of<Rows>> writer(on, target);
    for (const auto& row : rows) writer.write(row);
    return writer.finish();
}
/// The same into the table of howdah::table<Row>.
template <class Rows> std::size_t copy_in(executor& on, Rows&& rows) {
    return copy_in(on, detail::target_of<detail::row_of<Rows>>(), rows);
}

/// All rows of a query, as query() gives them, for two thirds of its work. T as for query(). The text holds a query
/// that COPY takes: SELECT, VALUES, WITH, or INSERT, UPDATE and DELETE with RETURNING. Throws as query() does,
/// decode_error for a field that can only be read from the text form of its column, and usage_error for values that are
/// not as many as the parameters, or in a session that has standard_conforming_strings off or another client_encoding
/// than UTF8.
template <class T, bindable... Values>
[[nodiscard]] std::vector<queried_type<T>> copy_out(executor& on, const statement& what,
                                                    const Values&... values) {
    detail::rows_in_place<queried_type<T>> rows;
    detail::run_copy_out(on, what, detail::bind_as_text(values...), detail::queried<T>,
                         detail::growing_sink_of(rows));
    if constexpr (std::is_same_v<queried_type<T>, bool>) return detail::packed(rows);
    else return rows;
}
/// All rows of a table; of its columns those that T has. Throws usage_error for a T whose columns have no such names: a
/// value or tuple where `from` lists no columns, and a struct with structs inside.
template <class T>
[[nodiscard]] std::vector<queried_type<T>> copy_out(executor& on, const copy_target& from) {
    const auto text = detail::copy_query(from, detail::queried<T>);
    statement what(text);
    what.timeout = from.timeout;
    return copy_out<T>(on, what);
}
/// The same of howdah::table<Row>.
template <class Row> [[nodiscard]] std::vector<Row> copy_out(executor& on) {
    return copy_out<Row>(on, detail::target_of<Row>());
}

/// The rows of one COPY, an input range (std::ranges::input_range): rows that have arrived are read a few at a time,
/// into structs that this object owns and whose strings keep their memory.
///
/// The connection is free again when the last row was read, an error was thrown, close() was called or this object is
/// destroyed. Ending early cancels the query; inside a transaction of yours, which a cancelled statement would fail,
/// the rest of the rows is first received and dropped for at most connection_config::cancel_timeout.
///
/// Movable: iterators stay valid. Must not outlive its connection or transaction. Belongs to one thread at a time.
template <class T> class copied_rows {
    static_assert(detail::is_queryable<T>());
    struct state;

public:
    using row_type = queried_type<T>;

    /// What copy_stream() does. `values` must be made with format::text.
    copied_rows(executor& on, const statement& what, const parameters& values)
        : state_(std::make_unique<state>(on, what, values)) {}

    /// Where the rows are. Copies are all at the same row.
    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = row_type;
        using difference_type = std::ptrdiff_t;

        iterator() noexcept = default;
        /// The row, valid until the next increment. May be moved from.
        [[nodiscard]] row_type& operator*() const noexcept { return of_->rows[of_->at]; }
        [[nodiscard]] row_type* operator->() const noexcept { return &of_->rows[of_->at]; }
        /// Reads the next row; at the end, nothing happens. Throws decode_error naming column and row, and what
        /// executor::run() throws; there is no further row then.
        iterator& operator++() {
            of_->advance();
            return *this;
        }
        void operator++(int) { of_->advance(); }
        [[nodiscard]] friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept {
            return !at.of_ || at.of_->ended;
        }

    private:
        friend copied_rows;
        explicit iterator(state* of) noexcept : of_(of) {}
        state* of_ = nullptr;
    };

    /// Reads the first row when it is called first. Throws as the increment does.
    [[nodiscard]] iterator begin() {
        if (state_ && !state_->begun) state_->advance();
        return iterator(state_.get());
    }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// Gives up the rest of the rows, as the destructor does.
    void close() noexcept {
        if (!state_) return;
        state_->reader.close();
        state_->begun = state_->ended = true;
    }
    /// How many rows were read so far.
    [[nodiscard]] std::size_t rows_read() const noexcept { return state_ ? state_->count : 0; }

private:
    struct state {
        state(executor& on, const statement& what, const parameters& values)
            : reader(on, what, values, detail::queried<T>) {}
        void advance() {
            if (ended) return;
            if (++at >= known || reader.is_cut_short()) read_more();
            if (!ended) ++count;
        }
        void read_more() {
            begun = ended = true; // also if reading throws
            at = 0;
            known = reader.read(rows.data(), rows.size(), sizeof(row_type));
            ended = known == 0;
        }
        detail::copied_reader reader;
        std::array<row_type, detail::copied_rows_at_once> rows{};
        std::size_t at = 0, known = 0, count = 0; // known: those in `rows`; count: given to the program
        bool begun = false, ended = false;
    };
    std::unique_ptr<state> state_;
};

/// The rows of a query one at a time, in a few kilobytes whatever their number. The text as for copy_out(). Throws as
/// copy_out() does when the columns do not fit T.
template <class T, bindable... Values>
[[nodiscard]] copied_rows<T> copy_stream(executor& on, const statement& what, const Values&... values) {
    return copied_rows<T>(on, what, detail::bind_as_text(values...));
}

} // namespace howdah
