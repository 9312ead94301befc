// SPDX-License-Identifier: BSL-1.0
//
// Rows read while the server is still sending them: one at a time in little memory, or all into a vector.
//
//     for (const event& one : howdah::stream<event>(db, "select * from events where day = $1", day)) ...
//     auto all = howdah::query_streamed<event>(db, "select * from events");
//
// Rows come one by one from libpq (from libpq 17 on in chunks of statement::rows_at_once; PostgreSQL manual, libpq,
// "Retrieving Query Results in Chunks"). An error can therefore come after rows that were good: what was done with
// those is not undone by it.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>
#include <vector>

#include <howdah/query.hpp>

namespace howdah {

namespace detail {

/// Reads one row after another into the same place. Movable; not safe to use from several threads.
class stream_reader {
public:
    stream_reader(executor& on, statement what, const parameters& values, const row_description& row);
    stream_reader(stream_reader&&) noexcept;
    stream_reader& operator=(stream_reader&&) noexcept;
    ~stream_reader();

    /// Reads the next row. False when there is none any more. After an exception there is none.
    [[nodiscard]] bool read(void* into);
    [[nodiscard]] std::size_t rows_read() const noexcept;
    void close() noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

void run_streamed(executor& on, statement what, const parameters& values, const row_description& row,
                  const row_sink& sink);

} // namespace detail

/// The rows of one statement, an input range (std::ranges::input_range): each is read into the one struct that the
/// stream owns, whose strings keep their memory, when the iterator comes to it.
///
/// While a stream is open its connection runs no other statement (usage_error); with a pool it has one of its own. The
/// connection is free again when the last row was read, an error was thrown, close() was called or the stream is
/// destroyed. Ending early cancels the statement, and receives what is still on its way for at most
/// connection_config::cancel_timeout, after which the connection is given up. Inside a transaction, which a cancelled
/// statement would fail, the rest of the rows is first received and dropped for as long; so read with LIMIT there, or
/// through a cursor, if the rest may be long.
///
/// The statement's timeout is for each wait in which nothing comes from the server, not for the whole stream.
///
/// Movable: iterators stay valid. Must not outlive its connection or transaction: if it does it is ended with it, and
/// the next increment throws usage_error. One that was moved from is at its end. Belongs to one thread at a time.
template <class T> class row_stream {
    static_assert(detail::is_queryable<T>());
    struct state;

public:
    using row_type = queried_type<T>;

    /// What stream() does.
    row_stream(executor& on, const statement& what, const parameters& values)
        : state_(std::make_unique<state>(on, what, values)) {}

    /// Where the stream is. Copies are all at the same row.
    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = row_type;
        using difference_type = std::ptrdiff_t;

        iterator() noexcept = default;
        /// The row, valid until the next increment. May be moved from.
        [[nodiscard]] row_type& operator*() const noexcept { return of_->row; }
        [[nodiscard]] row_type* operator->() const noexcept { return &of_->row; }
        /// Reads the next row; at the end, nothing happens. Throws decode_error naming column and row, and what
        /// executor::run() throws; the stream is at its end then, and the connection usable unless the error says
        /// otherwise.
        iterator& operator++() {
            of_->advance();
            return *this;
        }
        void operator++(int) { of_->advance(); }
        [[nodiscard]] friend bool operator==(const iterator& at, std::default_sentinel_t) noexcept {
            return !at.of_ || at.of_->ended;
        }

    private:
        friend row_stream;
        explicit iterator(state* of) noexcept : of_(of) {}
        state* of_ = nullptr;
    };

    /// Reads the first row when it is called first; later it is where the stream is, which cannot go back. Throws as
    /// the increment does.
    [[nodiscard]] iterator begin() {
        if (state_ && !state_->begun) state_->advance();
        return iterator(state_.get());
    }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// Ends the stream early, as its destructor does.
    void close() noexcept {
        if (!state_) return;
        state_->reader.close();
        state_->begun = state_->ended = true;
    }
    /// How many rows were read so far.
    [[nodiscard]] std::size_t rows_read() const noexcept { return state_ ? state_->reader.rows_read() : 0; }

private:
    struct state {
        state(executor& on, const statement& what, const parameters& values)
            : reader(on, what, values, detail::queried<T>) {}
        void advance() {
            if (ended) return;
            begun = ended = true; // also if reading throws
            ended = !reader.read(&row);
        }
        detail::stream_reader reader;
        row_type row{};
        bool begun = false, ended = false;
    };
    std::unique_ptr<state> state_;
};

/// Runs a statement and gives its rows one at a time: a result of any size in the memory of a few rows, at most
/// statement::rows_at_once. T as for query(). Waits for the first of them. Throws decode_error when the result
/// does not fit T, and whatever executor::run() throws.
template <class T, bindable... Values>
[[nodiscard]] row_stream<T> stream(executor& on, const statement& what, const Values&... values) {
    return row_stream<T>(on, what, howdah::bind(values...));
}

/// All rows, as query() gives them, but decoded while the server is still sending: quicker than query() from a few
/// thousand rows on, in half its memory, for somewhat more work in all. Throws as query() does; the statement's timeout
/// is for each wait in which nothing comes.
template <class T, bindable... Values>
[[nodiscard]] std::vector<queried_type<T>> query_streamed(executor& on, const statement& what,
                                                          const Values&... values) {
    detail::rows_in_place<queried_type<T>> rows;
    detail::run_streamed(on, what, howdah::bind(values...), detail::queried<T>,
                         detail::growing_sink_of(rows));
    if constexpr (std::is_same_v<queried_type<T>, bool>) return detail::packed(rows);
    else return rows;
}

} // namespace howdah
