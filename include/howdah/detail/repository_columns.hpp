// SPDX-License-Identifier: BSL-1.0
//
// Which columns the structs of a repository stand for, and their values as parameters.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <howdah/change.hpp>
#include <howdah/detail/statement_text.hpp>
#include <howdah/parameters.hpp>
#include <howdah/table.hpp>

namespace howdah::detail {

template <class T> inline constexpr bool is_change = false;
template <class T> inline constexpr bool is_change<change<T>> = true;

/// Calls `visit(name, value)` for every field.
template <class Struct, class Visit> void for_each_field(const Struct& object, Visit&& visit) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (visit(fields<Struct>::names[I], fields<Struct>::template get<I>(object)), ...);
    }(std::make_index_sequence<fields<Struct>::count>{});
}

template <class Values> parameters bind_fields(const Values& values) {
    parameters bound;
    for_each_field(values, [&](std::string_view, const auto& value) { bound.add(value); });
    return bound;
}

template <class Values> row_source source_of(const std::vector<Values>& values) noexcept {
    return {&values, values.size(), [](const void* container, std::size_t row, parameters& to) {
                for_each_field((*static_cast<const std::vector<Values>*>(container))[row],
                               [&](std::string_view, const auto& value) { to.add(value); });
            }};
}

/// Does a struct of values have fields that may be left out?
template <class Values> consteval bool has_changes() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return (is_change<typename fields<Values>::template type<I>> || ... || false);
    }(std::make_index_sequence<fields<Values>::count>{});
}

/// The fields of a struct that say something.
struct present_fields {
    std::vector<std::string_view> columns;
    parameters values;
};

/// The names of one repository: fields of structs to columns of the table.
template <class Domain, class Row> struct table_columns {
    /// The type that the Domain (or else the Row) has for a column of the table.
    static consteval std::size_t row_index(std::string_view column) {
        std::size_t i = 0;
        while (i < fields<Row>::count && column_of<Row>(fields<Row>::names[i]) != column) ++i;
        return i;
    }
    template <std::size_t I> static consteval auto type_of_row_field() {
        constexpr auto in_domain = index_of<Domain>(fields<Row>::names[I]);
        if constexpr (in_domain < fields<Domain>::count)
            return std::type_identity<typename fields<Domain>::template type<in_domain>>{};
        else return std::type_identity<typename fields<Row>::template type<I>>{};
    }

    static constexpr std::string_view key = table<Row>::key, version = version_of<Row>();
    static constexpr bool has_version = !version.empty();
    static_assert(row_index(key) < fields<Row>::count,
                  "howdah: table<Row>::key names no column of the row struct");
    static_assert(!has_version || row_index(version) < fields<Row>::count,
                  "howdah: table<Row>::version names no column of the row struct");

    static consteval auto version_type_of() {
        if constexpr (has_version) return type_of_row_field<row_index(version)>();
        else return std::type_identity<std::int64_t>{};
    }
    using key_type = typename decltype(type_of_row_field<row_index(key)>())::type;
    using version_type = typename decltype(version_type_of())::type;

    /// The column of a member of the Domain or of the Row.
    template <auto Member> static consteval std::string_view column() {
        static_assert(
            std::same_as<owner_of<Member>, Domain> || std::same_as<owner_of<Member>, Row>,
            "howdah: the member belongs to neither the domain type nor the row struct of this repository");
        static_assert(index_of<Row>(member_name<Member>) < fields<Row>::count,
                      "howdah: the row struct has no field of this name");
        return column_of<Row>(member_name<Member>);
    }

    template <class Values> static consteval bool is_subset() {
        bool all = true;
        for (const auto& name : fields<Values>::names) all = all && index_of<Row>(name) < fields<Row>::count;
        static_assert(require_fields<Values>::value);
        return all;
    }
    /// The columns that a struct of values has.
    template <class Values>
    static constexpr auto columns_of = [] {
        static_assert(is_subset<Values>(),
                      "howdah: the struct has a field that the row struct does not have");
        std::array<std::string_view, fields<Values>::count> columns{};
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i] = column_of<Row>(fields<Values>::names[i]);
        return columns;
    }();
    template <class Values> static constexpr column_names of() { return columns_of<Values>; }

    /// The one field of the Domain that has this type.
    template <class Identifier> static consteval std::string_view column_of_type() {
        constexpr auto found = []<std::size_t... I>(std::index_sequence<I...>) {
            std::size_t at = 0, count = 0;
            ((std::same_as<typename fields<Domain>::template type<I>, Identifier> ? (at = I, ++count) : 0),
             ...);
            return std::pair{at, count};
        }(std::make_index_sequence<fields<Domain>::count>{});
        static_assert(found.second == 1,
                      "howdah: an identifier must be the type of exactly one field of the domain type");
        return column_of<Row>(fields<Domain>::names[found.first]);
    }

    /// The fields of a patch that do not leave.
    template <class Changes> static present_fields present(const Changes& changes) {
        static_assert(is_subset<Changes>(),
                      "howdah: the struct has a field that the row struct does not have");
        present_fields found;
        for_each_field(changes, [&]<class Value>(std::string_view name, const Value& value) {
            if constexpr (is_change<Value>) {
                if (value.leaves()) return;
                found.values.add(value.value());
            } else found.values.add(value);
            found.columns.push_back(column_of_field(name));
        });
        return found;
    }

    static constexpr std::string_view column_of_field(std::string_view field) {
        for (const auto& entry : description_of<Row>.fields)
            if (entry.field == field) return entry.column;
        return field;
    }

    /// The columns that update() writes, and their values.
    static column_names written() {
        static const auto columns = [] {
            std::vector<std::string_view> all;
            for (const auto& name : fields<Domain>::names)
                if (is_written(table_of<Row>, column_of_field(name))) all.push_back(column_of_field(name));
            return all;
        }();
        return columns;
    }
    static parameters bind_written(const Domain& object) {
        parameters bound;
        for_each_field(object, [&](std::string_view name, const auto& value) {
            if (is_written(table_of<Row>, column_of_field(name))) bound.add(value);
        });
        return bound;
    }
    /// The key of an object, and its version if the table has one.
    static parameters identity(const Domain& object) {
        parameters bound;
        bound.add(fields<Domain>::template get<index_of<Domain>(fields<Row>::names[row_index(key)])>(object));
        if constexpr (has_version)
            bound.add(fields<Domain>::template get<index_of<Domain>(fields<Row>::names[row_index(version)])>(
                object));
        return bound;
    }
    static condition key_condition(const key_type& value) {
        parameters bound;
        bound.add(value);
        return condition(fields<Row>::names[row_index(key)], " = ", std::move(bound));
    }
};

} // namespace howdah::detail
