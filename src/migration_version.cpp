// SPDX-License-Identifier: BSL-1.0
//
// How versions compare. Digits are compared as text, so that none is too long.
#include <howdah/migration_set.hpp>

#include <algorithm>

namespace howdah {
namespace {

bool is_number(std::string_view text) noexcept {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

std::string_view without_zeros(std::string_view digits) noexcept {
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

int sign(int value) noexcept {
    return (value > 0) - (value < 0);
}

int compare_numbers(std::string_view left, std::string_view right) noexcept {
    left = without_zeros(left);
    right = without_zeros(right);
    if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
    return sign(left.compare(right));
}

/// Takes the first part off a dotted version; "" where nothing is left, which compares as 0.
std::string_view next_part(std::string_view& rest) noexcept {
    const auto end = std::min(rest.find_first_of("._"), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

bool is_dotted(std::string_view text) noexcept {
    if (text.empty() || text.back() == '.' || text.back() == '_') return false;
    while (!text.empty())
        if (!is_number(next_part(text))) return false;
    return true;
}

int compare_dotted(std::string_view left, std::string_view right) noexcept {
    while (!left.empty() || !right.empty())
        if (const int found = compare_numbers(next_part(left), next_part(right))) return found;
    return 0;
}

/// Byte by byte, dashes left out.
int compare_texts(std::string_view left, std::string_view right) noexcept {
    const auto next = [](std::string_view& rest) {
        while (!rest.empty() && rest.front() == '-') rest.remove_prefix(1);
        if (rest.empty()) return -1;
        const auto byte = static_cast<unsigned char>(rest.front());
        rest.remove_prefix(1);
        return int{byte};
    };
    for (;;) {
        const int one = next(left), other = next(right);
        if (one != other) return sign(one - other);
        if (one < 0) return 0;
    }
}

bool fits(std::string_view version, version_order order) noexcept {
    switch (order) {
    case version_order::numeric: return is_number(version);
    case version_order::dotted: return is_dotted(version);
    case version_order::text: break;
    }
    return true;
}

std::string canonical_number(std::string_view digits) {
    digits = without_zeros(digits);
    return std::string(digits.empty() ? "0" : digits);
}

} // namespace

std::string canonical_version(std::string_view version, version_order order) {
    if (order == version_order::text) {
        std::string out(version);
        out.erase(std::remove(out.begin(), out.end(), '-'), out.end());
        return out;
    }
    if (!fits(version, order)) return std::string(version);
    if (order == version_order::numeric) return canonical_number(version);
    std::string out, zeros;
    while (!version.empty()) {
        const auto part = canonical_number(next_part(version));
        const std::string with_dot = out.empty() ? part : '.' + part;
        if (part == "0" && !out.empty()) zeros += with_dot;
        else out.append(zeros).append(with_dot), zeros.clear();
    }
    return out;
}

int compare_versions(std::string_view left, std::string_view right, version_order order) noexcept {
    if (order == version_order::text) return compare_texts(left, right);
    // What is no version of this order stands before all that are.
    const bool left_fits = fits(left, order), right_fits = fits(right, order);
    if (left_fits != right_fits) return left_fits ? 1 : -1;
    if (!left_fits) return sign(left.compare(right));
    return order == version_order::numeric ? compare_numbers(left, right) : compare_dotted(left, right);
}

} // namespace howdah
