// SPDX-License-Identifier: BSL-1.0
//
// COPY FROM STDIN: the one exchange in which we speak while the server listens.
#include <algorithm>
#include <charconv>
#include <string>

#include "server_failure.hpp"
#include "session.hpp"

namespace howdah {

// Called again after a deadline has passed in the middle, then with from.stopped.
void connection::session::send_copy(copy_source& from, deadline until) {
    constexpr std::size_t part = 65'536;
    from.asked = true;
    while (!from.stopped && from.sent < from.data.size()) {
        const auto size = std::min(part, from.data.size() - from.sent);
        const int queued = PQputCopyData(handle.get(), from.data.data() + from.sent, static_cast<int>(size));
        if (queued < 0) lose();
        if (queued > 0) from.sent += size; // 0: the buffer is full, and is emptied first
        flush(until);
    }
    while (!from.ended) {
        const int queued =
            PQputCopyEnd(handle.get(), from.stopped ? "the statement reached its deadline" : nullptr);
        if (queued < 0) lose();
        from.ended = queued > 0;
        flush(until);
    }
}

std::size_t connection::session::copy_in(std::string_view command, std::string_view data, deadline until) {
    if (command.find('\0') != command.npos) throw usage_error("a statement cannot hold a NUL byte");
    copy_source source{data};
    reception all;
    all.source = &source;
    if (!PQsendQuery(handle.get(), detail::terminated_text(command).c_str())) lose();
    bool again = false;
    receive_or_cancel(command, until, [&](deadline last) {
        source.stopped = again;
        again = true;
        receive(all, last);
    });
    if (all.failure) detail::throw_server_error(all.failure.get(), command);
    if (!source.asked || all.copied) throw usage_error("copy_in() runs COPY ... FROM STDIN and nothing else");
    std::size_t rows = 0;
    const std::string_view count = PQcmdTuples(all.last.get());
    std::from_chars(count.data(), count.data() + count.size(), rows);
    return rows;
}

std::size_t connection::copy_in(std::string_view command, std::string_view data,
                                std::optional<std::chrono::milliseconds> timeout) {
    if (state() == session_state::broken)
        throw connection_error(connection_failure::lost,
                               "this connection was lost or closed; open another one");
    const detail::turn turn(session_->in_use);
    session_->note_state_left_by(command);
    return session_->copy_in(command, data,
                             deadline_in(timeout.value_or(session_->config.statement_timeout)));
}

std::string_view connection::reported_setting(const char* name) const noexcept {
    const char* value =
        session_ && session_->handle ? PQparameterStatus(session_->handle.get(), name) : nullptr;
    return value ? value : "";
}

} // namespace howdah
