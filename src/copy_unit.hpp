// SPDX-License-Identifier: BSL-1.0
//
// What a COPY in either direction runs in.
#pragma once

#include <chrono>
#include <optional>

#include <howdah/connection.hpp>
#include <howdah/transaction.hpp>

namespace howdah::detail {

struct transaction_access {
    /// Has its destructor leave the connection alone.
    static void forget(transaction& one) noexcept { one.phase_ = transaction::phase::rolled_back; }
};

/// One connection for the whole of a COPY, inside a transaction: what the server says of the columns holds until the
/// end of that.
class copy_unit {
public:
    explicit copy_unit(executor& on) : loan_(on.borrow()) {
        if (loan_->state() == session_state::idle) own_.emplace(*loan_);
    }
    [[nodiscard]] connection& on() const noexcept { return *loan_; }
    [[nodiscard]] bool inside_another() const noexcept { return !own_; }
    void commit() {
        if (own_) own_->commit();
        own_.reset();
    }
    /// `rows`: what used the connection; that may have been destroyed meanwhile.
    template <class Rows> void give_up(std::optional<Rows>& rows) noexcept {
        if (own_ && rows && rows->is_orphaned()) transaction_access::forget(*own_);
        rows.reset(); // ends before the transaction does
        own_.reset();
    }
    [[nodiscard]] std::chrono::milliseconds
    timeout(const std::optional<std::chrono::milliseconds>& wish) const noexcept {
        return wish.value_or(loan_->config().statement_timeout);
    }

private:
    connection_loan loan_;
    std::optional<transaction> own_;
};

} // namespace howdah::detail
