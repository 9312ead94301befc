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

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include <howdah/error.hpp>

namespace howdah {

/// What a conditional write can answer.
enum class update_outcome : std::uint8_t {
    updated,   ///< the row is written
    conflict,  ///< the row has another version by now
    not_found, ///< there is no such row, or row security hides it
    denied, ///< visible, with the expected version, but a policy, a privilege or a trigger kept it as it is
};

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
        return update_result(update_outcome::conflict, conflict_with<T>{std::move(current)});
    }
    static update_result missing() { return update_result(update_outcome::not_found, std::monostate{}); }
    static update_result refused() { return update_result(update_outcome::denied, std::monostate{}); }

    /// Which of the four it is, for a switch.
    [[nodiscard]] update_outcome outcome() const noexcept { return outcome_; }
    /// True if the row was written.
    [[nodiscard]] explicit operator bool() const noexcept { return outcome_ == update_outcome::updated; }

    /// The row as stored. Undefined unless the row was written.
    [[nodiscard]] const T& operator*() const& noexcept { return *std::get_if<T>(&held_); }
    [[nodiscard]] T& operator*() & noexcept { return *std::get_if<T>(&held_); }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(*std::get_if<T>(&held_)); }
    [[nodiscard]] const T* operator->() const noexcept { return std::get_if<T>(&held_); }
    [[nodiscard]] T* operator->() noexcept { return std::get_if<T>(&held_); }
    /// The row as stored. Throws usage_error unless the row was written.
    [[nodiscard]] const T& value() const& {
        if (!*this) refuse_value();
        return **this;
    }
    [[nodiscard]] T value() && {
        if (!*this) refuse_value();
        return std::move(*std::get_if<T>(&held_));
    }

    /// The conflict, or null. The pointer lives as long as this object.
    [[nodiscard]] const conflict_with<T>* conflict() const noexcept {
        return std::get_if<conflict_with<T>>(&held_);
    }
    /// No such row, or not visible to us.
    [[nodiscard]] bool not_found() const noexcept { return outcome_ == update_outcome::not_found; }
    /// Visible with the expected version, but kept as it is.
    [[nodiscard]] bool denied() const noexcept { return outcome_ == update_outcome::denied; }

private:
    template <class Held>
    update_result(update_outcome outcome, Held held) : outcome_(outcome), held_(std::move(held)) {}
    [[noreturn]] static void refuse_value() {
        throw usage_error(
            "update_result: the row was not written; ask conflict(), not_found() and denied() first");
    }

    update_outcome outcome_;
    std::variant<std::monostate, T, conflict_with<T>> held_;
};

} // namespace howdah
