// SPDX-License-Identifier: BSL-1.0
//
// Arrays. Binary: array_send in the server's src/backend/utils/adt/arrayfuncs.c; text: array_text.cpp.
#include <howdah/array.hpp>

#include <algorithm>

#include "array_parts.hpp"
#include "open_form.hpp"

namespace howdah {

namespace {

/// How an element arrives in an array that arrives so. Without the catalogue the element type of a user's array
/// is not known: any user-defined number stands for it.
wire element_wire(wire array) noexcept {
    if (array.details && array.details->kind == type_kind::array)
        return wire_of(array.details->element, array.encoding);
    if (array.details) return {}; // no array
    const oid known = element_of(array.type);
    if (known == 0 && array.type >= oids::first_user_defined) return array;
    return {known, array.encoding};
}

// ---- binary

[[noreturn]] void refuse_array(std::string reason) {
    throw decode_error(std::move(reason));
}

/// The last index of a dimension is a number as well, and so is the one after it.
bool is_possible(array_dimension one) noexcept {
    return one.size >= 0 && std::int64_t{one.lower} + one.size <= INT32_MAX;
}

/// The number of elements that follow, and their type: the header is 12 bytes, and 8 for each dimension.
std::size_t read_header(byte_reader& in, oid& element, detail::dimension_list& dimensions) {
    const auto depth = in.read<std::int32_t>();
    const auto has_null = in.read<std::int32_t>();
    element = in.read<oid>();
    if (!in.ok() || depth < 0 || has_null < 0 || has_null > 1) refuse_array("a malformed array header");
    if (static_cast<std::size_t>(depth) > detail::most_dimensions)
        refuse_array("an array of more than six dimensions");
    std::size_t count = depth == 0 ? 0 : 1;
    for (std::int32_t i = 0; i < depth; ++i) {
        const auto size = in.read<std::int32_t>();
        const array_dimension one{size, in.read<std::int32_t>()};
        // Every element has at least its length: a count beyond that is refused before it can reserve memory.
        if (!in.ok() || size < 0 || (size > 0 && count > in.left() / 4 / static_cast<std::size_t>(size)))
            refuse_array("an array that is shorter than its header says");
        if (!is_possible(one)) refuse_array("bounds of an array that make no sense");
        count *= static_cast<std::size_t>(size);
        dimensions.push_back(one);
    }
    return count;
}

/// A vector holds one dimension that begins at 1.
void refuse_shape(std::span<const array_dimension> dimensions) {
    if (dimensions.size() > 1)
        refuse_array("an array of " + std::to_string(dimensions.size()) +
                     " dimensions: read it into a howdah::array");
    if (!dimensions.empty() && dimensions[0].lower != 1)
        refuse_array("an array whose first index is not 1: read it into a howdah::array");
}

/// How the elements arrive, by what the array itself says their type is.
wire announced_wire(wire array, oid element) noexcept {
    const auto* type = array.details;
    const bool known = type && type->kind == type_kind::array && type->element.type == element;
    return known ? wire_of(type->element, format::binary) : wire{element, format::binary};
}

void decode_binary_array(std::string_view bytes, wire from, const detail::array_target& into,
                         detail::dimension_list& dimensions) {
    byte_reader in(bytes);
    oid type = 0;
    const std::size_t count = read_header(in, type, dimensions);
    if (!into.set_dimensions) refuse_shape(dimensions.view());
    if (count == 0) dimensions.clear();
    const wire element = announced_wire(from, type);
    into.reserve(into.container, count);
    detail::element_reader elements(into, element);
    for (std::size_t i = 0; i < count; ++i) {
        const auto length = in.read<std::int32_t>();
        if (!in.ok() || length < -1) refuse_array("a malformed array element");
        if (length == -1) {
            elements.append_null();
            continue;
        }
        const auto cell = in.bytes(static_cast<std::size_t>(length));
        if (!in.ok()) refuse_array("an array that ends within an element");
        elements.append(cell);
    }
    if (!in.finished()) refuse_array("bytes after the last element of an array");
}

/// The dimensions of an array to send: its own, or one. Throws usage_error where no array has such.
void note_dimensions(const detail::array_source& from, detail::dimension_list& out) {
    if (from.size > static_cast<std::size_t>(INT32_MAX))
        throw usage_error("an array of more than 2^31 elements");
    if (!from.shaped && from.size > 0) out.push_back({static_cast<std::int32_t>(from.size)});
    if (!from.shaped) return;
    if (from.dimensions.size() > detail::most_dimensions)
        throw usage_error("an array of more than six dimensions");
    std::size_t count = from.dimensions.empty() ? 0 : 1;
    for (const auto& one : from.dimensions) {
        if (one.size < 1 || !is_possible(one))
            throw usage_error("a dimension of an array that is empty, or whose last index is beyond 2^31");
        count = std::min(count * static_cast<std::size_t>(one.size), std::size_t{1} << 32);
        out.push_back(one);
    }
    if (count != from.size)
        throw usage_error("an array has " + std::to_string(from.size) +
                          " elements, which is not the product of its dimensions");
}

void encode_binary_array(const detail::array_source& from, std::span<const array_dimension> dimensions,
                         byte_writer& to) {
    const auto& element = *from.element;
    const auto encoding = element.type == oids::inferred ? detail::open_format(element) : format::binary;
    to.write(static_cast<std::int32_t>(dimensions.size()));
    const std::size_t has_null = to.size();
    to.write(std::int32_t{0});
    to.write(element.type);
    for (const auto& [size, lower] : dimensions) {
        to.write(size);
        to.write(lower);
    }
    for (std::size_t i = 0; i < from.size; ++i) {
        const void* const value = from.at(from.container, i);
        const void* const leaf = element.look ? element.look(value) : value;
        const std::size_t length = to.size();
        to.write(std::int32_t{-1});
        if (leaf) {
            element.encode(leaf, encoding, to);
            to.patch(length, static_cast<std::int32_t>(to.size() - length - 4));
        } else {
            to.patch(has_null, 1);
        }
    }
}

/// regclass, regtype and the like: numbers whose text is a name, and which have no other C++ type.
bool names_an_object(oid type) noexcept {
    switch (type) {
    case 24:   // regproc
    case 2202: // regprocedure
    case 2203: // regoper
    case 2204: // regoperator
    case 2205: // regclass
    case 2206: // regtype
    case 3734: // regconfig
    case 3769: // regdictionary
    case 4089: // regnamespace
    case 4096: // regrole
    case 4191: // regcollation
        return true;
    default: return false;
    }
}

} // namespace

namespace detail {

bool can_hold_array(wire from, const erased_codec& element) noexcept {
    const wire each = element_wire(from);
    if (each.type == 0 || !element.decoder) return false;
    // A string reads most types as text. Elements must be text by themselves, which is what it reads in
    // binary: no wrong array slips in.
    const bool as_text =
        element.type == oids::text && each.type < oids::first_user_defined && !names_an_object(each.type);
    return element.decoder(as_text ? wire{each.type, format::binary, each.details} : each) != nullptr;
}

std::string array_refusal(wire from, const erased_codec& element) {
    const wire each = element_wire(from);
    return each.type != 0 && element.refusal ? element.refusal(each) : std::string();
}

void decode_array(std::string_view bytes, wire from, const array_target& into) {
    dimension_list dimensions;
    into.clear(into.container);
    if (from.encoding == format::binary) {
        decode_binary_array(bytes, from, into, dimensions);
    } else {
        element_reader elements(into, element_wire(from));
        read_array_text(bytes, elements, into.set_dimensions != nullptr, dimensions);
    }
    if (into.set_dimensions) into.set_dimensions(into.container, dimensions.view());
}

void encode_array(const array_source& from, format encoding, byte_writer& to) {
    dimension_list dimensions;
    note_dimensions(from, dimensions);
    if (encoding == format::binary) encode_binary_array(from, dimensions.view(), to);
    else write_array_text(from, dimensions.view(), to);
}

void refuse_rows() {
    throw decode_error(
        "an array that is no table of rows and columns from 1 on: read it into a howdah::array");
}
void refuse_ragged_rows() {
    throw usage_error(
        "the rows of an array have different lengths, or are empty: no array of the server is so");
}
std::size_t place_in_array(std::span<const array_dimension> dimensions,
                           std::span<const std::int32_t> subscripts) {
    std::size_t at = 0;
    bool inside = dimensions.size() == subscripts.size() && !dimensions.empty();
    for (std::size_t i = 0; inside && i < dimensions.size(); ++i) {
        const auto place = std::int64_t{subscripts[i]} - dimensions[i].lower;
        inside = place >= 0 && place < dimensions[i].size;
        at = at * static_cast<std::size_t>(dimensions[i].size) + static_cast<std::size_t>(place);
    }
    if (!inside) throw usage_error("subscripts outside the array");
    return at;
}

} // namespace detail

decode_function codec<std::vector<bool>>::decoder(wire from) noexcept {
    if (!carrier::decoder(from)) return nullptr;
    return [](std::string_view bytes, wire source, void* value) {
        std::vector<flag> flags;
        carrier::decoder(source)(bytes, source, &flags);
        auto& out = *static_cast<std::vector<bool>*>(value);
        out.clear();
        for (const flag& each : flags) out.push_back(each.value);
    };
}

void codec<std::vector<bool>>::encode(const std::vector<bool>& values, format encoding, byte_writer& to) {
    std::vector<flag> flags;
    for (const bool each : values) flags.push_back({each});
    carrier::encode(flags, encoding, to);
}

decode_function codec<array<bool>>::decoder(wire from) noexcept {
    if (!carrier::decoder(from)) return nullptr;
    return [](std::string_view bytes, wire source, void* value) {
        array<flag> flags;
        carrier::decoder(source)(bytes, source, &flags);
        auto& out = *static_cast<array<bool>*>(value);
        out.dimensions = std::move(flags.dimensions);
        out.elements.clear();
        for (const flag& each : flags.elements) out.elements.push_back(each.value);
    };
}

void codec<array<bool>>::encode(const array<bool>& value, format encoding, byte_writer& to) {
    array<flag> flags{value.dimensions};
    for (const bool each : value.elements) flags.elements.push_back({each});
    carrier::encode(flags, encoding, to);
}

decode_function codec<std::vector<std::vector<bool>>>::decoder(wire from) noexcept {
    if (!carrier::decoder(from)) return nullptr;
    return [](std::string_view bytes, wire source, void* value) {
        std::vector<std::vector<flag>> rows;
        carrier::decoder(source)(bytes, source, &rows);
        auto& out = *static_cast<std::vector<std::vector<bool>>*>(value);
        out.clear();
        for (const auto& row : rows)
            for (auto& to = out.emplace_back(); const flag& each : row) to.push_back(each.value);
    };
}

void codec<std::vector<std::vector<bool>>>::encode(const std::vector<std::vector<bool>>& rows,
                                                   format encoding, byte_writer& to) {
    std::vector<std::vector<flag>> flags;
    for (const auto& row : rows)
        for (auto& into = flags.emplace_back(); const bool each : row) into.push_back({each});
    carrier::encode(flags, encoding, to);
}

} // namespace howdah
