// SPDX-License-Identifier: BSL-1.0
#include "copy_exchange.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "cell_decoder.hpp"
#include "server_failure.hpp"

namespace howdah::detail {

namespace {

constexpr const char* copy_is_open = "a COPY is under way on this connection, which can run no other "
                                     "statement meanwhile: read or write it to its end, "
                                     "or take another connection";

constexpr std::string_view signature{"PGCOPY\n\377\r\n\0", 11};
constexpr std::size_t header_size = signature.size() + 8; // flags, and the length of an extension
constexpr std::size_t first_capacity = 65'536;
constexpr std::int64_t no_value = 0xFFFFFFFF; // the length of a NULL
constexpr std::size_t slack = 4; // a length may be loaded behind the last byte before it is known to be there

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

// ---- both

copy_exchange::copy_exchange(connection& on, std::string text, std::chrono::milliseconds timeout,
                             ExecStatusType travels)
    : session_(session_access::of(on)), text_(std::move(text)), timeout_(timeout) {
    turn_.emplace(session_.in_use, copy_is_open);
    session_.occupant = this;
    try {
        begin(travels);
    } catch (...) {
        close();
        throw;
    }
}

void copy_exchange::begin(ExecStatusType travels) {
    session_.note_state_left_by(text_);
    if (!PQsendQuery(handle(), text_.c_str())) session_.lose();
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
    if (failure_) throw_server_error(failure_.get(), text_);
    session_.lose();
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

// ---- out

copy_receiver::copy_receiver(connection& on, std::string text, std::chrono::milliseconds timeout,
                             std::size_t columns, bool keep_transaction)
    : copy_exchange(on, std::move(text), timeout, PGRES_COPY_OUT),
      buffer_(std::make_unique<char[]>(first_capacity + slack)), capacity_(first_capacity), cells_(columns),
      keep_transaction_(keep_transaction) {}

bool copy_receiver::next() {
    require_connection();
    if (!travelling_) return false;
    begin_ = next_;
    while (complete_ || !find_row()) {
        if (receive_more()) continue;
        if (begin_ != end_ && !complete_) throw decode_error("the rows of COPY ended within a row");
        finish();
        return false;
    }
    return true;
}

bool copy_receiver::skip_header() {
    if (end_ - begin_ < header_size) return false;
    const char* const at = buffer_.get() + begin_;
    const auto flags = load_big_endian<std::uint32_t>(at + signature.size());
    const auto extension = load_big_endian<std::uint32_t>(at + signature.size() + 4);
    if (std::string_view(at, signature.size()) != signature || flags != 0 || extension > INT32_MAX)
        throw decode_error("what the server sent is not the binary format of COPY");
    if (end_ - begin_ - header_size < extension) return false;
    begin_ += header_size + extension;
    return header_read_ = true;
}

/// Finds the cells of the row at begin_; false if it is not there as a whole.
bool copy_receiver::find_row() {
    if (!header_read_ && !skip_header()) return false;
    const char* at = buffer_.get() + begin_;
    const char* const end = buffer_.get() + end_;
    if (end - at < 2) return false;
    const auto count = load_big_endian<std::int16_t>(at);
    at += 2;
    if (count == -1) {
        complete_ = true;
        return false;
    }
    if (count < 0 || static_cast<std::size_t>(count) != cells_.size())
        throw decode_error("a row of COPY has other columns than the server said");
    cell* out = cells_.data();
    for (auto more = count; more > 0; --more, ++out) {
        const std::int64_t size = load_big_endian<std::uint32_t>(at);
        at += 4;
        if (size > end - at) [[unlikely]] { // also where the length itself is not there
            if (at > end || size != no_value) return false;
            *out = {nullptr, 0};
            continue;
        }
        *out = {at, static_cast<std::uint32_t>(size)};
        at += size;
    }
    next_ = static_cast<std::size_t>(at - buffer_.get());
    return true;
}

struct copy_receiver::row {
    static constexpr std::size_t word = 0; // lengths are at hand
    const cell* cells;
    [[nodiscard]] std::size_t size(std::uint32_t column) const noexcept { return cells[column].size; }
    [[nodiscard]] const char* bytes(std::uint32_t column) const noexcept { return cells[column].bytes; }
    [[nodiscard]] bool is_null(std::uint32_t column) const noexcept { return !cells[column].bytes; }
};

void copy_receiver::decode(cell_decoder& with, void* into) const {
    with.decode<cell_lengths::checked>(row{cells_.data()}, into);
}

void copy_receiver::make_room() {
    if (begin_ == end_ || complete_) {
        begin_ = end_ = 0;
    } else if (begin_ > 0) {
        std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
        end_ -= std::exchange(begin_, 0);
    }
    if (end_ < capacity_) return;
    if (capacity_ > INT32_MAX / 2) throw decode_error("a row of COPY of more than a gigabyte");
    auto larger = std::make_unique<char[]>(2 * capacity_ + slack);
    std::memcpy(larger.get(), buffer_.get(), end_);
    buffer_ = std::move(larger);
    capacity_ *= 2;
}

// PQgetlineAsync() and not PQgetCopyData(): that one allocates memory for every row.
std::size_t copy_receiver::receive_bytes(deadline until) {
    for (;;) {
        const int size = PQgetlineAsync(handle(), buffer_.get() + end_, static_cast<int>(capacity_ - end_));
        if (size != 0) return size < 0 ? 0 : static_cast<std::size_t>(size);
        session_.wait(interest::read, until);
        if (!PQconsumeInput(handle())) session_.lose();
    }
}

bool copy_receiver::receive_more() {
    make_room();
    // The clock is asked only where there is a wait.
    int size = PQgetlineAsync(handle(), buffer_.get() + end_, static_cast<int>(capacity_ - end_));
    try {
        if (size == 0) size = static_cast<int>(receive_bytes(from_now()));
    } catch (const deadline_passed&) {
        session_.cancel_and_receive(text_, [&](deadline until) { drain(until); });
        close();
        throw_deadline();
    }
    if (size <= 0) return false;
    end_ += static_cast<std::size_t>(size);
    return true;
}

void copy_receiver::drain(deadline until) {
    end_ = 0;
    while (receive_bytes(until) > 0) {
    }
    receive_answer(until);
}

void copy_receiver::finish() {
    session_.receive_or_cancel(text_, from_now(), [&](deadline until) { receive_answer(until); });
    close();
    if (failure_) throw_server_error(failure_.get(), text_);
}

void copy_receiver::give_up() noexcept {
    if (!travelling_ || session_.broken) return close();
    try {
        try {
            if (!keep_transaction_) throw deadline_passed{};
            drain(deadline_in(session_.config.cancel_timeout));
        } catch (const deadline_passed&) {
            session_.cancel_and_receive(text_, [&](deadline until) { drain(until); });
        }
    } catch (...) {
        session_.broken = true;
    }
    travelling_ = false;
    close();
}

// ---- in

copy_sender::copy_sender(connection& on, std::string text, std::chrono::milliseconds timeout,
                         std::string table)
    : copy_exchange(on, std::move(text), timeout, PGRES_COPY_IN), table_(std::move(table)) {
    buffer_.write(signature);
    buffer_.write(std::uint64_t{0}); // flags, and the length of an extension
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
