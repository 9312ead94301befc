// SPDX-License-Identifier: BSL-1.0
//
// COPY out: finds the rows among the bytes that arrive, some at a time.
#include <algorithm>
#include <cstring>
#include <utility>

#include "cell_decoder.hpp"
#include "copy_exchange.hpp"
#include "server_failure.hpp"

namespace howdah::detail {

namespace {

constexpr std::size_t header_size = copy_signature.size() + 8; // flags, and the length of an extension
constexpr std::size_t first_capacity = 65'536;
constexpr std::size_t no_value = 0xFFFFFFFF; // the length of a NULL
constexpr std::size_t slack = 4; // a length may be loaded behind the last byte before it is known to be there

} // namespace

copy_receiver::copy_receiver(connection& on, std::string text, std::chrono::milliseconds timeout,
                             std::size_t columns, bool keep_transaction)
    : copy_exchange(on, std::move(text), timeout, PGRES_COPY_OUT),
      buffer_(std::make_unique<char[]>(first_capacity + slack)), capacity_(first_capacity), columns_(columns),
      stride_(std::max<std::size_t>(columns, 1)), values_(stride_ * rows_at_once),
      keep_transaction_(keep_transaction) {}

std::size_t copy_receiver::receive_rows() {
    require_connection();
    if (!travelling_) return 0;
    rows_ = 0;
    for (make_room();;) {
        while (next_ != end_ && find_row()) {
        }
        if (rows_ == rows_at_once) return rows_;
        // A row that is at hand is given before another is waited for.
        if (rows_ > 0 ? take_more() : wait_for_more()) continue;
        if (rows_ > 0) return rows_;
        if (next_ != end_ && !complete_) throw decode_error("the rows of COPY ended within a row");
        finish();
        return 0;
    }
}

[[gnu::noinline]] bool copy_receiver::skip_header() {
    if (end_ - next_ < header_size) return false;
    const char* const at = buffer_.get() + next_;
    const auto flags = load_big_endian<std::uint32_t>(at + copy_signature.size());
    const auto extension = load_big_endian<std::uint32_t>(at + copy_signature.size() + 4);
    if (std::string_view(at, copy_signature.size()) != copy_signature || flags != 0 || extension > INT32_MAX)
        throw decode_error("what the server sent is not the binary format of COPY");
    if (end_ - next_ - header_size < extension) return false;
    next_ += header_size + extension;
    return header_read_ = true;
}

/// Finds the cells of one more row; false if there is no room for them or the row is not there as a whole.
bool copy_receiver::find_row() {
    if (rows_ == rows_at_once || complete_ || (!header_read_ && !skip_header()) || end_ - next_ < 2)
        return false;
    const char* const buffer = buffer_.get();
    const auto count = load_big_endian<std::int16_t>(buffer + next_);
    if (count < 0 || static_cast<std::size_t>(count) != columns_) {
        if (count != -1) throw decode_error("a row of COPY has other columns than the server said");
        complete_ = true;
        return false;
    }
    std::size_t at = next_ + 2;
    value* out = values_.data() + rows_ * stride_;
    for (const value* const last = out + columns_; out != last; ++out) {
        const std::size_t size = load_big_endian<std::uint32_t>(buffer + at);
        at += 4;
        if (at + size > end_) [[unlikely]] { // also where the length itself is not there
            if (at > end_ || size != no_value) return false;
            *out = {nullptr, 0};
            continue;
        }
        *out = {buffer + at, static_cast<std::uint32_t>(size)};
        at += size;
    }
    next_ = at;
    ++rows_;
    return true;
}

/// One cell of the rows at hand.
struct copy_receiver::cell {
    static constexpr std::size_t word_size = 0; // lengths are at hand
    const value* at;
    std::size_t stride; ///< from one row to the next, in cells; never 0
    [[nodiscard]] std::size_t size() const noexcept { return at->size; }
    /// Not to be asked of NULL.
    [[nodiscard]] const char* bytes() const noexcept {
        if (at->bytes == nullptr) __builtin_unreachable();
        return at->bytes;
    }
    [[nodiscard]] bool is_null() const noexcept { return !at->bytes; }
    void next() noexcept { at += stride; }
    [[nodiscard]] bool before(const cell& other) const noexcept { return at != other.at; }
};

/// Their cells.
struct copy_receiver::row {
    const value* first;
    std::size_t stride;
    [[nodiscard]] copy_receiver::cell cell(std::uint32_t column) const noexcept {
        return {first + column, stride};
    }
    void next(std::size_t rows = 1) noexcept { first += rows * stride; }
    [[nodiscard]] bool before(const row& other) const noexcept { return first != other.first; }
};

void copy_receiver::decode(cell_decoder& with, std::size_t first, row_block& into) const {
    into.count = std::min(into.count, rows_ - first);
    with.decode_rows<cell_lengths::checked>(row{values_.data() + first * stride_, stride_}, into);
}

void copy_receiver::make_room() {
    if (next_ == end_ || complete_) {
        next_ = end_ = 0;
    } else if (next_ > 0) {
        std::memmove(buffer_.get(), buffer_.get() + next_, end_ - next_);
        end_ -= std::exchange(next_, 0);
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

bool copy_receiver::take_more() {
    if (end_ == capacity_) return false;
    const int size = PQgetlineAsync(handle(), buffer_.get() + end_, static_cast<int>(capacity_ - end_));
    if (size <= 0) return false; // nothing has arrived, or the end, which stays
    end_ += static_cast<std::size_t>(size);
    return true;
}

bool copy_receiver::wait_for_more() {
    make_room();
    if (take_more()) return true; // the clock is asked only where there is a wait
    try {
        const auto size = receive_bytes(from_now());
        end_ += size;
        return size > 0;
    } catch (const deadline_passed&) {
        session_.cancel_and_receive(text_, [&](deadline until) { drain(until); });
        close();
        throw_deadline();
    }
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

} // namespace howdah::detail
