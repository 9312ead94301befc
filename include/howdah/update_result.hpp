// SPDX-License-Identifier: BSL-1.0
//
// update_result: what became of a write that named the version it was based on. An ordinary value: nothing is
// thrown for a row that somebody else has changed, removed or hidden.
//
//     auto saved = users.update_if_version(db, id, version, howdah::set<&user::name>("Ada"));
//     if (saved) use(saved->version);
//     else if (auto* stale = saved.conflict()) show(stale->current);     // the row as it is now
//     else if (saved.not_found()) ...                                    // no such row, or not visible to us
//     else if (saved.denied()) ...                                       // visible, but we may not change it
#pragma once

#include <concepts>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include <howdah/error.hpp>

namespace howdah {

/// What a conditional write can answer.
enum class update_outcome : std::uint8_t {
    updated,   ///< the row is written
    conflict,  ///< the row has another version by now
    not_found, ///< there is no such row, or row security hides it
    denied, ///< visible, with the expected version, but a policy, a privilege or a trigger kept it as it is
};

class executor;

namespace detail {
struct row_write;
/// A write of a repository, which fills `into` for updated and conflict.
using write_function = update_outcome (*)(executor& on, const row_write& what, void* into);
[[noreturn]] void refuse_value();
template <class Domain, class Row> struct typed_table;
} // namespace detail

/// The row that stood in the way of a stale write.
template <class T> struct conflict_with {
    T current; ///< as it is now, or was a moment ago
};

/// The answer to a conditional write. Holds the row as stored, or the row as it is now, or nothing.
template <class T> class [[nodiscard]] update_result {
public:
    /// One maker per outcome: for repositories, and for tests of code that takes an update_result.
    static update_result updated(T row) { return update_result(update_outcome::updated, std::move(row)); }
    static update_result conflicting(T current) {
        return update_result(update_outcome::conflict, std::move(current));
    }
    static update_result missing() { return update_result(update_outcome::not_found); }
    static update_result refused() { return update_result(update_outcome::denied); }

    update_result(const update_result& other)
        requires std::copy_constructible<T>
        : outcome_(other.outcome_), nothing_() {
        if (holds()) ::new (static_cast<void*>(&held_)) conflict_with<T>{other.held_.current};
    }
    update_result(update_result&& other) noexcept(std::is_nothrow_move_constructible_v<T>)
        : outcome_(other.outcome_), nothing_() {
        if (holds()) ::new (static_cast<void*>(&held_)) conflict_with<T>{std::move(other.held_.current)};
    }
    update_result& operator=(const update_result& other)
        requires std::copy_constructible<T>
    {
        return *this = update_result(other);
    }
    update_result& operator=(update_result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) {
        if (this == &other) return *this;
        settle(update_outcome::not_found); // what is left if moving the row throws
        if (other.holds())
            ::new (static_cast<void*>(&held_)) conflict_with<T>{std::move(other.held_.current)};
        outcome_ = other.outcome_;
        return *this;
    }
    ~update_result() { settle(update_outcome::not_found); }

    /// Which of the four it is, for a switch.
    [[nodiscard]] update_outcome outcome() const noexcept { return outcome_; }
    /// True if the row was written.
    [[nodiscard]] explicit operator bool() const noexcept { return outcome_ == update_outcome::updated; }

    /// The row as stored. Undefined unless the row was written.
    [[nodiscard]] const T& operator*() const& noexcept { return held_.current; }
    [[nodiscard]] T& operator*() & noexcept { return held_.current; }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(held_.current); }
    [[nodiscard]] const T* operator->() const noexcept { return *this ? &held_.current : nullptr; }
    [[nodiscard]] T* operator->() noexcept { return *this ? &held_.current : nullptr; }
    /// The row as stored. Throws usage_error unless the row was written.
    [[nodiscard]] const T& value() const& {
        if (!*this) detail::refuse_value();
        return held_.current;
    }
    [[nodiscard]] T value() && {
        if (!*this) detail::refuse_value();
        return std::move(held_.current);
    }

    /// The conflict, or null. The pointer lives as long as this object.
    [[nodiscard]] const conflict_with<T>* conflict() const noexcept {
        return outcome_ == update_outcome::conflict ? &held_ : nullptr;
    }
    /// No such row, or not visible to us.
    [[nodiscard]] bool not_found() const noexcept { return outcome_ == update_outcome::not_found; }
    /// Visible with the expected version, but kept as it is.
    [[nodiscard]] bool denied() const noexcept { return outcome_ == update_outcome::denied; }

private:
    template <class, class> friend struct detail::typed_table;

    explicit update_result(update_outcome nothing) noexcept : outcome_(nothing), nothing_() {}
    update_result(update_outcome outcome, T&& row) : outcome_(outcome), held_{std::move(row)} {}
    /// With an empty row.
    explicit update_result(std::in_place_t) : outcome_(update_outcome::updated), held_{} {}
    /// Of a repository's write, which fills the row in place.
    update_result(executor& on, detail::write_function write, const detail::row_write& what)
        : update_result(std::in_place) {
        settle(write(on, what, &held_.current));
    }

    [[nodiscard]] bool holds() const noexcept { return outcome_ <= update_outcome::conflict; }
    /// Becomes `outcome`, and drops the row that this holds unless `outcome` comes with one.
    void settle(update_outcome outcome) noexcept {
        if (holds() && outcome > update_outcome::conflict) held_.current.~T();
        outcome_ = outcome;
    }

    // Not a std::variant: its functions were a third of what compiling a further repository cost.
    update_outcome outcome_;
    union {
        char nothing_;
        conflict_with<T> held_; // for `updated` too: there is one row, whatever it stands for
    };
};

/// The answer to many conditional writes that are done all or none.
template <class T> struct [[nodiscard]] joint_update {
    bool applied = false; ///< all are written; otherwise none is
    /// In the order of the items. If not applied, `updated` holds the row as it would have been.
    std::vector<update_result<T>> outcomes{};
    [[nodiscard]] explicit operator bool() const noexcept { return applied; }
};

} // namespace howdah
