// SPDX-License-Identifier: BSL-1.0
//
// executor: any place where a statement can run. A connection, a transaction and a pool are executors, so
// that code written for one works on all of them. Thread safety is that of the class behind it: a pool may be
// shared, a connection and a transaction may not.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <howdah/detail/owner.hpp>
#include <howdah/parameters.hpp>
#include <howdah/result.hpp>

namespace howdah {

/// How the rows of a statement will be read. Asked once, when the server has described the statement's columns; the
/// plan is kept with the prepared statement, and says in which encoding the result is asked for. What making it throws
/// comes out of run(), and the statement is not run.
struct row_reading {
    detail::shared<const detail::reading_plan> (*make_plan)(const row_reading& reading,
                                                            std::span<const column> columns) = nullptr;
    const void* rows = nullptr; ///< tells one kind of rows from another; lives for ever

    friend bool operator==(const row_reading&, const row_reading&) = default;
};

/// One statement, and how it is to be run. Holds views: they must live until it has run.
struct statement {
    std::string_view text;
    /// The encoding of the result. Ignored when `reading` is set.
    format encoding = format::binary;
    row_reading reading{};
    /// Instead of the connection's statement_timeout.
    std::optional<std::chrono::milliseconds> timeout{};
    /// False: never kept prepared. For statements that are run once.
    bool prepare = true;
    /// For streams: how many rows are collected before the first of them is given, where libpq has chunks (17 and
    /// newer; older ones give each row by itself). 1 for rows of megabytes, which all are in memory at once, and where
    /// each row is wanted as soon as it comes. What was collected when an error comes is not given.
    int rows_at_once = 32;

    /// From any text, without converting or copying it.
    constexpr statement(std::string_view sql) noexcept : text(sql) {}
    constexpr statement(const char* sql) noexcept : text(sql) {}
    statement(const std::string& sql) noexcept : text(sql) {}
};

class connection;

/// A connection that an executor lends for what takes more than one statement: a stream, a pipeline, COPY. Movable;
/// must not outlive a connection or transaction that it comes from. One that comes from a pool goes back when the
/// loan is destroyed.
class connection_loan {
public:
    explicit connection_loan(connection& on, detail::shared<void> keeper = {}) noexcept
        : on_(&on), keeper_(std::move(keeper)) {}
    [[nodiscard]] connection& operator*() const noexcept { return *on_; }
    [[nodiscard]] connection* operator->() const noexcept { return on_; }

private:
    connection* on_;
    detail::shared<void> keeper_;
};

/// A place where statements run. See the classes that derive from it: connection, transaction, pool.
class executor {
public:
    virtual ~executor();

    /// Runs one statement and waits for its answer. The text holds one command; values are $1, $2, ... and
    /// never part of the text. Throws server_error when the server refuses it, connection_error when the
    /// connection is lost or the deadline passes, usage_error when this executor cannot run statements any
    /// more.
    result run(const statement& what, const parameters& values = {}) { return do_run(what, values); }

    /// Calls `work(executor&)` so that the statements it runs there take effect together or not at all:
    /// inside the transaction that is open here, or else inside one of its own. Throws what `work` and COMMIT
    /// throw.
    template <class Work> void run_together(Work&& work) {
        using called_type = std::remove_reference_t<Work>;
        do_run_together([](void* called, executor& on) { (*static_cast<called_type*>(called))(on); },
                        const_cast<void*>(static_cast<const void*>(&work)));
    }

    /// The connection that statements run on here, or one of the pool's. Throws usage_error when this executor has
    /// none (any more), and what taking one from a pool throws.
    [[nodiscard]] connection_loan borrow() { return do_borrow(); }

protected:
    executor() = default;
    executor(const executor&) = default;
    executor& operator=(const executor&) = default;

private:
    virtual result do_run(const statement& what, const parameters& values) = 0;
    /// The default, right for an executor that is inside a transaction: calls `work` with itself.
    virtual void do_run_together(void (*work)(void* context, executor& on), void* context);
    /// The default, for an executor without a connection, throws usage_error.
    virtual connection_loan do_borrow();
};

/// Runs a statement for its effect. Returns the number of rows it touched.
template <bindable... T> std::size_t execute(executor& on, const statement& what, const T&... values) {
    return on.run(what, howdah::bind(values...)).affected_rows();
}

} // namespace howdah
