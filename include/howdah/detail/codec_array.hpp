// SPDX-License-Identifier: BSL-1.0
//
// Arrays of one dimension. NULL elements need std::optional elements. Arrays of more dimensions, and arrays
// whose first index is not 1, are refused with decode_error: a std::vector cannot hold what they say, but a
// howdah::array can (array.hpp).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/detail/codec_scalar.hpp>
#include <howdah/detail/codec_trait.hpp>

namespace howdah {

/// One dimension of an array: how many elements it has there, and the index of the first.
struct array_dimension {
    std::int32_t size = 0, lower = 1;
    friend bool operator==(const array_dimension&, const array_dimension&) = default;
};

namespace detail {

template <class T> inline constexpr bool is_array = false;
template <class T> inline constexpr bool is_array<std::vector<T>> = !std::same_as<T, std::byte>;

/// What an array is decoded into: append() adds an element and returns its address.
struct array_target {
    const erased_codec* element;
    void* container;
    void* (*append)(void* container);
    void (*clear)(void* container);
    void (*reserve)(void* container, std::size_t elements);
    /// Null: only arrays of one dimension that begins at 1. None: the array is empty.
    void (*set_dimensions)(void* container, std::span<const array_dimension> dimensions) = nullptr;
};
/// What an array is encoded from.
struct array_source {
    const erased_codec* element;
    const void* container;
    std::size_t size;
    const void* (*at)(const void* container, std::size_t index);
    bool shaped = false; ///< false: one dimension that begins at 1
    std::span<const array_dimension> dimensions{};
};
void decode_array(std::string_view bytes, wire from, const array_target& into);
void encode_array(const array_source& from, format encoding, byte_writer& to);
/// True if arrays that arrive so may hold elements that `element` reads.
bool can_hold_array(wire from, const erased_codec& element) noexcept;
/// Why they may not; empty where there is no more to say.
std::string array_refusal(wire from, const erased_codec& element);

} // namespace detail

template <class T>
    requires(readable<T> && !detail::is_array<detail::leaf_t<T>> && !std::same_as<T, std::byte> &&
             !std::same_as<T, bool>)
struct codec<std::vector<T>> {
    static constexpr oid element = codec<detail::leaf_t<T>>::type;
    static constexpr oid type = oids::inferred; // arrays of arrays are refused: no array holds one
    // An enum's array type has no number known here: such arrays go as text and the server infers their type. What
    // they encode in binary is an open form.
    static constexpr oid parameter_type = array_of(element);
    static constexpr format parameter_format =
        parameter_type == oids::inferred || detail::sent_as_text_only<detail::leaf_t<T>> ? format::text
                                                                                         : format::binary;

    static std::string name() { return "std::vector<" + detail::codec_name<T>() + ">"; }
    static decode_function decoder(wire from) noexcept {
        if constexpr (!std::default_initializable<T>) return nullptr; // can be sent, not filled in place
        else if (!detail::can_hold_array(from, codec_for<T>)) return nullptr;
        else
            return [](std::string_view bytes, wire source, void* value) {
                using vector = std::vector<T>;
                detail::decode_array(
                    bytes, source,
                    {&codec_for<T>, value,
                     [](void* to) -> void* { return &static_cast<vector*>(to)->emplace_back(); },
                     [](void* to) { static_cast<vector*>(to)->clear(); },
                     [](void* to, std::size_t elements) { static_cast<vector*>(to)->reserve(elements); }});
            };
    }
    static std::string refusal(wire from) { return detail::array_refusal(from, codec_for<T>); }
    static constexpr detail::value_parts parts() {
        return {detail::parts_of<detail::leaf_t<T>>().attributes, &codec_for<T>};
    }
    static void encode(const std::vector<T>& values, format encoding, byte_writer& to) {
        detail::encode_array({&codec_for<T>, &values, values.size(),
                              [](const void* of, std::size_t index) -> const void* {
                                  return &(*static_cast<const std::vector<T>*>(of))[index];
                              }},
                             encoding, to);
    }
};

/// std::vector<bool> has no addressable elements: it goes through a vector of one-member structs.
template <> struct codec<std::vector<bool>> {
    struct flag {
        bool value = false;
    };
    using carrier = codec<std::vector<flag>>;
    static constexpr oid type = oids::inferred, parameter_type = array_of(oids::boolean);
    static constexpr format parameter_format = format::binary;
    static std::string name() { return "std::vector<bool>"; }
    static decode_function decoder(wire from) noexcept;
    static void encode(const std::vector<bool>& values, format encoding, byte_writer& to);
};

namespace detail {
template <> inline std::string codec_name<codec<std::vector<bool>>::flag>() {
    return "bool"; // what the user knows it as
}
} // namespace detail

} // namespace howdah
