// SPDX-License-Identifier: BSL-1.0
//
// needs: sql_lexer.cpp sql_scanner.cpp sql_reader.cpp sql_statement.cpp migration_version.cpp migration_directives.cpp
// needs: migration_text.cpp migration_set.cpp migration_statements.cpp migration_effects.cpp
// needs: lint_rules.cpp migration_lint.cpp
//
// Any bytes: lint reads them to their end; what it finds names a rule, and a place in the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <howdah/migration_lint.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const howdah::migration_parts parts{
        .file = "1_x.sql", .version = "1", .name = "x", .text = text, .may_be_wrapped = true};
    for (const auto& found : howdah::lint(parts))
        if (found.rule.empty() || found.message.empty()) std::abort();
    try {
        const auto file = howdah::make_migration(parts);
        for (const auto& effect : howdah::statement_effects(file))
            if (effect.line == 0 || effect.column == 0) std::abort();
    } catch (const howdah::migration_error&) {
    }
    return 0;
}
