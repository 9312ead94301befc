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
#include <vector>

#include <howdah/change.hpp>
#include <howdah/detail/typed_bulk.hpp>
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
    using core = detail::typed_table<Domain, Row>;
    using bulk = detail::typed_bulk<Domain, Row>;

public:
    using key_type = typename core::key_type;         ///< as the domain type has it
    using version_type = typename core::version_type; ///< void if the table has no version
    using selection = howdah::selection<Domain>;
    using page_request = howdah::page_request<Domain>;

    /// The row with this key, or nothing.
    [[nodiscard]] std::optional<Domain> find(executor& on, const key_type& key) const {
        static constinit detail::kept_text kept;
        return core::found(on, kept, core::key, detail::erased(key));
    }
    /// The row whose field has this value, or nothing: find_by<&user::email>(db, email). For unique columns;
    /// throws row_count_error if several rows have it.
    template <auto Member, class Value>
    [[nodiscard]] std::optional<Domain> find_by(executor& on, const Value& value) const {
        static constinit detail::kept_text kept;
        const auto operand = detail::make_field<detail::operand_of<Member>>(value);
        return core::found(on, kept, core::template column<Member>(), detail::erased(operand));
    }
    /// By whichever identifier the variant holds: each alternative is the type of exactly one field of
    /// Domain.
    template <detail::variant Variant>
    [[nodiscard]] std::optional<Domain> find(executor& on, const Variant& identifier) const {
        return visit( // of std
            [&on]<class Identifier>(const Identifier& value) { return core::find_identified(on, value); },
            identifier);
    }
    /// The row with this key. Throws row_count_error with rows() == 0 if there is none.
    [[nodiscard]] Domain get(executor& on, const key_type& key) const {
        if (auto found = find(on, key)) return *std::move(found);
        detail::refuse_missing(core::described());
    }
    /// All rows of a selection: where, order_by, limit. The default selection is the whole table, in no order.
    [[nodiscard]] std::vector<Domain> find_all(executor& on, const selection& which = {}) const {
        const auto answer =
            detail::run_selection(on, core::described(), which.where, which.order_by.all(), which.limit);
        auto rows = detail::rows_of<Row>(answer, detail::description_of<Row>, answer.row_count());
        if constexpr (core::one_struct) return rows;
        else return core::domains(std::move(rows));
    }
    /// One keyset page. Throws usage_error for a cursor of another order, for an optional field in the order,
    /// for size 0.
    [[nodiscard]] page<Domain> find_page(executor& on, const page_request& which) const {
        auto found = detail::run_page(on, core::described(), which.where, which.order_by.all(), which.size,
                                      which.after);
        auto rows = detail::rows_of<Row>(found.answer, detail::description_of<Row>, found.rows,
                                         detail::other_columns::allowed);
        if constexpr (core::one_struct) return {std::move(rows), std::move(found.next)};
        else return {core::domains(std::move(rows)), std::move(found.next)};
    }
    /// How many rows the condition holds for; the default one holds for all.
    [[nodiscard]] std::size_t count(executor& on, const filter<Domain>& where = {}) const {
        return detail::run_count(on, core::described(), where);
    }
    /// Is there a row for which the condition holds, or one with this key?
    [[nodiscard]] bool exists(executor& on, const filter<Domain>& where) const {
        return detail::run_exists(on, core::described(), where);
    }
    [[nodiscard]] bool exists(executor& on, const key_type& key) const {
        return detail::run_key_exists(on, core::described(), detail::erased(key));
    }

    /// Inserts a struct that has some of the table's columns; the database fills the others. A change<> field
    /// that leaves is not sent.
    template <class Values> Domain insert(executor& on, const Values& values) const {
        static constinit detail::kept_text kept;
        Row row{};
        detail::run_insert(on, core::described(), kept, {core::template values<Values>(), &values}, &row);
        if constexpr (core::one_struct) return row;
        else return to_domain<Domain>(std::move(row));
    }
    /// Inserts many, all or none; returns the rows as stored, in the same order. Throws row_count_error where a
    /// trigger keeps some out.
    template <class Values>
    std::vector<Domain> insert_many(executor& on, const std::vector<Values>& values) const {
        return bulk::inserted(on, values);
    }
    /// The same without giving rows back, for a third of the work: how many were stored.
    template <class Values>
    std::size_t insert_many_count(executor& on, const std::vector<Values>& values) const {
        return bulk::counted(on, values);
    }
    /// Inserts those that no unique constraint keeps out (ON CONFLICT DO NOTHING); returns them as stored, in the order
    /// of `values`.
    template <class Values>
    std::vector<Domain> insert_many_or_skip(executor& on, const std::vector<Values>& values) const {
        return bulk::inserted(on, values, detail::on_conflict::skip);
    }
    /// Inserts many, or updates the rows that have the same key; returns all of them, in the same order. Throws
    /// server_error 21000 if two of `values` have the same key.
    template <class Values>
    std::vector<Domain> upsert_many(executor& on, const std::vector<Values>& values) const {
        return bulk::inserted(on, values, detail::on_conflict::update, core::key);
    }
    /// The same for a unique column: upsert_many<&user::email>(db, values).
    template <auto Member, class Values>
    std::vector<Domain> upsert_many(executor& on, const std::vector<Values>& values) const {
        return bulk::inserted(on, values, detail::on_conflict::update, core::template column<Member>());
    }
    /// Inserts, or updates the row that has the same key.
    template <class Values> Domain upsert(executor& on, const Values& values) const {
        static constinit detail::kept_text kept;
        return core::upserted(on, kept, core::key, values);
    }
    /// Inserts, or updates the row that has the same value in a unique column: upsert<&user::email>(db,
    /// values).
    template <auto Member, class Values> Domain upsert(executor& on, const Values& values) const {
        static constinit detail::kept_text kept;
        return core::upserted(on, kept, core::template column<Member>(), values);
    }

    /// Writes every column of `object` but the key, the version and those in table<Row>::read_only. If the
    /// table has a version, only where the row still has the object's.
    update_result<Domain> update(executor& on, const Domain& object) const {
        static_assert(
            core::has_identity(),
            "howdah: update() takes the key, and the version if the table has one, from the object; the "
            "domain type does not have them");
        static constinit detail::kept_text kept;
        const detail::value_rows whole{core::template values<Domain>(), &object};
        return core::written(on, &detail::run_update,
                             {.table = &core::described(), .kept = &kept, .object = &whole});
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
            core::template column<Members>()...};
        static constinit detail::kept_text kept;
        const detail::erased_value list[] = {detail::erased(values.value)...};
        return core::written(on, &detail::run_write,
                             {.table = &core::described(),
                              .kept = &kept,
                              .key = detail::erased(key),
                              .version = detail::erased(version),
                              .columns = columns,
                              .values = list});
    }
    /// The same for many rows in one statement: an item is a struct with the key, the expected version, and the
    /// columns to write. The answers are in the order of the items, each as update_if_version() would give it; what
    /// is denied for want of a privilege costs no transaction here. Rows are locked in the order of their keys.
    /// Throws usage_error for two items with the same key.
    template <class Item>
    std::vector<update_result<Domain>> update_many_if_version(executor& on,
                                                              const std::vector<Item>& items) const {
        return bulk::updated_many(
            items, [&on](const detail::many_updates& what) { return detail::run_update_many(on, what); });
    }
    /// The same, all or none: if one row is not updated, none is, and the answers say what would have become of each.
    template <class Item>
    joint_update<Domain> update_all_if_version(executor& on, const std::vector<Item>& items) const {
        joint_update<Domain> joint;
        joint.outcomes = bulk::updated_many(items, [&on, &joint](const detail::many_updates& what) {
            return detail::run_update_all(on, what, joint.applied);
        });
        return joint;
    }
    /// Writes the fields of `changes` that do not leave, whatever the row's version. With nothing to write it
    /// returns the row as it is.
    template <class Changes>
    update_result<Domain> patch(executor& on, const key_type& key, const Changes& changes) const {
        const detail::value_rows object{core::template values<Changes>(), &changes};
        return core::written(on, &detail::run_write,
                             {.table = &core::described(), .key = detail::erased(key), .object = &object});
    }
    /// The same where the row still has this version. With nothing to write the version is compared all the same.
    template <class Changes>
    update_result<Domain> patch(executor& on, const key_type& key, const version_type& version,
                                const Changes& changes) const {
        const detail::value_rows object{core::template values<Changes>(), &changes};
        return core::written(on, &detail::run_write,
                             {.table = &core::described(),
                              .key = detail::erased(key),
                              .version = detail::erased(version),
                              .object = &object});
    }

    /// Removes the row and returns it as it was, or nothing if there is none.
    std::optional<Domain> erase(executor& on, const key_type& key) const {
        static constinit detail::kept_text kept;
        return core::found(on, kept, core::key, detail::erased(key), &detail::run_erase);
    }
    /// Removes the row where it still has this version; updated means removed.
    update_result<Domain> erase_if_version(executor& on, const key_type& key,
                                           const version_type& version) const {
        static constinit detail::kept_text kept;
        return core::written(on, &detail::run_guarded_erase,
                             {.table = &core::described(),
                              .kept = &kept,
                              .key = detail::erased(key),
                              .version = detail::erased(version)});
    }
};

} // namespace howdah
