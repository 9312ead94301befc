// SPDX-License-Identifier: BSL-1.0
//
// Filling row structs from results: the position map, made and checked once, and the loop that it drives.
#include <algorithm>
#include <array>
#include <new>
#include <string>

#include <howdah/detail/row_description.hpp>
#include <howdah/type_details.hpp>

namespace howdah::detail {

namespace {

constexpr std::size_t absent = static_cast<std::size_t>(-1);

/// The first column of this name, or `absent`.
std::size_t find_column(std::span<const column> columns, std::string_view name) noexcept {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].name == name) return i;
    return absent;
}

/// Which of them is meant cannot be known: `select *` of a join has such columns.
bool comes_again(std::span<const column> columns, std::size_t at) noexcept {
    return find_column(columns.subspan(at + 1), columns[at].name) != absent;
}

void add_fault(std::string& faults, const std::string& fault) {
    faults.append(faults.empty() ? "" : "; ").append(fault);
}

std::string quoted(std::string_view name) {
    return '"' + std::string(name) + '"';
}

std::string type_fault(std::string_view column, wire from, const row_field& field) {
    std::string fault = "column " + quoted(column) + " is " + refusal_of(*field.codec, from);
    if (from.encoding == format::binary && field.codec->decoder({from.type, format::text, from.details}))
        fault += " in its binary form (ask for text: statement::encoding)";
    return fault;
}

/// Does the result need to come as text, because this field can only be read from the text form of its
/// column?
bool needs_text(const row_field& field, const column& from) noexcept {
    return !field.codec->decoder({from.type, format::binary, from.details}) &&
           field.codec->decoder({from.type, format::text, from.details});
}

format encoding_for(const row_description& row, std::span<const column> columns) noexcept {
    for (const auto& field : row.fields) {
        const auto at = row.by_position ? 0 : find_column(columns, field.column);
        if (at < columns.size() && needs_text(field, columns[at])) return format::text;
    }
    return format::binary;
}

/// Finds the column of every field; what does not fit is collected in `faults`.
class planner {
public:
    planner(const row_description& row, std::span<const column> columns, reading_plan& into)
        : row_(row), columns_(columns), into_(into) {}

    void find_columns() {
        into_.steps.reserve(row_.fields.size() + 1);
        for (const auto& field : row_.fields) {
            const auto at = row_.by_position && !columns_.empty() ? 0 : find_column(columns_, field.column);
            if (at != absent) add_step(field, at);
            else if (row_.by_position) add_fault(faults_, "there is no column");
            else add_fault(faults_, "there is no column " + quoted(field.column));
        }
    }

    void check_surplus() {
        for (const auto& one : columns_) {
            const auto known = std::any_of(row_.fields.begin(), row_.fields.end(),
                                           [&](const row_field& field) { return field.column == one.name; });
            if (!known)
                add_fault(faults_, "column " + quoted(one.name) + " has no field (the type is strict)");
        }
    }

    void refuse_faults() const {
        if (!faults_.empty())
            throw decode_error("the result does not fit " + std::string(row_.type) + ": " + faults_);
    }

private:
    void add_step(const row_field& field, std::size_t at) {
        const auto& one = columns_[at];
        if (!row_.by_position && comes_again(columns_, at))
            add_fault(faults_,
                      "column " + quoted(field.column) + " is there more than once (rename one with AS)");
        const wire wire_form{one.type, into_.encoding, one.details};
        const auto decode = field.codec->decoder(wire_form);
        if (!decode) add_fault(faults_, type_fault(one.name, wire_form, field));
        into_.steps.push_back({decode, field.codec->engage, field.codec->set_null, wire_form,
                               static_cast<std::uint32_t>(at), direct_form_of(*field.codec, decode)});
    }

    const row_description& row_;
    std::span<const column> columns_;
    reading_plan& into_;
    std::string faults_;
};

template <other_columns Others>
std::shared_ptr<const reading_plan> plan_rows(const row_reading& reading, std::span<const column> columns,
                                              format encoding) {
    const auto& row = *static_cast<const row_description*>(reading.rows);
    auto plan = std::make_shared<reading_plan>(reading_plan{reading, encoding, {}});
    planner fields(row, columns, *plan);
    fields.find_columns();
    if (row.strict && Others == other_columns::as_the_row_says) fields.check_surplus();
    fields.refuse_faults();
    plan->steps.push_back({.direct = direct_form::end});
    return plan;
}

template <other_columns Others>
std::shared_ptr<const reading_plan> make_plan(const row_reading& reading, std::span<const column> columns) {
    const auto& row = *static_cast<const row_description*>(reading.rows);
    return plan_rows<Others>(reading, columns, encoding_for(row, columns));
}

std::vector<column> columns_of(const result& from) {
    std::vector<column> columns;
    columns.reserve(from.column_count());
    for (std::size_t i = 0; i < from.column_count(); ++i)
        columns.push_back({.name = from.column_name(i), .type = from.column_type(i)});
    return columns;
}

} // namespace

void field_offsets::find(const row_description& row, void* first) {
    const auto count = row.fields.size();
    std::vector<void*> many_addresses(count > few ? count : 0);
    many_.resize(many_addresses.size());
    std::array<void*, few> few_addresses;
    void** const addresses = count > few ? many_addresses.data() : few_addresses.data();
    std::size_t* const offsets = count > few ? many_.data() : few_.data();
    row.addresses(first, addresses);
    for (std::size_t i = 0; i < count; ++i)
        offsets[i] =
            static_cast<std::size_t>(static_cast<std::byte*>(addresses[i]) - static_cast<std::byte*>(first));
    found_ = true;
}

row_reading reading_of(const row_description& row, other_columns others) noexcept {
    return {others == other_columns::allowed ? &make_plan<other_columns::allowed>
                                             : &make_plan<other_columns::as_the_row_says>,
            &row};
}

row_reader::row_reader(const row_description& row, const result& from, other_columns others)
    : row_(row), from_(from), plan_(from.plan()) {
    const auto reading = reading_of(row, others);
    if (plan_ && plan_->reading == reading && plan_->encoding == from.encoding()) return;
    const auto columns = columns_of(from);
    made_ = others == other_columns::allowed
                ? plan_rows<other_columns::allowed>(reading, columns, from.encoding())
                : plan_rows<other_columns::as_the_row_says>(reading, columns, from.encoding());
    plan_ = made_.get();
}

void refuse_cell(const row_description& row, std::size_t field, std::string_view column, std::size_t index) {
    try {
        throw;
    } catch (const decode_error& failure) {
        throw failure.at(column, index);
    } catch (const error&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& failure) { // a user's codec
        throw decode_error("refused by the codec of " + row.fields[field].codec->name(), failure.what())
            .at(column, index);
    }
}

void row_reader::refuse(std::size_t index, std::size_t field) const {
    refuse_cell(row_, field, from_.column_name(plan_->steps[field].column), index);
}

void row_reader::read(std::size_t rows, void* into, std::size_t stride, std::size_t first) {
    if (rows == 0) return;
    auto* const place = static_cast<std::byte*>(into);
    if (!offsets_.found()) offsets_.find(row_, into);
    cell_decoder decoder(*plan_, offsets_.data());
    std::size_t row = 0;
    try {
        for (; row < rows; ++row) from_.decode_row(first + row, decoder, place + row * stride);
    } catch (...) {
        refuse(first + row, decoder.failed());
    }
}

} // namespace howdah::detail
