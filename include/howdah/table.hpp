// SPDX-License-Identifier: BSL-1.0
//
// table<Row>: what a row struct does not say itself: the table, its key and version columns, columns whose
// names are no C++ names.
//
//     template <> struct howdah::table<user_row> {
//         static constexpr auto name = "users", key = "id", version = "version";
//         // Each of these may be left out:
//         static constexpr auto schema = "app";
//         static constexpr std::array<howdah::renamed, 1> renamed{{{"zip_code", "zip code"}}}; // field, column
//         static constexpr std::array<std::string_view, 1> read_only{"search_document"}; // the database fills it
//         static constexpr bool strict = true; // refuse columns without a field
//     };
//
// A field may be a struct of its own, with its columns named after it: a field `customer` of a struct with `id` and
// `name` reads the columns "customer.id" and "customer.name". A std::optional<customer> is empty where all of them are
// NULL, as an outer join leaves them.
//
// A struct that is only the result of queries needs no table<> at all. A field's trailing underscore is not
// part of its column's name: `class_` is the column "class".
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include <howdah/detail/fields.hpp>
#include <howdah/detail/row_description.hpp>

namespace howdah {

/// What a row struct maps to. Specialize it; see the top of this file.
template <class Row> struct table {};

/// A field whose column has another name.
struct renamed {
    std::string_view field, column;
};

namespace detail {

template <class Row>
concept has_renamed = requires { table<Row>::renamed.size(); };
template <class Row>
concept has_read_only = requires { table<Row>::read_only.size(); };

/// The column of a field: its own name unless the table says otherwise.
template <class Row> constexpr std::string_view column_of(std::string_view field) {
    if constexpr (has_renamed<Row>)
        for (const auto& entry : table<Row>::renamed)
            if (entry.field == field) return entry.column;
    return field;
}

/// The column of a member: &user_row::name -> "name".
template <class Row, auto Member> consteval std::string_view column_of_member() {
    static_assert(index_of<Row>(member_name<Member>) < fields<Row>::count,
                  "howdah: the row struct has no field of this name");
    return column_of<Row>(member_name<Member>);
}

template <class Row> consteval std::string_view schema_of() {
    if constexpr (requires { table<Row>::schema; }) return table<Row>::schema;
    else return {};
}
template <class Row> consteval std::string_view version_of() {
    if constexpr (requires { table<Row>::version; }) return table<Row>::version;
    else return {};
}
template <class Row> consteval bool is_strict() {
    if constexpr (requires { table<Row>::strict; }) return table<Row>::strict;
    else return false;
}

/// A table with its row type erased: what the compiled core makes statements from.
struct table_description {
    std::string_view schema, name, key, version; ///< column names; schema and version may be empty
    const row_description* row;
    std::span<const std::string_view> read_only; ///< columns
};

template <class T> struct optional_struct {
    using type = T;
};
template <class T> struct optional_struct<std::optional<T>> {
    using type = T;
};
/// A struct inside a row, with columns of its own; also inside a std::optional.
template <class Field>
concept inner_struct = !readable<Field> && std::is_aggregate_v<typename optional_struct<Field>::type> &&
                       std::is_class_v<typename optional_struct<Field>::type>;

/// Says in one sentence what is wrong with a field, and names the field's type in the compiler's note.
template <class Row, class Field> struct require_field {
    static_assert(
        readable<Field> || inner_struct<Field>,
        "howdah: a field of the row struct has a type that no codec reads; use one of the types listed "
        "in codec.hpp, or specialize howdah::codec for it");
    static_assert(!std::is_const_v<Field>, "howdah: a field of the row struct is const; rows are read in "
                                           "place, so keep const for the domain type");
    static constexpr bool value = (readable<Field> || inner_struct<Field>) && !std::is_const_v<Field>;
};

/// One question for all fields, and a class for each of them only where the answer is no.
template <class Row, class... Fields> consteval bool fields_are_readable(type_list<Fields...>) {
    if constexpr (((readable<Fields> && !std::is_const_v<Fields>) && ...)) return true;
    else return (require_field<Row, Fields>::value && ...);
}

/// Refuses what cannot be a row in one readable sentence; everything that needs a row's fields asks this
/// first.
template <class Row> consteval bool is_row() {
    if constexpr (!require_fields<Row>::value) {
        return false;
    } else {
        static_assert(std::default_initializable<Row>,
                      "howdah: a row struct must be default-constructible, since rows are read in place; it "
                      "holds a reference, or "
                      "a class without default constructor (wrap that in std::optional, or keep it for the "
                      "domain type)");
        return std::default_initializable<Row> && fields_are_readable<Row>(typename fields<Row>::types{});
    }
}

template <class T> constexpr const row_description* inner_description();

template <class T> void* engage_struct(void* value) {
    auto& held = *static_cast<std::optional<T>*>(value);
    return held ? __builtin_addressof(*held) : __builtin_addressof(held.emplace());
}
template <class T> void empty_struct(void* value) {
    static_cast<std::optional<T>*>(value)->reset();
}

template <class Field> consteval row_field describe_field(const renamed& name = {}) {
    if constexpr (readable<Field> || bindable<Field>) return {name.field, name.column, &codec_for<Field>};
    else if constexpr (is_optional<Field>) {
        using inner = typename Field::value_type;
        return {name.field,          name.column, nullptr, inner_description<inner>(), &engage_struct<inner>,
                &empty_struct<inner>};
    } else return {name.field, name.column, nullptr, inner_description<Field>()};
}

template <std::size_t Count> struct row_field_list {
    row_field all[Count == 0 ? 1 : Count];
};
template <class Row, class... Fields> consteval auto list_fields(type_list<Fields...>) {
    const std::string_view* name = fields<Row>::names.data();
    return row_field_list<sizeof...(Fields)>{{describe_field<Fields>({*name, column_of<Row>(*name++)})...}};
}
template <class Row> inline constexpr auto row_fields = list_fields<Row>(typename fields<Row>::types{});

template <class Row> void with_sample(void (*use)(void* context, void* row), void* context) {
    Row sample{};
    use(context, &sample);
}

/// The erased description of a row struct.
template <class Row>
inline constexpr row_description description_of{pretty_name<Row>(),
                                                {row_fields<Row>.all, fields<Row>::count},
                                                &fields<Row>::addresses,
                                                &with_sample<Row>,
                                                is_strict<Row>()};

template <class T> constexpr const row_description* inner_description() {
    static_assert(is_row<T>());
    return &description_of<T>;
}

template <class Row, class... Fields> consteval bool is_flat(type_list<Fields...>) {
    static_assert((readable<Fields> && ...),
                  "howdah: the row struct of a repository has a struct as a field; a table has columns only");
    return true;
}

template <class Row> consteval bool is_table() {
    static_assert(
        requires {
            table<Row>::name;
            table<Row>::key;
        },
        "howdah: specialize howdah::table<Row> with `name` and `key` to use a row struct with a repository");
    if constexpr (is_row<Row>()) return is_flat<Row>(typename fields<Row>::types{});
    else return false;
}

template <class Row>
inline constexpr std::span<const std::string_view> read_only_of = [] {
    if constexpr (has_read_only<Row>) return std::span<const std::string_view>(table<Row>::read_only);
    else return std::span<const std::string_view>();
}();

/// The erased description of a table.
template <class Row>
inline constexpr table_description table_of{schema_of<Row>(),  table<Row>::name,     table<Row>::key,
                                            version_of<Row>(), &description_of<Row>, read_only_of<Row>};

} // namespace detail

} // namespace howdah
