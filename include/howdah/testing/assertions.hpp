// SPDX-License-Identifier: BSL-1.0
//
// Questions to the catalog, for the assertions of any test framework: each answers with a value that is true
// or false and can say what was found instead.
//
//     CHECK(table_exists(db, "users"));
//     CHECK(column_exists(db, "users", "email", {.type = "text", .nullable = false}));
//     CHECK(index_exists(db, "users", {"tenant_id", "created_at desc"}));
//     CHECK_FALSE(policy_exists(db, "users", "everyone"));
//
// They run on any executor, so also inside a transaction that has not committed. Names are compared exactly,
// as pg_class has them. All throw what executor::run throws.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/executor.hpp>

namespace howdah::testing {

/// The answer to a question. Converts to bool; prints as its message.
class finding {
public:
    finding(bool yes, std::string message) : message_(std::move(message)), yes_(yes) {}

    explicit operator bool() const noexcept { return yes_; }
    /// One sentence: what was asked for, and what is there.
    [[nodiscard]] const std::string& message() const noexcept { return message_; }

    friend std::ostream& operator<<(std::ostream& out, const finding& what);

private:
    std::string message_;
    bool yes_;
};

/// The name of a table or view.
struct relation_name {
    std::string schema; ///< empty: the first one on the search path that has it
    std::string name;

    /// "users" or "app.users": cut at the first dot.
    relation_name(std::string_view text);
    relation_name(const char* text) : relation_name(std::string_view(text)) {}
    relation_name(const std::string& text) : relation_name(std::string_view(text)) {}
    /// For names with dots in them.
    relation_name(std::string in_schema, std::string relation)
        : schema(std::move(in_schema)), name(std::move(relation)) {}
};

/// What a column shall be like; what is not set may be anything.
struct column_expectation {
    /// Any spelling that PostgreSQL knows: "timestamptz", "varchar(20)", "text[]", "app.mood".
    std::optional<std::string> type{};
    std::optional<bool> nullable{};
    /// The default's expression as the server shows it ("now()", "'new'::text"); empty: has none.
    std::optional<std::string> default_value{};
};

/// What an index shall be like besides its columns.
struct index_expectation {
    std::optional<bool> unique{};
    /// The condition of a partial index as the server shows it without outer parentheses; empty: not partial.
    std::string where{};
};

/// A table, ordinary, partitioned or foreign. (Views are no tables.)
[[nodiscard]] finding table_exists(executor& on, const relation_name& table);

/// A column of a table or view that fits the expectation.
[[nodiscard]] finding column_exists(executor& on, const relation_name& table, std::string_view column,
                                    const column_expectation& expected = {});

/// A valid index over exactly these columns or expressions, in this order: "email", "lower(email)",
/// "created_at desc", "rank desc nulls last". Included columns do not count.
[[nodiscard]] finding index_exists(executor& on, const relation_name& table,
                                   const std::vector<std::string>& columns,
                                   const index_expectation& expected = {});

/// A trigger of a table or view, enabled or not; none of those that enforce foreign keys.
[[nodiscard]] finding trigger_exists(executor& on, const relation_name& table, std::string_view trigger);

/// A row security policy of a table. It has an effect only if row_security_enabled().
[[nodiscard]] finding policy_exists(executor& on, const relation_name& table, std::string_view policy);

/// Row security is switched on for the table; with `forced` also for its owner.
[[nodiscard]] finding row_security_enabled(executor& on, const relation_name& table, bool forced = false);

} // namespace howdah::testing
