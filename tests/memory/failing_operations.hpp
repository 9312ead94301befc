// SPDX-License-Identifier: BSL-1.0
//
// Runs an operation again and again, with its first allocation failing, then its second, and so on until it comes
// through without a failure; and asks after each what became of the connection and of the rows.
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <new>
#include <string>

#include <howdah/query.hpp>
#include <howdah/transaction.hpp>

#include "failing_allocations.hpp"
#include "operations.hpp"
#include "test_database.hpp"

namespace howdah::test {

/// How one run of an operation ended.
struct ending {
    enum class kind : unsigned char { right, wrong, no_memory, other };
    kind what = kind::right;
    bool any_failed = false; ///< was there an allocation that failed?
    std::string said{};      ///< by another exception
};

/// Runs `work`, a bool(), while the allocation number `nth` fails.
template <class Work> ending run_failing(std::size_t nth, shortage how, Work&& work) {
    ending out;
    failing_allocation failing(nth, how);
    try {
        out.what = work() ? ending::kind::right : ending::kind::wrong;
    } catch (const std::bad_alloc&) {
        out.what = ending::kind::no_memory;
    } catch (const std::exception& failure) {
        failing.end();
        out.what = ending::kind::other;
        out.said = failure.what();
    }
    failing.end();
    out.any_failed = failing.happened();
    return out;
}

/// A database with the tables of the operations, and a session that nothing fails in.
class operation_stage {
public:
    operation_stage();
    /// The rows as operations find them.
    void put();
    [[nodiscard]] std::string digest() { return query_one<std::string>(witness_, operation_digest); }
    [[nodiscard]] connection& witness() noexcept { return witness_; }
    [[nodiscard]] connection_config config() const;
    /// Of a database that is not there.
    [[nodiscard]] connection_config wrong_config() const;

private:
    testing::database data_;
    connection witness_;
    std::string untouched_{};
};
/// The one of this program.
[[nodiscard]] operation_stage& stage();

/// Do other statements give their own right answers?
void check_answers(executor& on);

/// On a connection of its own. `known`: it has run it before; otherwise it has prepared nothing. `undone`: nothing of
/// it stays if it throws.
void fail_on_connection(const std::function<bool(connection&)>& run, shortage how, bool known,
                        bool undone = false);
/// Inside a transaction that has written before.
void fail_in_transaction(const operation& what, shortage how);

} // namespace howdah::test
