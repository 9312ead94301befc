// SPDX-License-Identifier: BSL-1.0
#include "statement_cache.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace howdah::detail {

namespace {

__extension__ using wide = unsigned __int128;

std::uint64_t mix(std::uint64_t state, std::uint64_t value) noexcept {
    const auto product = static_cast<wide>(state ^ value) * 0x9E3779B97F4A7C15U;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t hash_text(std::string_view text) noexcept {
    std::uint64_t state = 0x243F6A8885A308D3U ^ text.size();
    while (text.size() >= 8) {
        std::uint64_t word;
        std::memcpy(&word, text.data(), 8);
        state = mix(state, word);
        text.remove_prefix(8);
    }
    std::uint64_t last = 0;
    if (!text.empty()) std::memcpy(&last, text.data(), text.size());
    return mix(state, last + 1);
}

template <class Types, class Type>
std::uint64_t hash_all(std::string_view text, const Types& types, Type type_of) noexcept {
    auto state = hash_text(text);
    for (const auto& entry : types) state = mix(state, type_of(entry) + 1ULL);
    return state;
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_word(char c) noexcept {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// Finds `word` where a word begins.
bool contains_word(std::string_view text, std::string_view word) noexcept {
    for (auto from = text.begin();;) {
        const auto found = std::search(from, text.end(), word.begin(), word.end(),
                                       [](char a, char b) { return lower(a) == b; });
        if (found == text.end()) return false;
        if (found == text.begin() || !is_word(*(found - 1))) return true;
        from = found + 1;
    }
}

template <std::size_t N>
bool contains_any(std::string_view text, const std::array<std::string_view, N>& words) noexcept {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return contains_word(text, word); });
}

} // namespace

const shared<const reading_plan>& known_statement::plan_for(const row_reading& reading) {
    if (plan && plan->reading == reading) return plan;
    plan = reading.make_plan(reading, columns);
    if (type_keeper) {
        const auto* made = plan.get();
        plan = shared<const reading_plan>(std::pair(std::move(plan), type_keeper), made);
    }
    return plan;
}

known_statement* statement_cache::find_by_hash(std::string_view text,
                                               std::span<const parameters::entry> values) noexcept {
    const auto found =
        entries_.find(hash_all(text, values, [](const parameters::entry& entry) { return entry.type; }));
    if (found == entries_.end() || !found->second.is(text, values)) return nullptr;
    place_of(text) = {text.data(), &found->second};
    found->second.last_used = ++clock_;
    return &found->second;
}

std::string statement_cache::next_name(const known_statement& of) {
    char name[7 + 20 + 1 + 16] = "howdah_"; // a number, and a hash in hexadecimal
    char* end = std::to_chars(name + 7, name + sizeof name, ++named_).ptr;
    *end++ = '_';
    const auto hash = hash_all(of.text, of.types, [](oid type) { return type; });
    return {name, std::to_chars(end, name + sizeof name, hash, 16).ptr};
}

known_statement& statement_cache::insert(known_statement&& statement) {
    const auto key = hash_all(statement.text, statement.types, [](oid type) { return type; });
    auto& kept = entries_[key];
    kept = std::move(statement);
    kept.last_used = ++clock_;
    return kept;
}

void statement_cache::erase(const known_statement& statement) noexcept {
    const auto key = hash_all(statement.text, statement.types, [](oid type) { return type; });
    forget_places_of(statement);
    entries_.erase(key);
}

void statement_cache::forget_places_of(const known_statement& statement) noexcept {
    for (auto& each : places_)
        if (each.found == &statement) each = {};
}

std::string statement_cache::make_room() {
    if (entries_.size() < most_) return {};
    const auto oldest = std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
        return a.second.last_used < b.second.last_used;
    });
    auto name = std::move(oldest->second.name);
    forget_places_of(oldest->second);
    entries_.erase(oldest);
    return name;
}

bool may_leave_session_state(std::string_view text) noexcept {
    static constexpr std::array<std::string_view, 13> words{
        "set ",      "set\n",   "set\t",       "set_config",      "reset ",   "listen ", "temp ",
        "temporary", "pg_temp", "pg_advisory", "pg_try_advisory", "declare ", "load "};
    // "update t set ..." (one command, no script) is by far the most frequent statement with a "set" in it, and
    // leaves nothing behind.
    static constexpr std::array<std::string_view, 5> words_of_data_statements{
        "set_config", "temp ", "temporary", "pg_advisory", "pg_try_advisory"};
    const auto begin = text.find_first_not_of(" \t\r\n(");
    if (begin == text.npos) return false;
    const char first = lower(text[begin]);
    const bool data_statement =
        text.find(';') == text.npos && (first == 'i' || first == 'w' || first == 'm' || // insert, with, merge
                                        contains_word(text.substr(begin, 7), "update "));
    return data_statement ? contains_any(text, words_of_data_statements) : contains_any(text, words);
}

bool may_touch_prepared_statements(std::string_view text) noexcept {
    static constexpr std::array<std::string_view, 3> words{"prepare", "deallocate", "discard"};
    return contains_any(text, words);
}

} // namespace howdah::detail
