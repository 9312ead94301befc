// SPDX-License-Identifier: BSL-1.0
//
// Statements that are sent one after the other without waiting for answers, and then one message that synchronises.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <vector>

#include <howdah/pipeline_outcome.hpp>

#include "session.hpp"

namespace howdah::detail {

/// One statement of a batch.
struct batched {
    statement what;                   ///< its text and
    bound_values values{};            ///< its values stand in the batch
    std::size_t size = 0;             ///< of the values, in bytes
    known_statement* known = nullptr; ///< during run_batch() only
    shared<const reading_plan> plan{};
    result answer{};
    pipeline_outcome outcome = pipeline_outcome::waiting;
};

struct statement_batch {
    std::vector<batched> entries;
    std::deque<std::string> texts;              ///< a text that comes again at once stands here once
    std::pmr::monotonic_buffer_resource values; ///< of a statement that has few bytes of them;
    std::deque<parameters> other_values;        ///< those of any other
    std::optional<server_error> failure;
    std::size_t failed = 0;
    std::chrono::milliseconds timeout{}; ///< for each wait

    void add(const statement& what, parameters&& values);
    void fail(std::size_t index, server_error why);

private:
    [[nodiscard]] bound_values copy(const parameters& given, std::size_t bytes);
};

/// The exchange of one batch on one session, which a deadline may interrupt and which is then gone on with.
class batch_exchange {
public:
    batch_exchange(session_access::session& on, statement_batch& batch) : session_(on), batch_(batch) {}
    /// Throws connection_error if the connection is lost; a server's refusal is noted in the batch.
    void run();

private:
    void exchange();
    void send_next();
    void poison();
    void pump();
    void take_what_is_here();
    void take(result_handle received);
    void answer(batched& entry, PGresult* received);
    void note_failure(result_handle received);
    void report_failure();
    [[noreturn]] void lose();
    [[nodiscard]] deadline from_now() const;

    session_access::session& session_;
    statement_batch& batch_;
    std::optional<deadline> last_; // after a cancel request
    result_handle refusal_;        // read when all is received, since that takes memory
    std::size_t sent_ = 0, answered_ = 0, unflushed_ = 0, refused_ = 0;
    bool in_transaction_ = session_.transaction_status() != PQTRANS_IDLE;
    bool poisoned_ = false, sync_sent_ = false, synchronised_ = false;
};

/// Runs all of it. What becomes of each statement stands in the batch. Throws as pipeline::run() does.
void run_on(connection& on, statement_batch& batch, std::optional<std::chrono::milliseconds> timeout);

} // namespace howdah::detail
