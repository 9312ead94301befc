// SPDX-License-Identifier: BSL-1.0
//
// retry_on_conflict: read, change, write; and once more from the reading on when somebody else was quicker.
//
//     auto saved = howdah::retry_on_conflict(pool, {.attempts = 5}, [&](howdah::transaction& tx) {
//         const user now = users.get(tx, id);                                              // read again every time
//         return users.update_if_version(tx, id, now.version, howdah::set<&user::logins>(now.logins + 1));
//     });
#pragma once

#include <optional>
#include <type_traits>

#include <howdah/retry.hpp>
#include <howdah/transaction.hpp>
#include <howdah/update_result.hpp>

namespace howdah {

namespace detail {

template <class T> inline constexpr bool is_update_result = false;
template <class T> inline constexpr bool is_update_result<update_result<T>> = true;

/// A connection for one attempt: the one given, or one borrowed from whatever lends.
template <class Source> decltype(auto) connection_of(Source& source) {
    if constexpr (std::is_base_of_v<connection, Source>) return static_cast<connection&>(source);
    else return source.acquire();
}

/// One attempt: committed if it wrote, rolled back if not.
template <class Source, class Work>
auto attempt_update(Source& source, const transaction_options& options, Work& work) {
    auto&& borrowed = connection_of(source);
    transaction tx(borrowed, options);
    auto outcome = work(tx);
    if (outcome) tx.commit();
    return outcome;
}

} // namespace detail

/// Runs `work(transaction&)`, which returns an update_result, in a transaction of its own: committed if the
/// row was written, rolled back otherwise. A conflict, a serialization failure (40001) and a deadlock (40P01)
/// are tried again with jittered pauses, as often as `policy` says; denied and not_found never are. Returns
/// the last outcome: a conflict means that every attempt lost. Throws the last server_error if that is how
/// the last attempt ended, and whatever else `work` throws. `source` is a pool or a connection.
template <class Source, class Work>
auto retry_on_conflict(Source& source, const retry_policy& policy, Work&& work,
                       const transaction_options& options = {}) -> std::invoke_result_t<Work&, transaction&> {
    static_assert(detail::is_update_result<std::invoke_result_t<Work&, transaction&>>,
                  "howdah: the work given to retry_on_conflict must return an update_result");
    for (backoff pauses(policy);;) {
        try {
            auto outcome = detail::attempt_update(source, options, work);
            if (!outcome.conflict() || !pauses.pause()) return outcome;
        } catch (const server_error& failure) {
            if (!is_transaction_conflict(failure) || !pauses.pause()) throw;
        }
    }
}

} // namespace howdah
