// SPDX-License-Identifier: BSL-1.0
//
// repository<Domain, Row>: the statements that every table needs, on any executor, with typed structs in and
// out.
//
//     howdah::repository<user, user_row> users;
//     user ada = users.insert(tx, new_user{.email = email_address("ada@example.org"), .name = "Ada"});
//     auto saved = users.update_if_version(tx, ada.id, ada.version, howdah::set<&user::name>("Ada L."));
//
// Row is what the database returns (see table.hpp for its table, key and version); Domain what the program
// works with, the same struct if there is only one. Every write RETURNs the row as stored. A repository has
// no state: copy it, share it between threads. Every function throws what executor::run() throws, and
// decode_error if a row does not fit.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <howdah/change.hpp>
#include <howdah/detail/repository_columns.hpp>
#include <howdah/detail/statement_text.hpp>
#include <howdah/domain.hpp>
#include <howdah/filter.hpp>
#include <howdah/page.hpp>
#include <howdah/query.hpp>
#include <howdah/update_result.hpp>

namespace howdah {

/// One column's new value, for update_if_version(). Made by set<>().
template <auto Member> struct assignment {
    detail::field_of<Member> value;
};

/// `set<&user::name>("Ada L.")`: the member names the column, the value is converted to the member's type.
template <auto Member, class Value> [[nodiscard]] assignment<Member> set(Value&& value) {
    return {detail::make_field<detail::field_of<Member>>(std::forward<Value>(value))};
}

/// The statements of one table. See the beginning of this file.
template <class Domain, class Row = Domain> class repository {
    static_assert(detail::is_table<Row>());
    static constexpr const detail::table_description& table_() { return detail::table_of<Row>; }
    using names = detail::table_columns<Domain, Row>;

public:
    using key_type = typename names::key_type;         ///< as the domain type has it
    using version_type = typename names::version_type; ///< void if the table has no version
    using selection = howdah::selection<Domain>;
    using page_request = howdah::page_request<Domain>;

    /// The row with this key, or nothing.
    [[nodiscard]] std::optional<Domain> find(executor& on, const key_type& key) const {
        static const std::string text = detail::select_by(table_(), table<Row>::key);
        return optional_row(on, text, howdah::bind(key));
    }
    /// The row whose field has this value, or nothing: find_by<&user::email>(db, email). For unique columns;
    /// throws row_count_error if several rows have it.
    template <auto Member, class Value>
    [[nodiscard]] std::optional<Domain> find_by(executor& on, const Value& value) const {
        static const std::string text = detail::select_by(table_(), names::template column<Member>());
        return optional_row(on, text, howdah::bind(detail::make_field<detail::operand_of<Member>>(value)));
    }
    /// By whichever identifier the variant holds: each alternative is the type of exactly one field of
    /// Domain.
    template <class... Identifiers>
    [[nodiscard]] std::optional<Domain> find(executor& on,
                                             const std::variant<Identifiers...>& identifier) const {
        return std::visit(
            [&]<class Identifier>(const Identifier& value) { return find_identified(on, value); },
            identifier);
    }
    /// The row with this key. Throws row_count_error with rows() == 0 if there is none.
    [[nodiscard]] Domain get(executor& on, const key_type& key) const {
        if (auto found = find(on, key)) return *std::move(found);
        throw row_count_error("there is no row with this key in " + std::string(table<Row>::name) +
                                  "; find() takes none for an answer",
                              0);
    }
    /// All rows of a selection: where, order_by, limit. The default selection is the whole table, in no
    /// order.
    [[nodiscard]] std::vector<Domain> find_all(executor& on, const selection& which = {}) const {
        std::vector<Row> rows;
        const std::vector<detail::ordering> order(which.order_by.begin(), which.order_by.end());
        detail::run_selection(on, table_(), which.where, order, which.limit, detail::sink_of(rows));
        return domains(std::move(rows));
    }
    /// One keyset page. Throws usage_error for a cursor of another order, for an optional field in the order,
    /// for size 0.
    [[nodiscard]] page<Domain> find_page(executor& on, const page_request& which) const {
        std::vector<Row> rows;
        const std::vector<detail::ordering> order(which.order_by.begin(), which.order_by.end());
        auto next = detail::run_page(on, table_(), which.where, order, which.size, which.after,
                                     detail::sink_of(rows));
        return {domains(std::move(rows)), std::move(next)};
    }
    /// How many rows the condition holds for; the default one holds for all.
    [[nodiscard]] std::size_t count(executor& on, const filter<Domain>& where = {}) const {
        return detail::run_count(on, table_(), where);
    }
    /// Is there a row for which the condition holds, or one with this key?
    [[nodiscard]] bool exists(executor& on, const filter<Domain>& where) const {
        return detail::run_exists(on, table_(), where);
    }
    [[nodiscard]] bool exists(executor& on, const key_type& key) const {
        return detail::run_exists(on, table_(), names::key_condition(key));
    }

    /// Inserts a struct that has some of the table's columns; the database fills the others. A change<> field
    /// that leaves is not sent.
    template <class Values> Domain insert(executor& on, const Values& values) const {
        if constexpr (detail::has_changes<Values>()) {
            const detail::present_fields present = names::present(values);
            return one_row(on, detail::insert_text(table_(), present.columns), present.values);
        } else {
            static const std::string text = detail::insert_text(table_(), names::template of<Values>());
            return one_row(on, text, detail::bind_fields(values));
        }
    }
    /// Inserts many, all or none; returns the rows as stored, in the same order.
    template <class Values>
    std::vector<Domain> insert_many(executor& on, const std::vector<Values>& values) const {
        std::vector<Row> rows;
        detail::run_insert_many(on, table_(), names::template of<Values>(), detail::source_of(values),
                                detail::sink_of(rows));
        return domains(std::move(rows));
    }
    /// Inserts, or updates the row that has the same key.
    template <class Values> Domain upsert(executor& on, const Values& values) const {
        static const std::string text =
            detail::upsert_text(table_(), names::template of<Values>(), table<Row>::key);
        return one_row(on, text, detail::bind_fields(values));
    }
    /// Inserts, or updates the row that has the same value in a unique column: upsert<&user::email>(db,
    /// values).
    template <auto Member, class Values> Domain upsert(executor& on, const Values& values) const {
        static const std::string text =
            detail::upsert_text(table_(), names::template of<Values>(), names::template column<Member>());
        return one_row(on, text, detail::bind_fields(values));
    }

    /// Writes every column of `object` but the key, the version and those in table<Row>::read_only. If the
    /// table has a version, only where the row still has the object's.
    update_result<Domain> update(executor& on, const Domain& object) const {
        static const auto text = detail::update_text(table_(), names::written(), names::has_version);
        return conditional(on, text, names::identity(object), names::bind_written(object));
    }
    /// Writes the given columns where the row still has this version: one round trip tells updated, conflict
    /// and not found apart. Inside a transaction at repeatable read or serializable a lost race is a
    /// server_error 40001 instead; after denied() for want of a privilege the transaction has failed and can
    /// only be rolled back.
    template <auto... Members>
        requires(sizeof...(Members) > 0)
    update_result<Domain> update_if_version(executor& on, const key_type& key, const version_type& version,
                                            const assignment<Members>&... values) const {
        static constexpr std::array<std::string_view, sizeof...(Members)> columns{
            names::template column<Members>()...};
        static const auto text = detail::update_text(table_(), columns, true);
        return conditional(on, text, howdah::bind(key, version), howdah::bind(values.value...));
    }
    /// Writes the fields of `changes` that do not leave, whatever the row's version. With nothing to write it
    /// returns the row as it is.
    template <class Changes>
    update_result<Domain> patch(executor& on, const key_type& key, const Changes& changes) const {
        return patched(on, howdah::bind(key), changes, false);
    }
    /// The same where the row still has this version. With nothing to write the version is compared all the
    /// same.
    template <class Changes>
    update_result<Domain> patch(executor& on, const key_type& key, const version_type& version,
                                const Changes& changes) const {
        return patched(on, howdah::bind(key, version), changes, true);
    }

    /// Removes the row and returns it as it was, or nothing if there is none.
    std::optional<Domain> erase(executor& on, const key_type& key) const {
        static const std::string text = detail::erase_text(table_());
        return optional_row(on, text, howdah::bind(key));
    }
    /// Removes the row where it still has this version; updated means removed.
    update_result<Domain> erase_if_version(executor& on, const key_type& key,
                                           const version_type& version) const {
        static const auto text = detail::guarded_erase_text(table_());
        return conditional(on, text, howdah::bind(key, version), {});
    }

private:
    static std::optional<Domain> optional_row(executor& on, const std::string& text,
                                              const parameters& values) {
        std::optional<Row> row;
        detail::run_query(on, text, values, detail::description_of<Row>, detail::cardinality::at_most_one,
                          detail::sink_of(row));
        if (!row) return std::nullopt;
        return to_domain<Domain>(std::move(*row));
    }
    static Domain one_row(executor& on, const std::string& text, const parameters& values) {
        Row row{};
        detail::run_query(on, text, values, detail::description_of<Row>, detail::cardinality::one,
                          detail::sink_of_one(row));
        return to_domain<Domain>(std::move(row));
    }
    static std::vector<Domain> domains(std::vector<Row> rows) {
        if constexpr (std::same_as<Domain, Row>) return rows;
        else {
            std::vector<Domain> all;
            all.reserve(rows.size());
            try {
                for (auto& row : rows) all.push_back(to_domain<Domain>(std::move(row)));
            } catch (const decode_error& failure) {
                throw failure.at(failure.column(), all.size());
            }
            return all;
        }
    }
    static update_result<Domain> conditional(executor& on, const detail::conditional_text& text,
                                             const parameters& key, const parameters& values) {
        Row row{};
        switch (detail::run_conditional(on, text, key, values, detail::description_of<Row>, &row)) {
        case update_outcome::updated:
            return update_result<Domain>::updated(to_domain<Domain>(std::move(row)));
        case update_outcome::conflict:
            return update_result<Domain>::conflicting(to_domain<Domain>(std::move(row)));
        case update_outcome::denied: return update_result<Domain>::refused();
        case update_outcome::not_found: break;
        }
        return update_result<Domain>::missing();
    }
    template <class Changes>
    static update_result<Domain> patched(executor& on, const parameters& key, const Changes& changes,
                                         bool guarded) {
        detail::present_fields present = names::present(changes);
        return conditional(on, detail::update_text(table_(), present.columns, guarded), key, present.values);
    }
    template <class Identifier>
    std::optional<Domain> find_identified(executor& on, const Identifier& value) const {
        static const std::string text =
            detail::select_by(table_(), names::template column_of_type<Identifier>());
        return optional_row(on, text, howdah::bind(value));
    }
};

} // namespace howdah
