// SPDX-License-Identifier: BSL-1.0
#include "migration_runnable.hpp"

#include <algorithm>

#include "sha256.hpp"
#include "utf8.hpp"

namespace howdah::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
constexpr std::string_view letters_and_marks =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.:-";

/// A placeholder as it stands in a text.
struct placeholder {
    std::size_t length = 0; ///< 0: there is none
    std::string_view name{};
    std::optional<std::string_view> otherwise{}; ///< what stands for it where its name has no value
    bool otherwise_if_empty = false;
};

/// The placeholder at the beginning of `text`, which begins with "${".
placeholder read_placeholder(std::string_view text, bool with_defaults) noexcept {
    placeholder out;
    const auto end = text.find_first_not_of(with_defaults ? letters : letters_and_marks, 2);
    if (end == npos || end == 2) return out;
    out.name = text.substr(2, end - 2);
    const auto close = with_defaults ? text.find('}', end) : end;
    if (close == npos || text[close] != '}') return out;
    auto rest = text.substr(end, close - end);
    if (!rest.empty() && rest.front() != '?') {
        out.otherwise_if_empty = rest.front() == ':';
        rest.remove_prefix(out.otherwise_if_empty ? 1 : 0);
        if (rest.empty() || rest.front() != '-') return out;
        out.otherwise = rest.substr(1);
    }
    out.length = close + 1;
    return out;
}

const migration_placeholder* find_value(std::string_view name,
                                        const std::vector<migration_placeholder>& values) {
    const auto found =
        std::find_if(values.begin(), values.end(), [&](const auto& each) { return each.name == name; });
    return found == values.end() ? nullptr : &*found;
}

/// The byte of the `count`-th character (from 0).
std::size_t byte_of(std::string_view text, std::size_t count) noexcept {
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        if ((text[at] & 0xC0) == 0x80) continue;
        if (count-- == 0) break;
    }
    return at;
}

} // namespace

expanded_text::expanded_text(const migration_side& side, const std::vector<migration_placeholder>& values)
    : original_(side.text) {
    if (!side.directives.placeholders) return;
    std::size_t copied = 0;
    for (auto at = original_.find("${"); at != npos; at = original_.find("${", std::max(at + 2, copied))) {
        const auto found = read_placeholder(original_.substr(at), side.directives.placeholder_defaults);
        if (found.length == 0) continue;
        const auto* const known = find_value(found.name, values);
        if (!known && !found.otherwise)
            bad_place(migration_failure::bad_file, side.file, place_in_file(original_, at, side.lines_before),
                      "the placeholder ${" + std::string(found.name) +
                          "} has no value; give it one, or write '-- howdah: placeholder=off' at the head of "
                          "the file");
        if (known && first_bad_byte(known->value) != known->value.size())
            throw usage_error("the value of the placeholder ${" + known->name + "} is not UTF-8");
        const bool given = known && !(known->value.empty() && found.otherwise_if_empty);
        const std::string_view value = given ? std::string_view(known->value) : *found.otherwise;
        own_.append(original_.substr(copied, at - copied));
        places_.push_back({at, found.length, own_.size(), own_.size() + value.size()});
        own_.append(value);
        copied = at + found.length;
    }
    if (changed()) own_.append(original_.substr(copied));
}

std::size_t expanded_text::original_offset(std::size_t offset) const noexcept {
    const auto after =
        std::upper_bound(places_.begin(), places_.end(), offset,
                         [](std::size_t value, const filled& each) { return value < each.begin; });
    if (after == places_.begin()) return offset;
    const auto& last = *std::prev(after);
    return offset < last.end ? last.original : offset - last.end + last.original + last.length;
}

runnable::runnable(const migration_side& of, const migration_options& options)
    : side(of), expanded(of, options.placeholders) {
    auto script = read_sql(expanded.text(), of.wrapped ? sql_wrapping::allowed : sql_wrapping::refused);
    if (script.problem) // what the values brought in
        bad_place(script.problem->kind == sql_problem_kind::own_transaction
                      ? migration_failure::own_transaction
                      : migration_failure::bad_file,
                  side.file, place(script.problem->offset), script.problem->reason);
    for (const auto& command : script.commands)
        if (!command.blank() && command.kind != sql_command_kind::begins &&
            command.kind != sql_command_kind::commits)
            commands.push_back(command);
}

text_position runnable::place(std::size_t offset) const noexcept {
    return place_in_file(side.text, expanded.original_offset(offset), side.lines_before);
}

text_position runnable::place(const sql_command& command, std::size_t position) const noexcept {
    return place(command.first + (position == 0 ? 0 : byte_of(words(command), position - 1)));
}

std::optional<std::string> expanded_checksum(const migration& of, const migration_options& options) {
    const expanded_text expanded(up_side(of), options.placeholders);
    if (!expanded.changed()) return std::nullopt;
    return "sha256-lf:" + sha256_hex(expanded.text());
}

} // namespace howdah::detail
