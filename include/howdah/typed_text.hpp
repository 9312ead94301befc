// SPDX-License-Identifier: BSL-1.0
//
// typed_text: the text of a value of one server type that has no C++ type of its own. See xml.hpp, jsonpath.hpp and
// text_search.hpp for those that are used. howdah does not look into the text; the server checks it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <howdah/codec.hpp>

namespace howdah {

namespace detail {

/// Some of these types have a binary form that is their text, or nearly so; the others travel as text alone.
constexpr bool has_binary_text(oid type) noexcept {
    return type == oids::xml || type == oids::jsonpath;
}
bool can_hold_typed_text(wire from, oid type) noexcept;
/// The text in a cell. Throws decode_error for a binary form of another version.
std::string_view text_in_cell(std::string_view bytes, wire from);
void encode_typed_text(std::string_view text, oid type, format encoding, byte_writer& to);

} // namespace detail

/// The text of a value of the server's type `Type`, as the server wrote it, or as given. Equal if the texts are.
template <oid Type> class typed_text {
public:
    typed_text() = default;
    /// Takes the text as it is. Sending it checks that it is UTF-8 without NUL.
    explicit typed_text(std::string text) : text_(std::move(text)) {}
    /// Lives as long as this object.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    friend bool operator==(const typed_text&, const typed_text&) = default;

private:
    std::string text_;
};

template <oid Type> struct codec<typed_text<Type>> {
    static constexpr oid type = Type, parameter_type = Type;
    static constexpr format parameter_format = format::text;
    static constexpr bool text_only = !detail::has_binary_text(Type);
    static std::string name() { return "text of type " + type_name(Type); }
    static decode_function decoder(wire from) noexcept {
        if (!detail::can_hold_typed_text(from, Type)) return nullptr;
        return [](std::string_view bytes, wire source, void* value) {
            *static_cast<typed_text<Type>*>(value) =
                typed_text<Type>(std::string(detail::text_in_cell(bytes, source)));
        };
    }
    static void encode(const typed_text<Type>& value, format encoding, byte_writer& to) {
        detail::encode_typed_text(value.text(), Type, encoding, to);
    }
};

} // namespace howdah
