// SPDX-License-Identifier: BSL-1.0
#include <howdah/pool.hpp>

#include "lender.hpp"

namespace howdah {

pooled_connection& pooled_connection::operator=(pooled_connection&& other) noexcept {
    if (this == &other) return *this;
    release();
    owner_ = other.owner_;
    lent_ = other.lent_;
    slot_ = other.slot_;
    other.forget();
    return *this;
}

void pooled_connection::give_back() noexcept {
    lent_ = nullptr;
    auto* const owner = owner_;
    owner_ = nullptr;
    owner->give_back(slot_);
}

namespace {

void abandon(detail::lender* owner) noexcept {
    owner->abandon();
}

detail::shared<detail::lender> shared_lender(pool_config config) {
    auto* const made = new detail::lender(std::move(config));
    return {detail::owned<detail::lender, &abandon>(made), made};
}

} // namespace

pool::pool(pool_config config) : owner_(shared_lender(std::move(config))) {}

pooled_connection pool::acquire() {
    return owner_->acquire(owner_->config().acquire_timeout);
}

pooled_connection pool::acquire(std::chrono::milliseconds timeout) {
    return owner_->acquire(timeout);
}

result pool::do_run(const statement& what, const parameters& values) {
    const auto borrowed = acquire();
    return borrowed->run(what, values);
}

void pool::do_run_together(void (*work)(void* context, executor& on), void* context) {
    const auto borrowed = acquire();
    borrowed->run_together([&](executor& on) { work(context, on); });
}

connection_loan pool::do_borrow() {
    auto lent = detail::make_shared_object<pooled_connection>(acquire());
    connection& on = **lent;
    return connection_loan(on, std::move(lent));
}

pool_figures pool::figures() const {
    return owner_->figures();
}

bool pool::close(std::chrono::milliseconds drain) {
    return owner_->close(drain);
}

const pool_config& pool::config() const noexcept {
    return owner_->config();
}

} // namespace howdah
