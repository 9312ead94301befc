// SPDX-License-Identifier: BSL-1.0
//
// array<T>: an array of up to six dimensions, with the index at which each begins. std::vector<T> is the
// shorter way for arrays of one dimension that begin at 1, which most are; this header also lets
// std::vector<std::vector<T>> hold arrays of two.
//
//     howdah::array<std::int32_t> matrix{{{2}, {3}}, {1, 2, 3, 4, 5, 6}};     // two rows of three
//     matrix.at({2, 1});                                                      // 4: indexes as in SQL
//     howdah::array<double> series{{{3, -1}}, {0.5, 1, 2}};                   // [-1:1]={0.5,1,2}
//
// NULL elements need std::optional elements. Include this header before the first use of such a type. Not safe
// to change from several threads. Source: PostgreSQL manual, section 8.15.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <howdah/codec.hpp>

namespace howdah {

namespace detail {

/// The place of an element. Throws usage_error where there is none.
std::size_t place_in_array(std::span<const array_dimension> dimensions,
                           std::span<const std::int32_t> subscripts);
[[noreturn]] void refuse_rows();
[[noreturn]] void refuse_ragged_rows();

} // namespace detail

/// An array. Its number of elements is the product of the sizes of its dimensions; an empty array has none. Sending one
/// of which that is not true is a usage_error.
template <class T> struct array {
    std::vector<array_dimension> dimensions{};
    std::vector<T> elements{}; ///< the last index runs fastest

    /// The element with these subscripts, counted as SQL counts. Throws usage_error outside the array.
    [[nodiscard]] decltype(auto) at(std::initializer_list<std::int32_t> subscripts) const {
        return elements[detail::place_in_array(dimensions, {subscripts.begin(), subscripts.size()})];
    }
    friend bool operator==(const array&, const array&) = default;
};

namespace detail {

template <class T> inline constexpr bool is_array<array<T>> = true;

} // namespace detail

template <class T>
    requires(bindable<T> && !detail::is_array<detail::leaf_t<T>> && !std::same_as<T, bool>)
struct codec<array<T>> {
    static constexpr oid type = oids::inferred; // no array holds one
    static constexpr oid parameter_type = array_of(codec<detail::leaf_t<T>>::type);
    static constexpr format parameter_format =
        parameter_type == oids::inferred || detail::sent_as_text_only<detail::leaf_t<T>> ? format::text
                                                                                         : format::binary;

    static std::string name() { return "howdah::array<" + detail::codec_name<T>() + ">"; }
    static decode_function decoder(wire from) noexcept {
        if (!std::default_initializable<T> || !detail::can_hold_array(from, codec_for<T>)) return nullptr;
        return [](std::string_view bytes, wire source, void* value) {
            detail::decode_array(
                bytes, source,
                {&codec_for<T>, value,
                 [](void* to) -> void* {
                     if constexpr (std::default_initializable<T>)
                         return &static_cast<array<T>*>(to)->elements.emplace_back();
                     else return nullptr; // can be sent, not filled in place
                 },
                 [](void* to) {
                     static_cast<array<T>*>(to)->elements.clear();
                     static_cast<array<T>*>(to)->dimensions.clear();
                 },
                 [](void* to, std::size_t size) { static_cast<array<T>*>(to)->elements.reserve(size); },
                 [](void* to, std::span<const array_dimension> dimensions) {
                     static_cast<array<T>*>(to)->dimensions.assign(dimensions.begin(), dimensions.end());
                 }});
        };
    }
    static std::string refusal(wire from) { return detail::array_refusal(from, codec_for<T>); }
    static constexpr detail::value_parts parts() {
        return {detail::parts_of<detail::leaf_t<T>>().attributes, &codec_for<T>};
    }
    static void encode(const array<T>& value, format encoding, byte_writer& to) {
        detail::encode_array({&codec_for<T>, &value, value.elements.size(),
                              [](const void* of, std::size_t index) -> const void* {
                                  return &static_cast<const array<T>*>(of)->elements[index];
                              },
                              true, value.dimensions},
                             encoding, to);
    }
};

/// Its elements have no addresses: they go through one-member structs.
template <> struct codec<array<bool>> {
    using flag = codec<std::vector<bool>>::flag;
    using carrier = codec<array<flag>>;
    static constexpr oid type = oids::inferred, parameter_type = array_of(oids::boolean);
    static constexpr format parameter_format = format::binary;
    static std::string name() { return "howdah::array<bool>"; }
    static decode_function decoder(wire from) noexcept;
    static void encode(const array<bool>& value, format encoding, byte_writer& to);
};

/// Rows of one length, both indexes from 1 on. Others are refused, usage_error when sent, decode_error when read.
template <class T>
    requires(readable<T> && bindable<T> && std::default_initializable<T> &&
             !detail::is_array<detail::leaf_t<T>> && !std::same_as<T, bool> && !std::same_as<T, std::byte>)
struct codec<std::vector<std::vector<T>>> {
    using carrier = codec<array<T>>;
    using rows_type = std::vector<std::vector<T>>;
    static constexpr oid type = oids::inferred, parameter_type = carrier::parameter_type;
    static constexpr format parameter_format = carrier::parameter_format;

    static std::string name() { return "std::vector<std::vector<" + detail::codec_name<T>() + ">>"; }
    static decode_function decoder(wire from) noexcept {
        if (!carrier::decoder(from)) return nullptr;
        return [](std::string_view bytes, wire source, void* value) {
            array<T> read;
            carrier::decoder(source)(bytes, source, &read);
            auto& rows = *static_cast<rows_type*>(value);
            rows.clear();
            if (read.elements.empty()) return;
            const auto& sides = read.dimensions;
            if (sides.size() != 2 || sides[0].lower != 1 || sides[1].lower != 1) detail::refuse_rows();
            auto next = std::make_move_iterator(read.elements.begin());
            for (std::int32_t row = 0; row < sides[0].size; ++row, next += sides[1].size)
                rows.emplace_back(next, next + sides[1].size);
        };
    }
    static std::string refusal(wire from) { return carrier::refusal(from); }
    static constexpr detail::value_parts parts() { return carrier::parts(); }
    static void encode(const rows_type& rows, format encoding, byte_writer& to) {
        const std::size_t columns = rows.empty() ? 0 : rows.front().size();
        for (const auto& row : rows)
            if (row.empty() || row.size() != columns) detail::refuse_ragged_rows();
        const array_dimension sides[] = {{static_cast<std::int32_t>(rows.size())},
                                         {static_cast<std::int32_t>(columns)}};
        detail::encode_array({&codec_for<T>, &rows, rows.size() * columns,
                              [](const void* of, std::size_t index) -> const void* {
                                  const auto& from = *static_cast<const rows_type*>(of);
                                  return &from[index / from.front().size()][index % from.front().size()];
                              },
                              true, rows.empty() ? std::span<const array_dimension>() : sides},
                             encoding, to);
    }
};

/// As array<bool>.
template <> struct codec<std::vector<std::vector<bool>>> {
    using flag = codec<std::vector<bool>>::flag;
    using carrier = codec<std::vector<std::vector<flag>>>;
    static constexpr oid type = oids::inferred, parameter_type = array_of(oids::boolean);
    static constexpr format parameter_format = format::binary;
    static std::string name() { return "std::vector<std::vector<bool>>"; }
    static decode_function decoder(wire from) noexcept;
    static void encode(const std::vector<std::vector<bool>>& rows, format encoding, byte_writer& to);
};

} // namespace howdah
