// SPDX-License-Identifier: BSL-1.0
//
// COPY out.
#include <algorithm>
#include <utility>

#include "cell_decoder.hpp"
#include "copy_exchange.hpp"
#include "server_failure.hpp"

namespace howdah::detail {

copy_receiver::copy_receiver(connection& on, std::string text, std::chrono::milliseconds timeout,
                             std::size_t columns, bool keep_transaction, const inlined_statement* inlined)
    : copy_exchange(on, std::move(text), timeout), bytes_(columns), keep_transaction_(keep_transaction) {
    begin(PGRES_COPY_OUT, inlined);
}

// PQgetlineAsync() and not PQgetCopyData(): that one allocates memory for every row.
int copy_receiver::take_bytes() noexcept {
    return PQgetlineAsync(handle(), bytes_.end(), static_cast<int>(bytes_.room()));
}

[[gnu::always_inline]] inline bool copy_receiver::take_more() {
    if (bytes_.room() == 0) return false;
    const int size = take_bytes();
    if (size <= 0) return false; // nothing has arrived, or the end, which stays
    bytes_.add(static_cast<std::size_t>(size));
    return true;
}

std::size_t copy_receiver::receive_rows() {
    require_connection();
    if (!travelling_) return 0;
    for (bytes_.make_room();;) {
        // The server sends a message for each row. Those at hand are given before another is waited for.
        for (auto wanted = copied_bytes::rows_at_once - bytes_.find_rows(); wanted > 0 && take_more();
             --wanted) {
        }
        if (const auto found = bytes_.find_rows(); found > 0) return found;
        if (wait_for_more()) continue;
        if (bytes_.within_row()) throw decode_error("the rows of COPY ended within a row");
        finish();
        return 0;
    }
}

kept_rows copy_receiver::receive_all() {
    bytes_.keep_rows();
    while (receive_rows() > 0) {
    }
    return bytes_.take_rows();
}

void copy_receiver::decode(cell_decoder& with, std::size_t first, row_block& into) const {
    into.count = std::min(into.count, bytes_.rows() - first);
    with.decode_rows<cell_lengths::checked>(bytes_.row(first), into);
}

std::size_t copy_receiver::receive_bytes(deadline until) {
    for (;;) {
        const int size = take_bytes();
        if (size != 0) return size < 0 ? 0 : static_cast<std::size_t>(size);
        session_.wait(interest::read, until);
        if (!PQconsumeInput(handle())) session_.lose();
    }
}

bool copy_receiver::wait_for_more() {
    bytes_.make_room();
    if (take_more()) return true; // the clock is asked only where there is a wait
    try {
        const auto size = receive_bytes(from_now());
        bytes_.add(size);
        return size > 0;
    } catch (const deadline_passed&) {
        session_.cancel_and_receive(text_, [&](deadline until) { drain(until); });
        close();
        throw_deadline();
    }
}

void copy_receiver::drain(deadline until) {
    bytes_.clear();
    while (receive_bytes(until) > 0)
        // Rows that keep coming would never let a wait reach its deadline.
        if (std::chrono::steady_clock::now() >= until) throw deadline_passed{};
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
