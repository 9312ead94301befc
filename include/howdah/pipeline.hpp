// SPDX-License-Identifier: BSL-1.0
//
// pipeline: many statements in one round trip.
//
//     howdah::pipeline batch(db);
//     auto ada = batch.query_optional<user>("select * from users where email = $1", email);
//     auto touched = batch.execute("update counters set n = n + 1 where id = $1", id);
//     batch.run();
//     use(ada.get(), touched.get());
//
// Statements are sent without waiting for the answers of those before them (PostgreSQL manual, libpq, "Pipeline
// Mode"). So none can use another's result, and the first failure ends them all: those after it do not run. Outside a
// transaction the statements of one run() take effect together or not at all, as in a transaction block, unless one of
// them commits by itself (COMMIT, CALL of a procedure that commits, a command that cannot run in a transaction); inside
// one they are part of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <howdah/detail/owner.hpp>
#include <howdah/pipeline_outcome.hpp>
#include <howdah/query.hpp>

namespace howdah {

namespace detail {

struct statement_batch; // src/statement_batch.hpp
[[nodiscard]] shared<statement_batch> make_batch();
/// Its place in the batch.
std::size_t add_to(statement_batch& batch, const statement& what, parameters&& values);
[[nodiscard]] std::size_t size_of(const statement_batch& batch) noexcept;
[[nodiscard]] pipeline_outcome outcome_of(const statement_batch& batch, std::size_t index) noexcept;
/// Throws what pipelined::get() throws.
[[nodiscard]] const result& answer_of(const statement_batch* batch, std::size_t index);
void run_batch(executor& on, statement_batch& batch, std::optional<std::chrono::milliseconds> timeout);

template <class T> std::vector<queried_type<T>> read_all(const result& from) {
    return all_rows_of<T>(from);
}
template <class T> queried_type<T> read_one(const result& from) {
    static_assert(is_queryable<T>());
    queried_type<T> row{};
    read_rows(from, queried<T>, cardinality::one, sink_of_one(&row));
    return row;
}
template <class T> std::optional<queried_type<T>> read_optional(const result& from) {
    std::optional<queried_type<T>> row;
    read_rows(from, queried<T>, cardinality::at_most_one, sink_of(row));
    return row;
}

} // namespace detail

/// The answer of a statement of a pipeline, to come. Copies are of the same answer. Outlives the pipeline.
template <class Result> class pipelined {
public:
    /// The answer, read anew at each call. Throws what the statement threw; decode_error and row_count_error;
    /// usage_error if there is no answer: outcome() says why.
    [[nodiscard]] Result get() const { return read_(detail::answer_of(of_.get(), index_)); }
    [[nodiscard]] pipeline_outcome outcome() const noexcept { return detail::outcome_of(*of_, index_); }
    /// Its place among the statements of its run(), from 0.
    [[nodiscard]] std::size_t index() const noexcept { return index_; }

private:
    friend class pipeline;
    using reader = Result (*)(const result&);
    pipelined(detail::shared<detail::statement_batch> of, std::size_t index, reader read) noexcept
        : of_(std::move(of)), index_(index), read_(read) {}

    detail::shared<detail::statement_batch> of_;
    std::size_t index_;
    reader read_;
};

/// Statements that wait to be run together. The executor must outlive it. Belongs to one thread at a time.
class pipeline {
public:
    /// Takes no connection yet: run() does.
    explicit pipeline(executor& on) noexcept : on_(on) {}
    pipeline(const pipeline&) = delete;
    pipeline& operator=(const pipeline&) = delete;

    /// Each adds a statement; text and values are copied. Throws usage_error for values that cannot be sent, for COPY
    /// and for a statement with a timeout.
    template <class T, bindable... Values>
    pipelined<std::vector<queried_type<T>>> query(const statement& what, const Values&... values) {
        return add_query<T, std::vector<queried_type<T>>>(&detail::read_all<T>, what, values...);
    }
    template <class T, bindable... Values>
    pipelined<queried_type<T>> query_one(const statement& what, const Values&... values) {
        return add_query<T, queried_type<T>>(&detail::read_one<T>, what, values...);
    }
    template <class T, bindable... Values>
    pipelined<std::optional<queried_type<T>>> query_optional(const statement& what, const Values&... values) {
        return add_query<T, std::optional<queried_type<T>>>(&detail::read_optional<T>, what, values...);
    }
    template <bindable... Values>
    pipelined<std::size_t> execute(const statement& what, const Values&... values) {
        return add<std::size_t>([](const result& from) { return from.affected_rows(); }, what, values...);
    }

    /// How many statements wait for run().
    [[nodiscard]] std::size_t size() const noexcept { return batch_ ? detail::size_of(*batch_) : 0; }

    /// Sends all statements that wait and receives their answers; statements that are new to the connection are
    /// prepared before, with a round trip for each different text. The pipeline is empty then, and can be filled again.
    /// Throws server_error that says which statement failed; decode_error if the columns of one do not fit, before
    /// anything is sent; connection_error if the connection is lost, with commit_unknown() if the answers may have been
    /// lost after they took effect. The connection is usable afterwards unless the error says otherwise.
    ///
    /// `timeout`, by default the connection's statement_timeout, is for each wait in which nothing comes and nothing
    /// can be sent. The server keeps small answers back until the last statement has run: so it is the time for all of
    /// them, unless their answers or values are many kilobytes.
    void run(std::optional<std::chrono::milliseconds> timeout = std::nullopt);

private:
    template <class Result, class... Values>
    pipelined<Result> add(Result (*read)(const result&), const statement& what, const Values&... values) {
        if (!batch_) batch_ = detail::make_batch();
        const auto index = detail::add_to(*batch_, what, howdah::bind(values...));
        return {batch_, index, read};
    }
    template <class T, class Result, class... Values>
    pipelined<Result> add_query(Result (*read)(const result&), statement what, const Values&... values) {
        what.reading = detail::reading_of(detail::queried<T>);
        return add<Result>(read, what, values...);
    }

    executor& on_;
    detail::shared<detail::statement_batch> batch_; // of its handles, too; a new one after each run()
};

} // namespace howdah
