// SPDX-License-Identifier: BSL-1.0
//
// What the two forms of an array share: filling it element by element, and its dimensions.
#pragma once

#include <array>
#include <span>
#include <string>

#include <howdah/detail/codec_array.hpp>
#include <howdah/type_details.hpp>

namespace howdah::detail {

/// MAXDIM of the server.
inline constexpr std::size_t most_dimensions = 6;

/// Up to six dimensions, without an allocation.
class dimension_list {
public:
    void push_back(array_dimension one) noexcept { all_[size_++] = one; }
    void clear() noexcept { size_ = 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    array_dimension& operator[](std::size_t index) noexcept { return all_[index]; }
    [[nodiscard]] std::span<const array_dimension> view() const noexcept { return {all_.data(), size_}; }

private:
    std::array<array_dimension, most_dimensions> all_{};
    std::size_t size_ = 0;
};

/// Appends elements one after the other; what goes wrong in one names its index.
class element_reader {
public:
    element_reader(const array_target& into, wire element)
        : into_(into), element_(element), decode_(into.element->decoder(element)) {
        if (!decode_)
            throw decode_error("an array of " + type_name(element) + " cannot hold elements of " +
                               into.element->name());
    }

    void append(std::string_view bytes) {
        void* const value = into_.append(into_.container);
        try {
            decode_(bytes, element_, into_.element->engage ? into_.element->engage(value) : value);
        } catch (const decode_error& failure) {
            throw decode_error(here() + ": " + failure.reason(), failure.value(), failure.offset());
        }
        ++index_;
    }

    void append_null() {
        if (!into_.element->set_null)
            throw decode_error(here() + " is NULL, which " + into_.element->name() +
                               " cannot hold: use std::optional");
        into_.element->set_null(into_.append(into_.container));
        ++index_;
    }

private:
    [[nodiscard]] std::string here() const { return "element [" + std::to_string(index_) + "]"; }

    const array_target& into_;
    wire element_;
    decode_function decode_;
    std::size_t index_ = 0;
};

/// Reads the text of an array as the server writes it, and puts its dimensions into `dimensions`. Throws decode_error.
void read_array_text(std::string_view text, element_reader& elements, bool any_shape,
                     dimension_list& dimensions);
/// Writes the text of an array of these dimensions, which must be those of its elements.
void write_array_text(const array_source& from, std::span<const array_dimension> dimensions, byte_writer& to);

} // namespace howdah::detail
