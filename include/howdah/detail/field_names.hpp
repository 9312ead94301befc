// SPDX-License-Identifier: BSL-1.0
//
// Names of fields, from the compiler's own spelling of the addresses of a struct's members: Boost 1.75 to 1.83,
// whose PFR has no names, will do.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace howdah::detail {

constexpr bool in_identifier(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (c & 0x80) != 0;
}

/// A part of a text.
struct text_range {
    std::size_t begin, end;
};

/// The last name of a member before `end`: what stands before it ends with a colon or a dot. Few steps, because the
/// compiler takes them one by one.
constexpr text_range last_identifier(const char* text, std::size_t end) noexcept {
    while (end > 0 && !in_identifier(text[end - 1])) --end;
    auto begin = end;
    while (begin > 0 && text[begin - 1] != ':' && text[begin - 1] != '.') --begin;
    return {begin, end};
}

/// A field may not be called `class`: one underscore at its end is not part of the column's name.
constexpr std::size_t column_length(std::string_view identifier) noexcept {
    return identifier.size() > 1 && identifier.back() == '_' ? identifier.size() - 1 : identifier.size();
}

/// The column's name for a field's.
constexpr std::string_view column_name(std::string_view field) noexcept {
    return field.substr(0, column_length(field));
}

/// Only the names themselves reach the binary, not the whole spelling.
template <std::size_t Length> struct characters {
    char text[Length];
};

// The name of one member -----------------------------------------------------------------------------------

// `auto`: a declared string_view would be spelled out in the text that is cut below. Its size by sizeof: the
// compiler would count a thousand characters one by one, which was a third of what the names of a struct cost.
template <auto Member> consteval auto spelled_member() {
    return std::string_view(__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1);
}
template <auto Member> consteval auto cut_member() {
    constexpr std::string_view text = spelled_member<Member>();
    constexpr auto range = last_identifier(text.data(), text.size());
    constexpr auto length = column_length(text.substr(range.begin, range.end - range.begin));
    characters<length> name{};
    for (std::size_t i = 0; i < length; ++i) name.text[i] = text[range.begin + i];
    return name;
}
template <auto Member> inline constexpr auto member_characters = cut_member<Member>();

/// The column's name for a pointer to member: &user::name -> "name".
template <auto Member>
inline constexpr std::string_view member_name{member_characters<Member>.text,
                                              sizeof(member_characters<Member>.text)};

// The names of all members ---------------------------------------------------------------------------------

/// The addresses of the members of an object.
template <std::size_t Count> struct address_list {
    const void* at[Count];
};

/// One address, with something behind it in the spelling that no name has.
struct marked_address {
    const void* at;
    int mark = 70'917;
};

/// All of them at once: an instantiation per struct, not one per field.
template <marked_address... All> consteval auto spelled_members() {
    return std::string_view(__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1);
}

template <std::size_t Count> struct name_ranges {
    text_range of[Count];
    std::size_t length = 0; ///< of all names together
};

/// Where the mark before `end` begins, in the spelling ", 70917}". By single characters, because the compiler runs it.
constexpr std::size_t last_mark(const char* text, std::size_t end) noexcept {
    while (end > 8 &&
           !(text[end - 1] == '}' && text[end - 2] == '7' && text[end - 3] == '1' && text[end - 4] == '9' &&
             text[end - 5] == '0' && text[end - 6] == '7' && text[end - 7] == ' ' && text[end - 8] == ','))
        --end;
    return end - 8;
}

/// "...::id)), 70917}, ...::name)), 70917}": between one name and the next there is always the same text, so
/// that it has to be searched but once.
template <std::size_t Count> constexpr name_ranges<Count> find_names(const char* text, std::size_t length) {
    name_ranges<Count> found{};
    auto range = last_identifier(text, last_mark(text, length));
    std::size_t between = 0;
    if constexpr (Count > 1) between = range.begin - last_identifier(text, last_mark(text, range.begin)).end;
    for (std::size_t i = Count; i-- > 0;) {
        const std::string_view name(text + range.begin, range.end - range.begin);
        found.of[i] = {range.begin, range.begin + column_length(name)};
        found.length += column_length(name);
        if (i > 0) range = last_identifier(text, range.begin - between);
    }
    return found;
}

template <std::size_t Length, std::size_t Count>
constexpr characters<Length> copy_names(const char* text, const name_ranges<Count>& ranges) {
    characters<Length> copied{};
    char* to = copied.text;
    for (const auto& range : ranges.of)
        for (auto i = range.begin; i < range.end; ++i) *to++ = text[i];
    return copied;
}

template <std::size_t Count>
constexpr std::array<std::string_view, Count> split_names(const char* text,
                                                          const name_ranges<Count>& ranges) {
    std::array<std::string_view, Count> names{};
    for (std::size_t i = 0; i < Count; ++i) {
        const auto length = ranges.of[i].end - ranges.of[i].begin;
        names[i] = std::string_view(text, length);
        text += length;
    }
    return names;
}

} // namespace howdah::detail
