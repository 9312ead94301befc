// SPDX-License-Identifier: BSL-1.0
//
// Which columns the structs of a repository stand for, their values as parameters, and rows out of the core.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <howdah/change.hpp>
#include <howdah/detail/repository_core.hpp>
#include <howdah/domain.hpp>
#include <howdah/query.hpp>
#include <howdah/table.hpp>
#include <howdah/update_result.hpp>

namespace howdah::detail {

/// A std::variant, told by what only that has: the header that declares it is left to those who have one.
template <class T>
concept variant = requires(const T& value) { value.valueless_by_exception(); };

template <class T> inline constexpr bool is_change = false;
template <class T> inline constexpr bool is_change<change<T>> = true;

template <class T> struct sent_field {
    using type = T;
    static constexpr const void* (*set)(const void*) noexcept = nullptr;
};
template <class T> struct sent_field<change<T>> {
    using type = T;
    static const void* set(const void* field) noexcept {
        const auto& one = *static_cast<const change<T>*>(field);
        return one.leaves() ? nullptr : __builtin_addressof(one.value());
    }
};

template <std::size_t Count> struct bound_field_list {
    bound_field all[Count == 0 ? 1 : Count];
};
template <class Values, class... Fields> consteval auto list_values(type_list<Fields...>) {
    static_assert(
        (bindable<typename sent_field<std::remove_cv_t<Fields>>::type> && ...),
        "howdah: the struct has a field of a type that no codec sends; use one of the types listed in "
        "codec.hpp, or specialize howdah::codec for it");
    std::size_t i = 0;
    return bound_field_list<sizeof...(Fields)>{
        {{fields<Values>::names[i++], &codec_for<typename sent_field<std::remove_cv_t<Fields>>::type>,
          sent_field<std::remove_cv_t<Fields>>::set}...}};
}
template <class Values>
inline constexpr auto bound_fields = list_values<Values>(typename fields<Values>::types{});

/// Does a struct of values have fields that may be left out?
template <class... Fields> consteval bool has_changes(type_list<Fields...>) {
    return (is_change<std::remove_cv_t<Fields>> || ... || false);
}

/// The erased description of a struct of values.
template <class Values>
inline constexpr values_description values_of{{bound_fields<Values>.all, fields<Values>::count},
                                              &fields<Values>::addresses,
                                              has_changes(typename fields<Values>::types{})};

/// What one repository adds to the core: columns for fields, and rows with their types.
template <class Domain, class Row> struct typed_table {
    /// The type that the Domain (or else the Row) has for a column of the table.
    static consteval std::size_t row_index(std::string_view column) {
        std::size_t i = 0;
        while (i < fields<Row>::count && column_of<Row>(fields<Row>::names[i]) != column) ++i;
        return i;
    }
    template <std::size_t I> static consteval auto type_of_row_field() {
        constexpr auto in_domain = std::same_as<Domain, Row> ? I : index_of<Domain>(fields<Row>::names[I]);
        if constexpr (in_domain < fields<Domain>::count)
            return std::type_identity<typename fields<Domain>::template type<in_domain>>{};
        else return std::type_identity<typename fields<Row>::template type<I>>{};
    }

    static constexpr std::string_view key = howdah::table<Row>::key, version = version_of<Row>();
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
        return all;
    }
    /// The description of a struct of values.
    template <class Values> static consteval const values_description* values() {
        static_assert(require_fields<Values>::value);
        static_assert(is_subset<Values>(),
                      "howdah: the struct has a field that the row struct does not have");
        return &values_of<Values>;
    }

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

    static consteval bool has_identity() {
        return index_of<Domain>(fields<Row>::names[row_index(key)]) < fields<Domain>::count &&
               (!has_version ||
                index_of<Domain>(fields<Row>::names[row_index(version)]) < fields<Domain>::count);
    }

    // The typed ends of what the core does --------------------------------------------------------------------

    static consteval const table_description& described() { return table_of<Row>; }
    // Where there is but one struct, rows are returned as they are: moving them would be more to compile.
    static constexpr bool one_struct = std::same_as<Domain, Row>;

    static std::optional<Domain> domain_of(std::optional<Row>& row) {
        if (row) return to_domain<Domain>(std::move(*row));
        return std::nullopt;
    }
    static std::optional<Domain> found(executor& on, kept_text& kept, std::string_view column,
                                       erased_value value, decltype(&run_find) find = &run_find) {
        std::optional<Row> row;
        find(on, described(), kept, column, value, {&row, &make_row<Row>, sizeof(Row)});
        if constexpr (one_struct) return row;
        else return domain_of(row);
    }
    template <class Values>
    static Domain upserted(executor& on, kept_text& kept, std::string_view conflict, const Values& values) {
        static_assert(
            !values_of<Values>.has_changes,
            "howdah: upsert() sends every field; a change<> can be left out in insert() and patch() only");
        Row row{};
        run_upsert(on, described(), kept, conflict, {typed_table::values<Values>(), &values}, &row);
        if constexpr (one_struct) return row;
        else return to_domain<Domain>(std::move(row));
    }
    static std::vector<Domain> domains(std::vector<Row> rows) {
        std::vector<Domain> all;
        all.reserve(rows.size());
        try {
            for (auto& row : rows) all.push_back(to_domain<Domain>(std::move(row)));
        } catch (const decode_error& failure) {
            throw failure.at(failure.column(), all.size());
        }
        return all;
    }
    static update_result<Domain> written(executor& on, write_function write, const row_write& what) {
        if constexpr (one_struct) return update_result<Domain>(on, write, what);
        else return converted(on, write, what);
    }
    static update_result<Domain> converted(executor& on, write_function write, const row_write& what) {
        Row row{};
        switch (write(on, what, &row)) {
        case update_outcome::updated:
            return update_result<Domain>::updated(to_domain<Domain>(std::move(row)));
        case update_outcome::conflict:
            return update_result<Domain>::conflicting(to_domain<Domain>(std::move(row)));
        case update_outcome::denied: return update_result<Domain>::refused();
        case update_outcome::not_found: break;
        }
        return update_result<Domain>::missing();
    }
    template <class Identifier>
    static std::optional<Domain> find_identified(executor& on, const Identifier& value) {
        static constinit kept_text kept;
        return found(on, kept, column_of_type<Identifier>(), erased(value));
    }
};

} // namespace howdah::detail
