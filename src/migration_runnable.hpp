// SPDX-License-Identifier: BSL-1.0
//
// A migration's text made ready to run: placeholders filled in, split into commands, places kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <howdah/migration.hpp>

#include "migration_text.hpp"

namespace howdah::detail {

/// A text with its placeholders filled in. Keeps a view of the original.
class expanded_text {
public:
    /// Throws migration_error (bad_file) for a placeholder without value.
    expanded_text(const migration_side& side, const std::vector<migration_placeholder>& values);

    [[nodiscard]] std::string_view text() const noexcept {
        return places_.empty() ? original_ : std::string_view(own_);
    }
    /// Is there any placeholder in it?
    [[nodiscard]] bool changed() const noexcept { return !places_.empty(); }
    /// Where a byte of text() stands in the original; for one of a value: where its placeholder does.
    [[nodiscard]] std::size_t original_offset(std::size_t offset) const noexcept;

private:
    struct filled {
        std::size_t original, length; ///< of the placeholder in the original
        std::size_t begin, end;       ///< of the value in text()
    };
    std::string_view original_;
    std::string own_;
    std::vector<filled> places_;
};

/// One of the two texts of a migration, ready to run. Refers to the migration.
struct runnable {
    migration_side side;
    expanded_text expanded;
    std::vector<sql_command> commands; ///< those that are run

    /// Throws migration_error: bad_file, own_transaction.
    runnable(const migration_side& of, const migration_options& options);
    [[nodiscard]] std::string_view words(const sql_command& command) const noexcept {
        return expanded.text().substr(command.first, command.last - command.first);
    }
    [[nodiscard]] std::string_view data(const sql_command& command) const noexcept {
        return expanded.text().substr(command.data, command.data_end - command.data);
    }
    /// Where in the file a byte of the expanded text stands.
    [[nodiscard]] text_position place(std::size_t offset) const noexcept;
    /// Where in the file the server's `position` in a command stands; 0: the command itself.
    [[nodiscard]] text_position place(const sql_command& command, std::size_t position) const noexcept;
};

/// The checksum of a text with its placeholders filled in, where there are any.
[[nodiscard]] std::optional<std::string> expanded_checksum(const migration& of,
                                                           const migration_options& options);

} // namespace howdah::detail
