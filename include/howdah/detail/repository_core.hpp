// SPDX-License-Identifier: BSL-1.0
//
// What every repository does, with row structs, structs of values and keys erased: compiled once. The templates
// above it say where things lie and of which types they are, and nothing else, because every function of
// theirs is compiled again for every table of a program.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/codec.hpp>
#include <howdah/detail/statement_text.hpp>
#include <howdah/filter.hpp>
#include <howdah/parameters.hpp>
#include <howdah/result.hpp>
#include <howdah/table.hpp>
#include <howdah/update_result.hpp>

namespace howdah::detail {

/// The texts of one statement, made when they are first needed and kept until the program ends. An object of
/// static storage; safe to use from several threads.
class kept_text {
public:
    constexpr kept_text() noexcept = default;
    kept_text(const kept_text&) = delete;
    kept_text& operator=(const kept_text&) = delete;

private:
    friend struct keeper;
    const conditional_text* text_ = nullptr; // src/repository.cpp reads and writes it as an atomic
};

/// A value with its type erased. It must outlive its use.
struct erased_value {
    const erased_codec* codec = nullptr;
    const void* value = nullptr;
};
template <bindable T> erased_value erased(const T& value) noexcept {
    return {&codec_for<T>, __builtin_addressof(value)};
}

/// A field of a struct of values: how it is sent.
struct bound_field {
    std::string_view name; ///< in C++
    const erased_codec* codec;
    /// Of a change<>: the address of its value, null if it leaves. Null: the field is its own value.
    const void* (*set)(const void* field) noexcept;
};
/// A struct of values with its type erased.
struct values_description {
    std::span<const bound_field> fields;
    void (*addresses)(const void* object, const void** out);
    bool has_changes; ///< are there fields that may be left out?
};
/// Objects of such a struct, `stride` bytes apart.
struct value_rows {
    const values_description* described;
    const void* first;
    std::size_t rows = 1, stride = 0;
};

/// SELECT of the row with this value in this column.
void run_find(executor& on, const table_description& table, kept_text& kept, std::string_view column,
              erased_value value, const row_sink& sink);
/// DELETE of the row with this key, `column`.
void run_erase(executor& on, const table_description& table, kept_text& kept, std::string_view column,
               erased_value key, const row_sink& sink);
/// INSERT of the first row, without the fields that leave; fills `into` with the row as stored.
void run_insert(executor& on, const table_description& table, kept_text& kept, const value_rows& from,
                void* into);
/// The same, or UPDATE of the row with the same value in `conflict`, a column.
void run_upsert(executor& on, const table_description& table, kept_text& kept, std::string_view conflict,
                const value_rows& from, void* into);
/// What becomes of a row that a unique constraint keeps out.
enum class on_conflict : unsigned char { fail, skip, update };
/// Many rows to insert, all or none, in as few statements as memory allows.
struct many_rows {
    const table_description* table;
    value_rows from;
    on_conflict then = on_conflict::fail;
    std::string_view conflict{}; ///< the column, for on_conflict::update
    const row_sink* into{};      ///< the rows as stored, in the order of the input; null: nobody wants them
};
/// How many rows were stored.
std::size_t run_insert_many(executor& on, const many_rows& what);

/// A write that has four outcomes.
struct row_write {
    const table_description* table;
    kept_text* kept = nullptr;     ///< null: the text is another one each time
    erased_value key{}, version{}; ///< no version: whatever the row has
    column_names columns{};        ///< what to write: these columns and values,
    const erased_value* values{};
    const value_rows* object{}; ///< or the fields of an object that do not leave
};
/// Writes some columns, or the fields of a patch; fills `into` for updated and conflict.
[[nodiscard]] update_outcome run_write(executor& on, const row_write& what, void* into);
/// Writes an object with its key and version.
[[nodiscard]] update_outcome run_update(executor& on, const row_write& what, void* into);
/// Removes the row.
[[nodiscard]] update_outcome run_guarded_erase(executor& on, const row_write& what, void* into);

/// Conditional updates of many rows: of each item the key, the version that is expected, and what to write.
struct many_updates {
    const table_description* table;
    value_rows items;
    const row_sink* into; ///< rows for the outcomes
};
/// What became of one item.
struct item_outcome {
    update_outcome outcome = update_outcome::not_found;
    std::size_t row = 0; ///< of those in `into`, for updated and conflict
};
/// Each by itself; in the order of the items.
[[nodiscard]] std::vector<item_outcome> run_update_many(executor& on, const many_updates& what);
/// All, or none if one of them is not updated: `applied` tells.
[[nodiscard]] std::vector<item_outcome> run_update_all(executor& on, const many_updates& what, bool& applied);

/// Rows of a condition, in an order, at most so many.
[[nodiscard]] result run_selection(executor& on, const table_description& table, const condition& where,
                                   std::span<const ordering> order, std::optional<std::size_t> limit);
/// A keyset page, with columns beside those of the row.
struct found_page {
    result answer;
    std::size_t rows = 0;              ///< of `answer`, from the first one on
    std::optional<std::string> next{}; ///< the cursor of the next page, if there is one
};
[[nodiscard]] found_page run_page(executor& on, const table_description& table, const condition& where,
                                  std::span<const ordering> order, std::size_t size,
                                  const std::optional<std::string>& after);
[[nodiscard]] std::size_t run_count(executor& on, const table_description& table, const condition& where);
[[nodiscard]] bool run_exists(executor& on, const table_description& table, const condition& where);
[[nodiscard]] bool run_key_exists(executor& on, const table_description& table, erased_value key);
/// Throws row_count_error: there is no row with this key.
[[noreturn]] void refuse_missing(const table_description& table);

} // namespace howdah::detail
