// SPDX-License-Identifier: BSL-1.0
//
// needs: inlined_statement.cpp sql_scanner.cpp utf8.cpp error.cpp
//
// A value, a NUL byte, a statement: in the text with the value as a literal, the value is one string, every other token
// is what it was, and stands where it is said to have stood.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <howdah/error.hpp>

#include "inlined_statement.hpp"
#include "sql_scanner.hpp"
#include "utf8.hpp"

namespace {

using howdah::detail::sql_token_kind;

void require(bool holds) {
    if (!holds) std::abort();
}

std::string_view text_of(std::string_view text, const howdah::detail::sql_token& token) {
    return text.substr(token.first, token.last - token.first);
}

/// The value is one string, and nothing else is one.
void check_literal(std::string_view literal, std::string_view end) {
    howdah::detail::sql_scanner scanner(literal);
    auto token = scanner.next();
    while (text_of(literal, token) == "(") token = scanner.next();
    require(token.kind == sql_token_kind::string && literal.substr(token.last) == end);
}

void check(std::string_view statement, const std::string& literal) {
    const howdah::detail::inlined_statement inlined(statement, {&literal, 1});
    const std::string_view text = inlined.text();
    howdah::detail::sql_scanner before(statement), after(text);
    for (;;) {
        const auto old = before.next(), now = after.next();
        const auto position = howdah::detail::count_characters(text.substr(0, now.first)) + 1;
        require(inlined.position_before(position) ==
                howdah::detail::count_characters(statement.substr(0, old.first)) + 1);
        if (old.kind == sql_token_kind::parameter && text_of(text, now) == "(") {
            require(text.substr(now.first).starts_with(literal));
            after.skip_to(now.first + literal.size());
            continue;
        }
        require(old.kind == now.kind && text_of(statement, old) == text_of(text, now));
        if (old.kind == sql_token_kind::end) return;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto end = all.find('\0');
    if (end == all.npos) return 0;
    try {
        const auto value = all.substr(0, end), statement = all.substr(end + 1);
        const auto literal = howdah::detail::literal_of(value, "t");
        check_literal(literal, "::t)");
        check(statement, literal);
        const auto of_domain = howdah::detail::domain_literal_of(value, "t");
        check_literal(of_domain, "::t)[1])");
        check(statement, of_domain);
    } catch (const howdah::usage_error&) { // the value is no text
    }
    return 0;
}
