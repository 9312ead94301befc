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

template <class Columns> std::size_t find_column(const Columns& columns, std::string_view name) noexcept {
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const column& one) { return one.name == name; });
    return found == columns.end() ? absent : static_cast<std::size_t>(found - columns.begin());
}

/// Which of them is meant cannot be known: `select *` of a join has such columns.
bool comes_again(const std::vector<column>& columns, std::size_t at) noexcept {
    return std::any_of(columns.begin() + static_cast<std::ptrdiff_t>(at) + 1, columns.end(),
                       [&](const column& other) { return other.name == columns[at].name; });
}

std::vector<column> columns_of(const result& from) {
    std::vector<column> columns;
    columns.reserve(from.column_count());
    for (std::size_t i = 0; i < from.column_count(); ++i) columns.push_back(from.column_at(i));
    return columns;
}

void add_fault(std::string& faults, const std::string& fault) {
    faults.append(faults.empty() ? "" : "; ").append(fault);
}

std::string quoted(std::string_view name) {
    return '"' + std::string(name) + '"';
}

std::string type_fault(const column& from, const row_field& field, format encoding) {
    std::string fault = "column " + quoted(from.name) + " is " + type_name(from.type) + ", which " +
                        field.codec->name() + " cannot hold";
    if (encoding == format::binary && field.codec->decoder({from.type, format::text}))
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
    const auto columns = columns_of(from);
    std::string faults;
    steps_.reserve(row.fields.size());
    for (const auto& field : row.fields) {
        const auto at = row.by_position && !columns.empty() ? 0 : find_column(columns, field.column);
        if (at == absent) {
            add_fault(faults,
                      row.by_position ? "there is no column" : "there is no column " + quoted(field.column));
            continue;
        }
        if (!row.by_position && comes_again(columns, at))
            add_fault(faults,
                      "column " + quoted(field.column) + " is there more than once (rename one with AS)");
        const wire wire_form{columns[at].type, from.encoding()};
        const auto decode = field.codec->decoder(wire_form);
        if (!decode) add_fault(faults, type_fault(columns[at], field, from.encoding()));
        steps_.push_back(
            {decode, field.codec->engage, field.codec->set_null, wire_form, static_cast<std::uint32_t>(at)});
    }
    if (row.strict) check_surplus(faults);
    if (!faults.empty())
        throw decode_error("the result does not fit " + std::string(row.type) + ": " + faults);
    cells_.resize(columns.size());
    addresses_.resize(row.fields.size());
}

void row_reader::check_surplus(std::string& faults) const {
    for (const auto& one : columns_of(from_)) {
        const auto known = std::any_of(row_.fields.begin(), row_.fields.end(),
                                       [&](const row_field& field) { return field.column == one.name; });
        if (!known) add_fault(faults, "column " + quoted(one.name) + " has no field (the type is strict)");
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

void row_reader::read(std::size_t index, void* into) {
    from_.read_row(index, cells_);
    row_.addresses(into, addresses_.data());
    std::size_t field = 0;
    try {
        for (const auto& take : steps_) {
            const auto& bytes = cells_[take.column];
            void* value = addresses_[field];
            if (bytes.null) {
                if (!take.set_null) throw decode_error("NULL, and the field is not a std::optional");
                take.set_null(value);
            } else {
                take.decode(bytes.view(), take.from, take.engage ? take.engage(value) : value);
            }
            ++field;
        }
    } catch (...) {
        refuse(index, field);
    }
}

} // namespace howdah::detail
