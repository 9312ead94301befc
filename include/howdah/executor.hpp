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

#include <howdah/parameters.hpp>
#include <howdah/result.hpp>

namespace howdah {

/// Decides, from the columns that the server announces, in which encoding a statement's result is asked for.
/// `context` is whatever the statement carries along; `columns` lives for the call.
struct encoding_choice {
    format (*choose)(const void* context, std::span<const column> columns) = nullptr;
    const void* context = nullptr;
};

/// One statement, and how it is to be run. Holds views: they must live until it has run.
struct statement {
    std::string_view text;
    /// The encoding of the result. Ignored when `choice` is set.
    format encoding = format::binary;
    encoding_choice choice{};
    /// Instead of the connection's statement_timeout.
    std::optional<std::chrono::milliseconds> timeout{};
    /// False: never kept prepared. For statements that are run once.
    bool prepare = true;

    /// From any text, without converting or copying it.
    constexpr statement(std::string_view sql) noexcept : text(sql) {}
    constexpr statement(const char* sql) noexcept : text(sql) {}
    statement(const std::string& sql) noexcept : text(sql) {}
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

protected:
    executor() = default;
    executor(const executor&) = default;
    executor& operator=(const executor&) = default;

private:
    virtual result do_run(const statement& what, const parameters& values) = 0;
    /// The default, right for an executor that is inside a transaction: calls `work` with itself.
    virtual void do_run_together(void (*work)(void* context, executor& on), void* context);
};

/// Runs a statement for its effect. Returns the number of rows it touched.
template <bindable... T> std::size_t execute(executor& on, const statement& what, const T&... values) {
    return on.run(what, howdah::bind(values...)).affected_rows();
}

} // namespace howdah
