// SPDX-License-Identifier: BSL-1.0
//
// Filling row structs from results: the position map, made and checked once, and the loop that it drives.
#include <algorithm>
#include <new>
#include <string>

#include <howdah/detail/row_description.hpp>

namespace howdah::detail {

namespace {

constexpr std::size_t absent = static_cast<std::size_t>(-1);

std::string_view name_of(const column& one) noexcept {
    return one.name;
}
std::string_view name_of(std::string_view name) noexcept {
    return name;
}

/// The first column of this name, or `absent`.
template <class Columns> std::size_t find_column(const Columns& columns, std::string_view name) noexcept {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (name_of(columns[i]) == name) return i;
    return absent;
}

/// Which of them is meant cannot be known: `select *` of a join has such columns.
bool comes_again(std::span<const std::string_view> names, std::size_t at) noexcept {
    return std::find(names.begin() + static_cast<std::ptrdiff_t>(at) + 1, names.end(), names[at]) !=
           names.end();
}

std::vector<std::string_view> names_of(const result& from) {
    std::vector<std::string_view> names;
    names.reserve(from.column_count());
    for (std::size_t i = 0; i < from.column_count(); ++i) names.push_back(from.column_name(i));
    return names;
}

void add_fault(std::string& faults, const std::string& fault) {
    faults.append(faults.empty() ? "" : "; ").append(fault);
}

std::string quoted(std::string_view name) {
    return '"' + std::string(name) + '"';
}

std::string type_fault(std::string_view column, wire from, const row_field& field) {
    std::string fault = "column " + quoted(column) + " is " + type_name(from.type) + ", which " +
                        field.codec->name() + " cannot hold";
    if (from.encoding == format::binary && field.codec->decoder({from.type, format::text}))
        fault += " in its binary form (ask for text: statement::encoding)";
    return fault;
}

/// Does the result need to come as text, because this field can only be read from the text form of its
/// column?
bool needs_text(const row_field& field, oid type) noexcept {
    return !field.codec->decoder({type, format::binary}) && field.codec->decoder({type, format::text});
}

format choose(const void* context, std::span<const column> columns) {
    const auto& row = *static_cast<const row_description*>(context);
    for (const auto& field : row.fields) {
        const auto at = row.by_position ? 0 : find_column(columns, field.column);
        if (at < columns.size() && needs_text(field, columns[at].type)) return format::text;
    }
    return format::binary;
}

} // namespace

encoding_choice choose_encoding(const row_description& row) noexcept {
    return {&choose, &row};
}

row_reader::row_reader(const row_description& row, const result& from) : row_(row), from_(from) {
    const auto names = names_of(from);
    std::string faults;
    find_columns(names, faults);
    if (row.strict) check_surplus(names, faults);
    if (!faults.empty())
        throw decode_error("the result does not fit " + std::string(row.type) + ": " + faults);
}

void row_reader::find_columns(std::span<const std::string_view> names, std::string& faults) {
    steps_.reserve(row_.fields.size());
    for (const auto& field : row_.fields) {
        const auto at = row_.by_position && !names.empty() ? 0 : find_column(names, field.column);
        if (at == absent) {
            add_fault(faults,
                      row_.by_position ? "there is no column" : "there is no column " + quoted(field.column));
            continue;
        }
        if (!row_.by_position && comes_again(names, at))
            add_fault(faults,
                      "column " + quoted(field.column) + " is there more than once (rename one with AS)");
        const wire wire_form{from_.column_type(at), from_.encoding()};
        const auto decode = field.codec->decoder(wire_form);
        if (!decode) add_fault(faults, type_fault(names[at], wire_form, field));
        steps_.push_back({decode, field.codec->engage, field.codec->set_null, wire_form,
                          static_cast<std::uint32_t>(at), 0});
    }
}

void row_reader::check_surplus(std::span<const std::string_view> names, std::string& faults) const {
    for (const auto name : names) {
        const auto known = std::any_of(row_.fields.begin(), row_.fields.end(),
                                       [&](const row_field& field) { return field.column == name; });
        if (!known) add_fault(faults, "column " + quoted(name) + " has no field (the type is strict)");
    }
}

void row_reader::refuse(std::size_t index, std::size_t field) const {
    const auto name = from_.column_at(steps_[field].column).name;
    try {
        throw;
    } catch (const decode_error& failure) {
        throw failure.at(name, index);
    } catch (const error&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& failure) { // a user's codec
        throw decode_error("refused by the codec of " + row_.fields[field].codec->name(), failure.what())
            .at(name, index);
    }
}

void row_reader::read(std::size_t rows, void* into, std::size_t stride) {
    if (rows == 0) return;
    auto* const first = static_cast<std::byte*>(into);
    // The addresses in the first struct tell where the fields of every one of them lie.
    std::vector<void*> addresses(steps_.size());
    row_.addresses(into, addresses.data());
    for (std::size_t i = 0; i < steps_.size(); ++i)
        steps_[i].offset = static_cast<std::size_t>(static_cast<std::byte*>(addresses[i]) - first);
    std::size_t row = 0, failed = 0;
    try {
        for (; row < rows; ++row) from_.decode_row(row, steps_, first + row * stride, failed);
    } catch (...) {
        refuse(row, failed);
    }
}

} // namespace howdah::detail
