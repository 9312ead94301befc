// SPDX-License-Identifier: BSL-1.0
//
// Enums with labels. See codec.hpp.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <howdah/detail/codec_trait.hpp>

namespace howdah {

/// A C++ enumeration that travels as the labels of an SQL enum (or as text):
///
///     template <> struct howdah::enum_labels<mood> {
///         static constexpr std::array<std::pair<mood, std::string_view>, 2> values{{{mood::sad, "sad"},
///         {mood::ok, "ok"}}};
///     };
template <class E> struct enum_labels;

namespace detail {

template <class E>
concept labelled_enum = std::is_enum_v<E> && requires { enum_labels<E>::values.size(); };

/// Throws decode_error for a label that is not in the list.
[[noreturn]] void refuse_label(std::string_view label, const std::string& type);
[[noreturn]] void refuse_enumerator(const std::string& type);
/// Labels arrive as text in both encodings, from text columns and from types created by users.
bool can_hold_labels(wire from) noexcept;
/// Appends text after checking that it can be sent.
void encode_text(std::string_view text, byte_writer& to);

} // namespace detail

/// The label of an enumerator. Throws usage_error for a value that has none.
template <detail::labelled_enum E> [[nodiscard]] std::string_view label_of(E value) {
    for (const auto& [enumerator, label] : enum_labels<E>::values)
        if (enumerator == value) return label;
    detail::refuse_enumerator(std::string(detail::pretty_name<E>()));
}
/// The enumerator with this label. Throws decode_error if there is none.
template <detail::labelled_enum E> [[nodiscard]] E enumerator_of(std::string_view label) {
    for (const auto& [enumerator, text] : enum_labels<E>::values)
        if (text == label) return enumerator;
    detail::refuse_label(label, std::string(detail::pretty_name<E>()));
}

template <detail::labelled_enum E> struct codec<E> {
    static constexpr oid type = oids::inferred, parameter_type = oids::inferred;
    static constexpr format parameter_format = format::text;
    static std::string name() { return std::string(detail::pretty_name<E>()); }
    static decode_function decoder(wire from) noexcept {
        if (!detail::can_hold_labels(from)) return nullptr;
        return [](std::string_view bytes, wire, void* value) {
            *static_cast<E*>(value) = enumerator_of<E>(bytes);
        };
    }
    static void encode(E value, format, byte_writer& to) { detail::encode_text(label_of(value), to); }
};

} // namespace howdah
