// SPDX-License-Identifier: BSL-1.0
#include "pool_core.hpp"

#include <algorithm>
#include <utility>

namespace howdah::detail {
namespace {

// Bounds of the pause after a failed attempt to connect: never more than ten attempts a second, and a server
// that is back is found within a second and a half.
constexpr pool_time shortest_pause = 100, longest_pause = 1'000;
constexpr pool_time shortest_look = 10, longest_look = 30'000;

pool_time pause_after(unsigned failures, double jitter) noexcept {
    const auto base = std::min(shortest_pause << std::min(failures - 1, 8U), longest_pause);
    return base + static_cast<pool_time>(static_cast<double>(base) * jitter / 2);
}

pool_time end_of_life(pool_time now, pool_time lifetime, double jitter) noexcept {
    if (lifetime == 0) return pool_time_never;
    return now + static_cast<pool_time>(static_cast<double>(lifetime) * (0.9 + 0.2 * jitter));
}

} // namespace

pool_core::pool_core(const pool_limits& limits) : limits_(limits), slots_(limits.max_size) {
    idle_.reserve(slots_.size());
    free_.reserve(slots_.size());
    doomed_.reserve(slots_.size());
    for (auto number = static_cast<slot_number>(slots_.size()); number > 0;) free_.push_back(--number);
    figures_.max_size = slots_.size();
}

loan pool_core::lend(slot_number number, pool_time now, std::uintptr_t holder) noexcept {
    auto& lent = slots_[number];
    const auto idle = now - lent.since;
    auto check = loan_check::none;
    if (lent.generation != generation_ || idle >= limits_.check_after_idle) check = loan_check::ask;
    else if (idle >= limits_.look_after_idle) check = loan_check::look;
    lent.generation = generation_; // what does not pass the check is closed
    lent.since = now;
    lent.holder = holder;
    lent.what = phase::in_use;
    ++figures_.in_use;
    ++figures_.acquired;
    return {number, check};
}

loan pool_core::try_lend(pool_time now, std::uintptr_t holder) noexcept {
    while (!idle_.empty()) {
        const auto number = idle_.back();
        idle_.pop_back();
        if (now < slots_[number].expires) return lend(number, now, holder);
        doom(number, &pool_figures::closed_lifetime);
    }
    return {};
}

void pool_core::enqueue(pool_waiter& who, pool_time now, bool at_front) noexcept {
    who.since = now;
    who.what = pool_waiter::fate::waiting;
    who.previous = at_front ? nullptr : last_;
    who.next = at_front ? first_ : nullptr;
    (who.previous != nullptr ? who.previous->next : first_) = &who;
    (who.next != nullptr ? who.next->previous : last_) = &who;
    ++figures_.waiting;
}

void pool_core::unlink(pool_waiter& who) noexcept {
    (who.previous != nullptr ? who.previous->next : first_) = who.next;
    (who.next != nullptr ? who.next->previous : last_) = who.previous;
    who.previous = who.next = nullptr;
    --figures_.waiting;
}

void pool_core::withdraw(pool_waiter& who) noexcept {
    // Or a pool whose borrowers have very little time would never come to have a connection.
    if (!free_.empty() && figures_.waiting > figures_.connecting) owed_ = 1;
    unlink(who);
    ++figures_.timeouts;
}

pool_waiter* pool_core::place(slot_number number, pool_time now) noexcept {
    auto& placed = slots_[number];
    placed.since = now;
    auto* const waiter = first_;
    if (waiter == nullptr) {
        placed.what = phase::idle;
        idle_.push_back(number);
        return nullptr;
    }
    unlink(*waiter);
    waiter->got = lend(number, now, waiter->holder);
    waiter->what = pool_waiter::fate::served;
    ++figures_.waited;
    const std::chrono::milliseconds waited(now - waiter->since);
    figures_.longest_wait = std::max(figures_.longest_wait, waited);
    return waiter;
}

pool_waiter* pool_core::give_back(slot_number number, pool_time now, connection_condition how) noexcept {
    --figures_.in_use;
    if (how == connection_condition::lost) {
        ++generation_;
        doom(number, &pool_figures::closed_lost);
    } else if (how == connection_condition::unclean) {
        doom(number, &pool_figures::closed_unclean);
    } else if (is_closed_) {
        doom(number, &pool_figures::closed_shutdown);
    } else if (now >= slots_[number].expires) {
        doom(number, &pool_figures::closed_lifetime);
    } else {
        return place(number, now);
    }
    return nullptr;
}

void pool_core::reject(slot_number number) noexcept {
    --figures_.in_use;
    --figures_.acquired;
    ++generation_;
    doom(number, &pool_figures::closed_lost);
}

void pool_core::doom(slot_number number, std::uint64_t pool_figures::* reason) noexcept {
    slots_[number].what = phase::doomed;
    ++(figures_.*reason);
    doomed_.push_back(number);
}

bool pool_core::wants_more() const noexcept {
    return !is_closed_ && !free_.empty() &&
           figures_.waiting + limits_.min_idle + owed_ > idle_.size() + figures_.connecting;
}

std::size_t pool_core::connects_wanted(pool_time now) const noexcept {
    if (!wants_more()) return 0;
    // While the server refuses, one attempt at a time is enough to find out that it does no longer.
    const auto at_once = failures_ > 0 ? 1 : limits_.connects_at_once;
    if (figures_.connecting >= at_once || (failures_ > 0 && now < retry_at_)) return 0;
    const auto missing = figures_.waiting + limits_.min_idle + owed_ - idle_.size() - figures_.connecting;
    return std::min({missing, free_.size(), at_once - figures_.connecting});
}

slot_number pool_core::begin_connect() noexcept {
    const auto number = free_.back();
    free_.pop_back();
    slots_[number].what = phase::connecting;
    ++figures_.connecting;
    owed_ = 0;
    return number;
}

pool_waiter* pool_core::connected(slot_number number, pool_time now, double jitter) noexcept {
    --figures_.connecting;
    ++figures_.created;
    failures_ = 0;
    slots_[number].generation = generation_;
    slots_[number].expires = end_of_life(now, limits_.max_lifetime, jitter);
    if (!is_closed_) return place(number, now);
    doom(number, &pool_figures::closed_shutdown);
    return nullptr;
}

pool_waiter* pool_core::connect_failed(slot_number number, pool_time now, bool permanent,
                                       double jitter) noexcept {
    --figures_.connecting;
    ++figures_.connect_failures;
    slots_[number].what = phase::empty;
    free_.push_back(number);
    retry_at_ = now + pause_after(++failures_, jitter);
    const bool hopeless = permanent && idle_.empty() && figures_.in_use == 0;
    return hopeless ? tell_all(pool_waiter::fate::refused) : nullptr;
}

pool_waiter* pool_core::tell_all(pool_waiter::fate what) noexcept {
    auto* const told = std::exchange(first_, nullptr);
    for (auto* each = told; each != nullptr; each = each->next) each->what = what;
    last_ = nullptr;
    figures_.waiting = 0;
    return told;
}

void pool_core::sweep(pool_time now) noexcept {
    // From the one that was used longest ago.
    std::size_t kept = 0, left = idle_.size();
    for (const auto number : idle_) {
        const auto& each = slots_[number];
        const bool unused = limits_.idle_timeout > 0 && now - each.since >= limits_.idle_timeout;
        if (now >= each.expires) doom(number, &pool_figures::closed_lifetime);
        else if (unused && left > limits_.min_idle) doom(number, &pool_figures::closed_idle);
        else {
            idle_[kept++] = number;
            continue;
        }
        --left;
    }
    idle_.resize(kept);
}

slot_number pool_core::take_doomed() noexcept {
    if (doomed_.empty()) return no_slot;
    const auto number = doomed_.back();
    doomed_.pop_back();
    slots_[number].what = phase::closing;
    return number;
}

void pool_core::closed(slot_number number) noexcept {
    slots_[number].what = phase::empty;
    free_.push_back(number);
}

pool_time pool_core::next_look(pool_time now) const noexcept {
    auto next = pool_time_never;
    if (backing_off()) next = retry_at_;
    auto shortest = pool_time_never;
    if (limits_.idle_timeout > 0) shortest = limits_.idle_timeout;
    if (limits_.max_lifetime > 0) shortest = std::min(shortest, limits_.max_lifetime);
    if (shortest != pool_time_never && !drained())
        next = std::min(next, now + std::clamp(shortest / 10, shortest_look, longest_look));
    return next;
}

pool_waiter* pool_core::close() noexcept {
    is_closed_ = true;
    for (const auto number : idle_) doom(number, &pool_figures::closed_shutdown);
    idle_.clear();
    return tell_all(pool_waiter::fate::closed);
}

pool_figures pool_core::figures(pool_time now) const noexcept {
    auto all = figures_;
    all.idle = idle_.size();
    all.total = slots_.size() - free_.size();
    pool_time oldest = now;
    for (const auto& each : slots_)
        if (each.what == phase::in_use) oldest = std::min(oldest, each.since);
    all.oldest_loan = std::chrono::milliseconds(now - oldest);
    return all;
}

bool pool_core::all_held_by(std::uintptr_t holder) const noexcept {
    return std::ranges::all_of(
        slots_, [&](const slot& each) { return each.what == phase::in_use && each.holder == holder; });
}

} // namespace howdah::detail
