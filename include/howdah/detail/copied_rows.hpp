// SPDX-License-Identifier: BSL-1.0
//
// COPY with the row type erased: what copy.hpp is made of.
#pragma once

#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <howdah/query.hpp>

namespace howdah {

/// Where rows go, or come from. Names are names, never SQL: they are quoted.
struct copy_target {
    std::string table{};
    std::string schema{}; ///< empty: by the search path
    std::vector<std::string>
        columns{}; ///< of the struct; empty: all that it has. The table's other columns get their
                   ///< defaults
    std::optional<std::chrono::milliseconds> timeout{}; ///< instead of the connection's statement_timeout
};

namespace detail {

/// Says in one sentence what keeps a struct from being sent.
template <class Field> struct require_sendable {
    static_assert(
        bindable<Field>,
        "howdah: a field of the row struct has a type that no codec sends; use one of the types listed in "
        "codec.hpp, or specialize howdah::codec for it");
    static constexpr bool value = bindable<Field>;
};
template <class... Fields> consteval bool all_sendable(type_list<Fields...>) {
    return (require_sendable<Fields>::value && ...);
}
template <class Row> consteval bool is_sendable_row() {
    if constexpr (!require_fields<Row>::value) return false;
    else return all_sendable(typename fields<Row>::types{});
}

/// Rows into a table, with their type erased.
class row_copier {
public:
    row_copier(executor& on, const copy_target& target, const row_description& row);
    row_copier(row_copier&&) noexcept;
    row_copier& operator=(row_copier&&) noexcept;
    ~row_copier();
    void write(const void* row);
    std::size_t finish();
    [[nodiscard]] std::size_t rows_written() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// As many rows of a COPY are read at once, if they have arrived.
inline constexpr std::size_t copied_rows_at_once = 16;

/// Rows out of a query.
class copied_reader {
public:
    copied_reader(executor& on, const statement& what, const parameters& values, const row_description& row);
    copied_reader(copied_reader&&) noexcept;
    copied_reader& operator=(copied_reader&&) noexcept;
    ~copied_reader();
    /// Reads the rows at hand, at most `count`, into structs that stand `stride` bytes apart; how many. Waits for one
    /// if there is none. 0 when there is none any more, as after an exception.
    [[nodiscard]] std::size_t read(void* into, std::size_t count, std::size_t stride);
    /// Was the COPY ended by others? read() throws then.
    [[nodiscard]] bool is_cut_short() const noexcept;
    void close() noexcept;

    struct state;

private:
    std::unique_ptr<state> state_;
};

void run_copy_out(executor& on, const statement& what, const parameters& values, const row_description& row,
                  const row_sink& sink);
/// SELECT of the fields' columns from the target.
[[nodiscard]] std::string copy_query(const copy_target& from, const row_description& row);

/// The table of a struct that has one: howdah::table<Row>.
template <class Row> copy_target target_of() {
    static_assert(
        requires { table<Row>::name; },
        "howdah: name the table to copy, or specialize howdah::table<Row> with its `name`");
    copy_target target;
    target.table = table<Row>::name;
    target.schema = schema_of<Row>();
    return target;
}

template <class Rows> using row_of = std::remove_cvref_t<decltype(*std::begin(std::declval<Rows&>()))>;

/// The values of a COPY: they become part of its text.
template <bindable... Values> [[nodiscard]] parameters bind_as_text(const Values&... values) {
    parameters all(format::text);
    (all.add(values), ...);
    return all;
}

} // namespace detail

} // namespace howdah
