// SPDX-License-Identifier: BSL-1.0
//
// The typed ends of what a repository does with many rows at once.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <howdah/detail/typed_table.hpp>

namespace howdah::detail {

template <class Domain, class Row> struct typed_bulk {
    using table = typed_table<Domain, Row>;

    template <class Values>
    static many_rows many(const std::vector<Values>& values, on_conflict then, std::string_view conflict) {
        static_assert(!values_of<Values>.has_changes, "howdah: inserting many sends every field; a change<> "
                                                      "can be left out in insert() and patch() only");
        return {&table::described(),
                {table::template values<Values>(), values.data(), values.size(), sizeof(Values)},
                then,
                conflict};
    }
    template <class Values> static std::size_t counted(executor& on, const std::vector<Values>& values) {
        return run_insert_many(on, many(values, on_conflict::fail, {}));
    }
    template <class Values>
    static std::vector<Domain> inserted(executor& on, const std::vector<Values>& values,
                                        on_conflict then = on_conflict::fail,
                                        std::string_view conflict = {}) {
        std::vector<Row> rows;
        const auto into = growing_sink_of(rows);
        auto what = many(values, then, conflict);
        what.into = &into;
        run_insert_many(on, what);
        if constexpr (table::one_struct) return rows;
        else return table::domains(std::move(rows));
    }
    template <class Item> static consteval bool has_field_of(std::string_view column) {
        for (const auto& name : fields<Item>::names)
            if (column_of<Row>(name) == column) return true;
        return false;
    }
    template <class Item> static consteval bool is_item() {
        static_assert(table::has_version, "howdah: a conditional update needs a table with a `version`");
        static_assert(has_field_of<Item>(table::key) && has_field_of<Item>(table::version) &&
                          fields<Item>::count > 2,
                      "howdah: an item of a conditional update has the key, the expected version, and a "
                      "field to write");
        static_assert(
            !values_of<Item>.has_changes,
            "howdah: every item of a conditional update writes the same fields; change<> is for patch()");
        return true;
    }
    template <class Item, class Update>
    static std::vector<update_result<Domain>> updated_many(const std::vector<Item>& items, Update update) {
        static_assert(is_item<Item>());
        std::vector<Row> rows;
        const auto into = growing_sink_of(rows);
        std::vector<update_result<Domain>> results;
        for (const auto& one :
             update(many_updates{&table::described(),
                                 {table::template values<Item>(), items.data(), items.size(), sizeof(Item)},
                                 &into})) {
            if (one.outcome == update_outcome::updated)
                results.push_back(
                    update_result<Domain>::updated(to_domain<Domain>(std::move(rows[one.row]))));
            else if (one.outcome == update_outcome::conflict)
                results.push_back(
                    update_result<Domain>::conflicting(to_domain<Domain>(std::move(rows[one.row]))));
            else if (one.outcome == update_outcome::denied)
                results.push_back(update_result<Domain>::refused());
            else results.push_back(update_result<Domain>::missing());
        }
        return results;
    }
};

} // namespace howdah::detail
