// SPDX-License-Identifier: BSL-1.0
#include "row_writer.hpp"

#include <limits>

#include "open_form.hpp"

namespace howdah::detail {

namespace {

/// What a codec encodes in binary for columns of its own type.
void write_own(const writing_step& step, const void* leaf, byte_writer& to) {
    step.codec->encode(leaf, format::binary, to);
}
void write_text(const writing_step& step, const void* leaf, byte_writer& to) {
    step.codec->encode(leaf, format::text, to);
}
void write_versioned_text(const writing_step& step, const void* leaf, byte_writer& to) {
    to.write(std::int8_t{1});
    step.codec->encode(leaf, format::text, to);
}

std::int64_t integer_of(const writing_step& step, const void* leaf) {
    byte_writer bytes;
    step.codec->encode(leaf, format::binary, bytes);
    switch (bytes.size()) {
    case 2: return load_big_endian<std::int16_t>(bytes.data());
    case 4: return load_big_endian<std::int32_t>(bytes.data());
    default: return load_big_endian<std::int64_t>(bytes.data());
    }
}

/// For a column of another width.
template <class Column> void write_integer(const writing_step& step, const void* leaf, byte_writer& to) {
    const auto value = integer_of(step, leaf);
    if (!std::in_range<Column>(value))
        throw usage_error("the value does not fit " + type_name(step.type) + ", the type of the column");
    to.write(static_cast<Column>(value));
}

/// A float in a column of double precision.
void write_widened(const writing_step& step, const void* leaf, byte_writer& to) {
    byte_writer bytes;
    step.codec->encode(leaf, format::binary, bytes);
    const auto value =
        static_cast<double>(std::bit_cast<float>(load_big_endian<std::uint32_t>(bytes.data())));
    to.write(std::bit_cast<std::uint64_t>(value));
}

using text_elements = codec<std::vector<std::optional<std::string>>>;
constexpr std::size_t element_type_at = 8; // after the number of dimensions and the flag for NULLs

/// An array whose elements have no fixed type, such as labels of an enum: by way of its text.
void write_array_of_texts(const writing_step& step, const void* leaf, byte_writer& to) {
    byte_writer text;
    step.codec->encode(leaf, format::text, text);
    constexpr wire from{1009, format::text};
    std::vector<std::optional<std::string>> elements;
    text_elements::decoder(from)(text.view(), from, &elements);
    const auto begin = to.size();
    text_elements::encode(elements, format::binary, to);
    to.patch(begin + element_type_at, static_cast<std::int32_t>(step.type));
}

void write_struct(const writing_step& step, const void* leaf, byte_writer& to) {
    byte_writer open;
    step.codec->encode(leaf, format::binary, open);
    if (!close_form(*step.codec, open.view(), {step.structure->type, step.structure}, to))
        throw usage_error("the struct has an integer that does not fit its attribute in " +
                          type_name({step.structure->type, format::binary, step.structure}));
}

bool is_integer(oid type) noexcept {
    return type == oids::int2 || type == oids::int4 || type == oids::int8;
}

/// Has values that any column with a text form takes: texts, labels, json.
bool travels_as_text(const erased_codec& codec) noexcept {
    return codec.parameter_type == oids::inferred && codec.parameter_format == format::text;
}

bool is_array_of_texts(const erased_codec& codec) noexcept {
    return codec.type == oids::inferred && (codec.parameter_type == 1009 || travels_as_text(codec));
}

using write_function = decltype(writing_step::write);

write_function integer_writer(oid column) noexcept {
    switch (column) {
    case oids::int2: return &write_integer<std::int16_t>;
    case oids::int4: return &write_integer<std::int32_t>;
    default: return &write_integer<std::int64_t>;
    }
}

write_function writer_of(const erased_codec& codec, const column_type& column) noexcept {
    if (!codec.encode) return nullptr;
    if (codec.type != oids::inferred && codec.type == column.base) return &write_own;
    if (column.element != 0) {
        if (codec.parameter_type != oids::inferred && codec.parameter_type == column.base) return &write_own;
        const bool texts = column.element_text == text_in_binary::plain && is_array_of_texts(codec);
        return texts ? &write_array_of_texts : nullptr;
    }
    if (travels_as_text(codec) && column.text == text_in_binary::plain) return &write_text;
    if (travels_as_text(codec) && column.text == text_in_binary::versioned) return &write_versioned_text;
    if (is_integer(codec.type) && is_integer(column.base)) return integer_writer(column.base);
    if (codec.type == oids::float4 && column.base == oids::float8) return &write_widened;
    return nullptr;
}

} // namespace

writing_step exact_step(const row_field& field, std::size_t index, const column_type& column,
                        const type_details* structure) {
    if (structure && has_binary_form(*field.codec, {structure->type, structure}))
        return {.codec = field.codec,
                .field = index,
                .column = field.column,
                .write = &write_struct,
                .structure = structure};
    writing_step step{field.codec, index, 0, field.column, column.element ? column.element : column.base};
    step.write = writer_of(*field.codec, column);
    if (!step.write || column.element != 0) return step;
    // A direct form stands for the same bytes in both directions.
    if (const auto decode =
            field.codec->decoder ? field.codec->decoder({column.base, format::binary}) : nullptr)
        step.direct = direct_form_of(*field.codec, decode);
    return step;
}

writing_step own_step(const row_field& field, std::size_t index) {
    const auto& codec = *field.codec;
    writing_step step{&codec, index, 0, field.column, codec.type, direct_form::none, &write_own};
    if (const auto decode = codec.decoder ? codec.decoder({codec.type, format::binary}) : nullptr)
        step.direct = direct_form_of(codec, decode);
    return step;
}

writing_step struct_step(const row_field& field, std::size_t index, const type_details& structure) {
    const wire base = wire_of({structure.type, &structure}, format::binary);
    writing_step step{.codec = field.codec, .field = index, .column = field.column, .type = base.type};
    step.structure = base.details;
    const bool one = field.codec->parts.attributes && !field.codec->parts.element;
    if (one && has_binary_form(*field.codec, {structure.type, &structure})) step.write = &write_struct;
    return step;
}

writing_step text_step(const row_field& field, std::size_t index) {
    writing_step step{field.codec, index, 0, field.column, oids::text, direct_form::none, &write_text};
    if (field.codec == &codec_for<std::string>) step.direct = direct_form::text;
    if (field.codec == &codec_for<std::optional<std::string>>) step.direct = direct_form::optional_text;
    return step;
}

void place_steps(std::span<writing_step> steps, const row_description& row, const void* first) {
    std::vector<void*> addresses(row.fields.size(), const_cast<void*>(first)); // nothing is written there
    if (row.addresses) row.addresses(const_cast<void*>(first), addresses.data());
    for (auto& step : steps)
        step.offset = static_cast<std::size_t>(static_cast<const std::byte*>(addresses[step.field]) -
                                               static_cast<const std::byte*>(first));
}

void write_cells(const writing_step& step, const structs& of, byte_writer& to, std::size_t& done) {
    const auto* value = of.first + step.offset;
    done = 0;
    with_form(step.direct, [&]<direct_form Form>() {
        if constexpr (constexpr auto size = size_of_form<Form>; size != 0) {
            char* at = to.extend(of.count * (4 + size)); // at once: none of them is NULL, or refused
            for (; done < of.count; ++done, value += of.stride, at += 4 + size) store_cell<size>(value, at);
        } else {
            for (; done < of.count; ++done, value += of.stride)
                if (!write_cell_directly<Form>(value, to)) write_cell_by_codec(step, value, to);
        }
    });
}

void write_cell_by_codec(const writing_step& step, const void* value, byte_writer& to) {
    const void* const leaf = step.codec->look ? step.codec->look(value) : value;
    const auto begin = to.size();
    to.write(null_size);
    if (!leaf) return;
    step.write(step, leaf, to);
    const auto size = to.size() - begin - sizeof null_size;
    if (size > longest_value) throw usage_error("a value must stay below one gigabyte");
    to.patch(begin, static_cast<std::int32_t>(size));
}

} // namespace howdah::detail
