// SPDX-License-Identifier: BSL-1.0
//
// The core of every repository: what runs its statements and reads their answers.
#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <vector>

#include <howdah/detail/repository_core.hpp>
#include <howdah/query.hpp>

namespace howdah::detail {

/// Reads and fills kept_text.
struct keeper {
    template <class Make> static const conditional_text& text(kept_text& of, const Make& make) {
        const std::atomic_ref<const conditional_text*> kept(of.text_);
        if (const auto* known = kept.load(std::memory_order_acquire)) return *known;
        // Never destroyed: a repository may be used by the destructor of a static object.
        static auto& all = *new texts;
        const std::lock_guard<std::mutex> lock(all.mutex);
        if (const auto* known = kept.load(std::memory_order_acquire)) return *known;
        const auto& made = all.list.emplace_back(make());
        kept.store(&made, std::memory_order_release);
        return made;
    }

private:
    struct texts {
        std::mutex mutex;
        std::deque<conditional_text> list; // whose elements stay where they are
    };
};

namespace {

result run_for(executor& on, std::string_view text, const parameters& values, const row_description& row,
               other_columns others = other_columns::allowed) {
    statement what(text);
    what.reading = reading_of(row, others);
    return on.run(what, values);
}

void read_first(const result& from, const row_description& row, void* into) {
    row_reader(row, from, other_columns::allowed).read(1, into, 0);
}

update_outcome look_again(executor& on, const conditional_text& text, const parameters& key,
                          const row_description& row, void* into) {
    const result seen = run_for(on, text.look_again, key, row);
    if (seen.empty()) return update_outcome::not_found;
    if (seen.value<bool>(0, 0)) return update_outcome::denied;
    read_first(seen, row, into);
    return update_outcome::conflict;
}

/// `key` holds the key and, if guarded, the version; `values` all parameters.
update_outcome run_conditional(executor& on, const conditional_text& text, const parameters& key,
                               const parameters& all, const row_description& row, void* into) {
    try {
        const result answer = run_for(on, text.write, all, row);
        if (answer.empty()) return update_outcome::not_found;
        const bool written = answer.value<bool>(0, 0), same_version = answer.value<bool>(0, 1);
        if (!written && same_version) return look_again(on, text, key, row, into);
        read_first(answer, row, into);
        return written ? update_outcome::updated : update_outcome::conflict;
    } catch (const server_error& failure) {
        if (failure.sqlstate() != sqlstates::insufficient_privilege) throw;
        return update_outcome::denied;
    }
}

/// The text of a write without conditions.
template <class Make> std::string_view plain(kept_text& kept, const Make& make) {
    return keeper::text(kept, [&] { return conditional_text{make(), {}, false}; }).write;
}

parameters bound(erased_value value) {
    parameters all;
    all.add_erased(*value.codec, value.value);
    return all;
}

/// The columns of a struct of values, and its values.
struct sent_fields {
    std::vector<std::string_view> columns;
    parameters values;
};

/// Where the fields of an object lie.
class field_addresses {
public:
    field_addresses(const values_description& described, const void* object) {
        if (described.fields.size() > few_.size()) many_.resize(described.fields.size());
        described.addresses(object, many_.empty() ? few_.data() : many_.data());
    }
    const void* operator[](std::size_t i) const noexcept { return many_.empty() ? few_[i] : many_[i]; }

private:
    std::array<const void*, 32> few_; // up to here no allocation
    std::vector<const void*> many_;
};

void bind_row(const value_rows& from, std::size_t row, parameters& to) {
    const auto* object = static_cast<const std::byte*>(from.first) + row * from.stride;
    const field_addresses addresses(*from.described, object);
    for (std::size_t i = 0; i < from.described->fields.size(); ++i)
        to.add_erased(*from.described->fields[i].codec, addresses[i]);
}

std::vector<std::string_view> columns_of(const table_description& table,
                                         const values_description& described) {
    std::vector<std::string_view> columns;
    for (const auto& field : described.fields) columns.push_back(column_of_field(table, field.name));
    return columns;
}

/// The fields that do not leave.
sent_fields sent(const table_description& table, const value_rows& from) {
    sent_fields found;
    const field_addresses addresses(*from.described, from.first);
    for (std::size_t i = 0; i < from.described->fields.size(); ++i) {
        const auto& field = from.described->fields[i];
        const void* value = field.set ? field.set(addresses[i]) : addresses[i];
        if (!value) continue;
        found.values.add_erased(*field.codec, value);
        found.columns.push_back(column_of_field(table, field.name));
    }
    return found;
}

/// The key and, where one is asked for, the version.
parameters identity_of(const row_write& what) {
    parameters all = bound(what.key);
    if (what.version.codec) all.add_erased(*what.version.codec, what.version.value);
    return all;
}
/// The same of an object.
parameters identity_of(const table_description& table, const value_rows& object) {
    const field_addresses addresses(*object.described, object.first);
    parameters all;
    for (const auto column : {table.key, table.version})
        for (std::size_t i = 0; i < object.described->fields.size(); ++i)
            if (!column.empty() && column_of_field(table, object.described->fields[i].name) == column)
                all.add_erased(*object.described->fields[i].codec, addresses[i]);
    return all;
}

} // namespace

void refuse_value() {
    throw usage_error(
        "update_result: the row was not written; ask conflict(), not_found() and denied() first");
}

void refuse_missing(const table_description& table) {
    throw row_count_error("there is no row with this key in " + std::string(table.name) +
                              "; find() takes none for an answer",
                          0);
}

void run_find(executor& on, const table_description& table, kept_text& kept, std::string_view column,
              erased_value value, const row_sink& sink) {
    const auto text = plain(kept, [&] { return select_by(table, column); });
    run_query(on, text, bound(value), *table.row, cardinality::at_most_one, sink);
}

void run_erase(executor& on, const table_description& table, kept_text& kept, std::string_view,
               erased_value key, const row_sink& sink) {
    const auto text = plain(kept, [&] { return erase_text(table); });
    run_query(on, text, bound(key), *table.row, cardinality::at_most_one, sink);
}

void run_insert(executor& on, const table_description& table, kept_text& kept, const value_rows& from,
                void* into) {
    const auto sink = sink_of_one(into);
    if (from.described->has_changes) {
        const auto fields = sent(table, from);
        run_query(on, insert_text(table, fields.columns), fields.values, *table.row, cardinality::one, sink);
        return;
    }
    const auto text = plain(kept, [&] { return insert_text(table, columns_of(table, *from.described)); });
    parameters values;
    bind_row(from, 0, values);
    run_query(on, text, values, *table.row, cardinality::one, sink);
}

void run_upsert(executor& on, const table_description& table, kept_text& kept, std::string_view conflict,
                const value_rows& from, void* into) {
    const auto text =
        plain(kept, [&] { return upsert_text(table, columns_of(table, *from.described), conflict); });
    parameters values;
    bind_row(from, 0, values);
    run_query(on, text, values, *table.row, cardinality::one, sink_of_one(into));
}

update_outcome run_write(executor& on, const row_write& what, void* into) {
    const bool guarded = what.version.codec != nullptr;
    const auto key = identity_of(what);
    parameters all = key;
    if (what.object) {
        const auto fields = sent(*what.table, *what.object);
        all.append(fields.values);
        return run_conditional(on, update_text(*what.table, fields.columns, guarded), key, all,
                               *what.table->row, into);
    }
    for (std::size_t i = 0; i < what.columns.size(); ++i)
        all.add_erased(*what.values[i].codec, what.values[i].value);
    const auto make = [&] { return update_text(*what.table, what.columns, guarded); };
    if (!what.kept) return run_conditional(on, make(), key, all, *what.table->row, into);
    return run_conditional(on, keeper::text(*what.kept, make), key, all, *what.table->row, into);
}

update_outcome run_update(executor& on, const row_write& what, void* into) {
    const auto& table = *what.table;
    const auto& described = *what.object->described;
    const auto columns = columns_of(table, described);
    const auto& text = keeper::text(*what.kept, [&] {
        auto written = columns;
        std::erase_if(written, [&](std::string_view column) { return !is_written(table, column); });
        return update_text(table, written, !table.version.empty());
    });
    const auto key = identity_of(table, *what.object);
    parameters all = key;
    const field_addresses addresses(described, what.object->first);
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (is_written(table, columns[i])) all.add_erased(*described.fields[i].codec, addresses[i]);
    return run_conditional(on, text, key, all, *table.row, into);
}

update_outcome run_guarded_erase(executor& on, const row_write& what, void* into) {
    const auto& text = keeper::text(*what.kept, [&] { return guarded_erase_text(*what.table); });
    const auto key = identity_of(what);
    return run_conditional(on, text, key, key, *what.table->row, into);
}

result run_selection(executor& on, const table_description& table, const condition& where,
                     std::span<const ordering> order, std::optional<std::size_t> limit) {
    parameters values;
    std::string text = select_columns(table) + from_table(table);
    if (!where.empty()) where.render(table, text += " WHERE ", values);
    if (!order.empty()) text += " ORDER BY " + order_text(table, order);
    if (limit) text += " LIMIT " + std::to_string(*limit);
    return run_rows(on, text, values, *table.row);
}

std::size_t run_count(executor& on, const table_description& table, const condition& where) {
    parameters values;
    std::string text = "SELECT pg_catalog.count(*)" + from_table(table) + " WHERE ";
    where.render(table, text, values);
    return on.run(text, values).value<std::size_t>(0, 0);
}

bool run_exists(executor& on, const table_description& table, const condition& where) {
    parameters values;
    std::string text = "SELECT EXISTS (SELECT" + from_table(table) + " WHERE ";
    where.render(table, text, values);
    return on.run(text + ')', values).value<bool>(0, 0);
}

bool run_key_exists(executor& on, const table_description& table, erased_value key) {
    for (const auto& field : table.row->fields)
        if (field.column == table.key)
            return run_exists(on, table, condition(field.field, " = ", *key.codec, key.value));
    return false; // table_columns has checked that the key is there
}

} // namespace howdah::detail
