// SPDX-License-Identifier: BSL-1.0
//
// The statements that one connection has prepared (or only described), found again by text and parameter
// types.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <howdah/executor.hpp>

#include "reading_plan.hpp"

namespace howdah::detail {

/// One statement that the server has described to us.
struct known_statement {
    // What is looked at whenever it runs, side by side
    std::string text;
    std::vector<oid> types;
    std::string name;                  ///< on the server; empty: sent unnamed every time
    shared<const reading_plan> plan{}; ///< the last one that was asked for
    std::uint64_t last_used = 0;
    bool has_run = false;              ///< at least once, if only to fail for other reasons than being stale
    bool leaves_session_state = false; ///< see may_leave_session_state()

    /// A struct that fits a type.
    struct fit {
        const erased_codec* codec = nullptr;
        const type_details* type = nullptr;
        friend bool operator==(const fit&, const fit&) = default;
    };
    std::vector<oid> parameter_types;        ///< as the server has them: none is inferred
    std::vector<std::string> names;          ///< of the columns
    std::vector<column> columns;             ///< their names view into `names`
    std::vector<fit> checked;                ///< per parameter: what was compared last
    std::shared_ptr<const void> type_keeper; ///< of the records that the columns name; null: there are none

    [[nodiscard]] bool is(std::string_view asked, std::span<const parameters::entry> values) const noexcept {
        if (text.size() != asked.size() || types.size() != values.size()) return false;
        for (std::size_t i = 0; i < values.size(); ++i)
            if (types[i] != values[i].type) return false;
        return std::char_traits<char>::compare(text.data(), asked.data(), asked.size()) == 0; // of none, too
    }
    /// Can it be run as it is, to be read so?
    [[nodiscard]] bool is_ready_for(const row_reading& reading) const noexcept {
        return has_run && (!reading.make_plan || (plan && plan->reading == reading));
    }
    /// The plan that `reading` makes for these columns, made once as long as it is the same reader that asks. Throws
    /// what making it throws.
    [[nodiscard]] const shared<const reading_plan>& plan_for(const row_reading& reading);
};

/// A bounded map; the least recently used statement goes first.
class statement_cache {
public:
    explicit statement_cache(std::size_t most) : most_(most) {}

    /// The statement, or null. The pointer is valid until the next insert(), erase() or clear().
    [[nodiscard]] known_statement* find(std::string_view text,
                                        std::span<const parameters::entry> values) noexcept {
        const auto& last = place_of(text);
        if (last.text != text.data() || !last.found || !last.found->is(text, values))
            return find_by_hash(text, values);
        last.found->last_used = ++clock_;
        return last.found;
    }
    /// Throws bad_alloc, and leaves `statement` as it is then.
    known_statement& insert(known_statement&& statement);
    void erase(const known_statement& statement) noexcept;
    /// Takes out the least recently used statement if there is no room for another; its name, or empty.
    [[nodiscard]] std::string make_room();
    void clear() noexcept {
        entries_.clear();
        places_ = {};
    }
    /// A name for this statement, not used before on this connection. It ends with a hash of its text: a pooler
    /// that hands server sessions around could otherwise run the statement of another client.
    [[nodiscard]] std::string next_name(const known_statement& of);

private:
    /// Where the caller's text stood when it was found last: it costs a comparison to find it again, not a hash.
    struct place {
        const char* text = nullptr;
        known_statement* found = nullptr;
    };
    [[nodiscard]] place& place_of(std::string_view text) noexcept {
        return places_[(reinterpret_cast<std::uintptr_t>(text.data()) >> 4) % places_.size()];
    }

    [[nodiscard]] known_statement* find_by_hash(std::string_view text,
                                                std::span<const parameters::entry> values) noexcept;
    void forget_places_of(const known_statement& statement) noexcept;

    std::uint64_t clock_ = 0, named_ = 0;
    std::size_t most_;
    std::array<place, 16> places_{};
    // By a hash of text and types; an equal hash replaces. Entries keep their address.
    std::unordered_map<std::uint64_t, known_statement> entries_;
};

/// True if running `text` may leave something behind in the session that a later user would notice: SET,
/// LISTEN, temporary tables, advisory locks, cursors WITH HOLD, LOAD. Looks at words, so it may say true too
/// often; a function that does these things inside is not seen.
[[nodiscard]] bool may_leave_session_state(std::string_view text) noexcept;
/// True if `text` may create or remove prepared statements behind the cache's back.
[[nodiscard]] bool may_touch_prepared_statements(std::string_view text) noexcept;

} // namespace howdah::detail
