// SPDX-License-Identifier: BSL-1.0
//
// environment: the variables of the process, completed from a `.env` file. The process wins over the file, so
// that a deployment can override what a developer's file says.
//
//     const auto env = howdah::environment::load();                 // .env here, if there is one
//     const auto url = env.get("DATABASE_URL");                     // std::optional<std::string>
//
// A line of the file is `KEY=value` or `export KEY=value`, or empty, or a comment from '#'. Values:
//
//     plain=text up to the end or to " #", trimmed         with ${NAME} and ${NAME:-default}
//     single='everything literal'
//     double="with ${NAME}, and \n \r \t \" \\ \$"          on one line
//
// ${NAME} is the process's variable or an earlier key of the file; one that is neither is refused, ${NAME:-}
// makes it empty. A later line for the same key wins. An environment is a snapshot: it never changes, and
// reading one from several threads is safe. Making one reads `environ`, so no other thread may call setenv()
// meanwhile.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <howdah/detail/owner.hpp>

namespace howdah {

/// Process variables over the keys of a `.env` file.
class environment {
public:
    /// The variables of the process alone.
    environment();

    /// The variables of the process, and the keys of the file at `path` that the process does not have. A
    /// missing file is no error. Throws usage_error with file, line and column, and without any value, for a
    /// line that is not as described above; also for a file that cannot be read or is larger than 1 MiB.
    [[nodiscard]] static environment load(const std::string& path = ".env");

    /// The same from a text; `file_name` is for messages.
    [[nodiscard]] static environment parse(std::string_view text, std::string_view file_name = ".env");

    /// The value of a variable, or nothing. An empty value is a value.
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const;

private:
    struct variables;
    detail::shared<const variables> variables_; // does not change: copies share it
};

} // namespace howdah
