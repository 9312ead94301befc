// SPDX-License-Identifier: BSL-1.0
#include "copy_exchange.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "server_failure.hpp"

namespace howdah::detail {

namespace {

constexpr const char* copy_is_open = "a COPY is under way on this connection, which can run no other "
                                     "statement meanwhile: read or write it to its end, "
                                     "or take another connection";

/// "COPY table, line 3, column name": the place that the server was at, in the words of any language.
void find_place(std::string_view table, server_message& in) {
    const std::string begin = "COPY " + std::string(table) + ", ";
    for (std::string_view context = in.context; !context.empty();) {
        auto line = context.substr(0, context.find('\n'));
        context.remove_prefix(std::min(line.size() + 1, context.size()));
        if (!line.starts_with(begin)) continue;
        line.remove_prefix(begin.size());
        line.remove_prefix(std::min(line.find_first_of("0123456789"), line.size()));
        std::size_t number = 0;
        const char* const end = line.data() + line.size();
        const auto [stop, failure] = std::from_chars(line.data(), end, number);
        if (failure != std::errc{} || number == 0) continue;
        in.row = number - 1;
        line = {stop, static_cast<std::size_t>(end - stop)};
        const auto name = line.find(' ', 2); // ", column name"
        if (in.column.empty() && name != line.npos) in.column = std::string(line.substr(name + 1));
    }
}

} // namespace

copy_exchange::copy_exchange(connection& on, std::string text, std::chrono::milliseconds timeout)
    : session_(session_access::of(on)), text_(std::move(text)), timeout_(timeout) {
    turn_.emplace(session_.in_use, copy_is_open);
    session_.occupant = this;
}

void copy_exchange::begin(ExecStatusType travels, const inlined_statement* inlined) {
    session_.note_state_left_by(text_);
    if (!PQsendQuery(handle(), (inlined ? inlined->text() : text_).c_str())) session_.lose();
    session_.receive_or_cancel(text_, from_now(), [&](deadline until) {
        while (!travelling_) {
            auto received = session_.next_result(until);
            if (!received) break;
            const auto status = PQresultStatus(received.get());
            travelling_ = status == travels;
            if (!travelling_) lose_if_copying(status);
            if (status == PGRES_FATAL_ERROR && !failure_) failure_ = std::move(received);
        }
    });
    if (travelling_) return;
    if (!failure_) session_.lose();
    auto message = message_of(failure_.get(), text_);
    if (inlined) message.position = inlined->position_before(message.position);
    throw server_error(std::move(message));
}

void copy_exchange::close() noexcept {
    if (!turn_) return;
    session_.running = {};
    session_.occupant = nullptr;
    turn_.reset();
}

void copy_exchange::evict() noexcept {
    cut_short_ = "this COPY was ended before its last row, with its transaction or by end_stream()";
    give_up();
}

void copy_exchange::orphan() noexcept {
    cut_short_ = "the connection of this COPY was destroyed before its last row";
    travelling_ = false;
    orphaned_ = true;
    turn_.reset(); // the session is still there
}

/// A COPY that nobody asked for: libpq would answer with it for ever.
void copy_exchange::lose_if_copying(ExecStatusType status) {
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) session_.lose();
}

void copy_exchange::receive_answer(deadline until) {
    while (auto received = session_.next_result(until)) {
        const auto status = PQresultStatus(received.get());
        lose_if_copying(status);
        if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
            if (!failure_) failure_ = std::move(received);
        } else {
            last_ = std::move(received);
        }
    }
    if (PQstatus(handle()) == CONNECTION_BAD) session_.lose();
    travelling_ = false;
}

void copy_exchange::throw_deadline() {
    throw server_error({.severity = "ERROR",
                        .sqlstate = sqlstates::query_canceled,
                        .message = "COPY made no progress before the deadline",
                        .statement = text_});
}

copy_sender::copy_sender(connection& on, std::string text, std::chrono::milliseconds timeout,
                         std::string table)
    : copy_exchange(on, std::move(text), timeout), table_(std::move(table)) {
    buffer_.write(copy_signature);
    buffer_.write(std::uint64_t{0}); // flags, and the length of an extension
    begin(PGRES_COPY_IN);
}

void copy_sender::send() {
    require_connection();
    try {
        const deadline until = from_now();
        int queued = 0;
        while ((queued = PQputCopyData(handle(), buffer_.data(), static_cast<int>(buffer_.size()))) == 0)
            session_.flush(until);
        if (queued < 0) session_.lose();
        buffer_.clear();
        session_.flush(until);
    } catch (const deadline_passed&) {
        PQputCopyEnd(handle(), "the deadline has passed");
        session_.cancel_and_receive(text_, [&](deadline last) { receive_answer(last); });
        close();
        throw_deadline();
    }
}

void copy_sender::end_rows(const char* refusal) {
    int queued = 0;
    while ((queued = PQputCopyEnd(handle(), refusal)) == 0) session_.flush(from_now());
    if (queued < 0) session_.lose();
    session_.receive_or_cancel(text_, from_now(), [&](deadline until) { receive_answer(until); });
    close();
}

std::size_t copy_sender::finish() {
    buffer_.write(std::int16_t{-1});
    send();
    end_rows(nullptr);
    if (failure_) {
        auto message = message_of(failure_.get(), text_);
        find_place(table_, message);
        throw server_error(std::move(message));
    }
    return last_ ? result(last_.release()).affected_rows() : 0;
}

void copy_sender::give_up() noexcept {
    if (!travelling_ || session_.broken) return close();
    try {
        end_rows("the program gave up");
    } catch (...) {
        session_.broken = true;
    }
    travelling_ = false;
    close();
}

} // namespace howdah::detail
