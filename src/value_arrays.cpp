// SPDX-License-Identifier: BSL-1.0
#include "value_arrays.hpp"

#include <algorithm>

#include <howdah/connection.hpp>
#include <howdah/detail/statement_text.hpp>

namespace howdah::detail {

namespace {

constexpr oid text_array = 1009;
constexpr std::size_t header_size = 20; // dimensions, NULLs?, element, length, lower bound
constexpr std::size_t length_at = 12;
// One statement: enough rows to forget what a statement costs, little enough memory.
constexpr std::size_t most_rows = 16'384, enough_bytes = std::size_t{8} << 20;
constexpr std::size_t most_bytes = std::size_t{512} << 20; // half of what the server takes
// Written column by column, while they are in the processor's cache.
constexpr std::size_t most_rows_of_a_block = 64;

/// Has arrays whose elements have this codec's own type in binary, as a parameter of the codec has.
bool has_own_array(const erased_codec& codec) noexcept {
    return codec.type != oids::inferred && codec.parameter_type == codec.type &&
           codec.parameter_format == format::binary && array_of(codec.type) != 0;
}

/// What an INSERT takes text for. A cast would cut what is too long, where assigning refuses it.
bool takes_text(oid base) noexcept {
    return base == oids::text || base == oids::varchar || base == oids::bpchar || base == oids::name;
}

/// Asks for the types of columns: those of the parameters of this statement.
std::string probe(const table_description& table, std::span<const std::string_view> columns) {
    std::string values;
    for (std::size_t i = 1; i <= columns.size(); ++i)
        values.append(i > 1 ? ", $" : "$").append(std::to_string(i));
    return "INSERT INTO " + quoted_table(table) + " (" + quoted_columns(columns) +
           ") OVERRIDING SYSTEM VALUE VALUES (" + values + ')';
}

statement unprepared(std::string_view text) noexcept {
    statement what(text);
    what.prepare = false;
    return what;
}

std::vector<std::string_view> text_columns(const table_description& table,
                                           const values_description& described) {
    std::vector<std::string_view> columns;
    for (const auto& field : described.fields)
        if (!has_own_array(*field.codec)) columns.push_back(column_of_field(table, field.name));
    return columns;
}

} // namespace

value_arrays::value_arrays(connection& on, const table_description& table,
                           const values_description& described)
    : fields_(described.fields.size()), bytes_(on, described.fields.size()) {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        const auto& field = described.fields[i];
        columns_.push_back(column_of_field(table, field.name));
        const row_field sent{field.name, columns_.back(), field.codec};
        const bool own = has_own_array(*field.codec);
        fields_[i].step = own ? own_step(sent, i) : text_step(sent, i);
        fields_[i].type = own ? array_of(field.codec->type) : text_array;
    }
    const auto texts = text_columns(table, described);
    if (texts.empty()) return;
    const auto text = probe(table, texts);
    const auto types = column_types_of(on, on.describe(unprepared(text)).parameters, texts.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        auto& field = fields_[i];
        if (field.type != text_array) continue;
        const auto& column = types.at(next++);
        const auto& codec = *described.fields[i].codec;
        const auto structure =
            codec.parts.attributes ? check_column(on, column.type, codec, columns_[i]) : nullptr;
        if (structure && take_struct(field, i, structure)) continue;
        if (!takes_text(column.base)) field.cast = "::" + column.name;
    }
}

bool value_arrays::take_struct(value_array& field, std::size_t index,
                               const std::shared_ptr<const type_details>& structure) {
    const auto step = struct_step({{}, field.step.column, field.step.codec}, index, *structure);
    if (!step.write || step.structure->array == 0) return false;
    field.step = step;
    field.type = step.structure->array;
    structures_.push_back(structure);
    return true;
}

bool value_arrays::may_be_out_of_date(const server_error& failure) {
    // What the server says of a type that was dropped, and does not translate.
    return failure.sqlstate().condition_class() == "42" ||
           failure.message().message.starts_with("cache lookup failed for type ");
}

void value_arrays::forget_types(connection& on, const table_description& table,
                                const values_description& described) {
    const auto texts = text_columns(table, described);
    if (!texts.empty()) forget_description(on, probe(table, texts));
}

/// In FROM, unnest makes a column of each attribute of a struct.
std::string value_arrays::source_of_structs(bool with_place) const {
    std::string text = with_place ? "(SELECT generate_subscripts($1, 1) AS howdah_place" : "(SELECT";
    for (std::size_t i = 1; i <= fields_.size(); ++i) {
        const auto number = std::to_string(i);
        text.append(with_place || i > 1 ? ", unnest($" : " unnest($").append(number);
        text.append(") AS howdah_").append(number);
    }
    return text + ") AS given";
}

std::string value_arrays::source(bool with_place) const {
    if (!structures_.empty()) return source_of_structs(with_place);
    std::string arrays, names;
    for (std::size_t i = 1; i <= fields_.size(); ++i) {
        arrays.append(i > 1 ? ", $" : "$").append(std::to_string(i));
        names.append(i > 1 ? ", howdah_" : "howdah_").append(std::to_string(i));
    }
    return "unnest(" + arrays +
           (with_place ? ") WITH ORDINALITY AS given (" + names + ", howdah_place)"
                       : ") AS given (" + names + ')');
}

std::string value_arrays::value(std::size_t field) const {
    return "given.howdah_" + std::to_string(field + 1) + fields_[field].cast;
}

std::size_t value_arrays::append(const structs& block, std::size_t row) {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        auto& field = fields_[i];
        field.before = bytes_[i].size();
        std::size_t done = 0;
        try {
            write_cells(field.step, block, bytes_[i], done);
        } catch (const usage_error& refusal) {
            throw usage_error("column \"" + std::string(field.step.column) + "\", row " +
                              std::to_string(row + done) + ": " + refusal.what());
        }
        bytes += bytes_[i].size();
    }
    return bytes;
}

void value_arrays::take_back_block() noexcept {
    for (std::size_t i = 0; i < fields_.size(); ++i) bytes_[i].shrink(fields_[i].before);
}

void value_arrays::place(const value_rows& from) {
    const auto* const object = static_cast<const std::byte*>(from.first);
    std::vector<const void*> addresses(fields_.size());
    from.described->addresses(object, addresses.data());
    for (std::size_t i = 0; i < fields_.size(); ++i)
        fields_[i].step.offset =
            static_cast<std::size_t>(static_cast<const std::byte*>(addresses[i]) - object);
    placed_ = true;
}

void value_arrays::begin(std::size_t rows) {
    const auto usual_size = header_size + 16 * rows;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        auto& bytes = bytes_[i];
        bytes.clear();
        (void)bytes.extend(usual_size); // so that it does not grow many times
        bytes.clear();
        for (const std::int32_t part : {1, 1, static_cast<std::int32_t>(fields_[i].step.type), 0, 1})
            bytes.write(part);
    }
}

std::size_t value_arrays::take(const value_rows& from, std::size_t first, batch size) {
    if (!placed_ && from.rows > 0) place(from);
    const auto wanted = size == batch::whole ? from.rows - first : std::min(from.rows - first, most_rows);
    const auto bytes_at_most = size == batch::whole ? most_bytes : enough_bytes;
    begin(wanted);
    const auto* const objects = static_cast<const std::byte*>(from.first) + first * from.stride;
    std::size_t rows = 0, bytes = 0, block = 1;
    while (rows < wanted && bytes < bytes_at_most) {
        block = std::min({block, wanted - rows, most_rows_of_a_block});
        const auto with = append({objects + rows * from.stride, block, from.stride}, first + rows);
        if (block > 1 && with > 2 * bytes_at_most) { // much larger rows than those before
            take_back_block();
            block = 1;
            continue;
        }
        rows += block;
        bytes = with;
        block = 1 + (bytes_at_most - std::min(bytes, bytes_at_most)) / (bytes / rows); // as many as will fit
    }
    for (std::size_t i = 0; i < fields_.size(); ++i)
        bytes_[i].patch(length_at, static_cast<std::int32_t>(rows));
    return rows;
}

std::string_view value_arrays::cells(std::size_t field) const noexcept {
    return bytes_[field].view().substr(header_size);
}

parameters value_arrays::bound() const {
    parameters all;
    for (std::size_t i = 0; i < fields_.size(); ++i) all.add_encoded(fields_[i].type, bytes_[i].view());
    return all;
}

} // namespace howdah::detail
