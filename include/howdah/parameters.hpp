// SPDX-License-Identifier: BSL-1.0
//
// parameters: the values of one statement, encoded and owned.
//
//     howdah::parameters values;
//     values.add(42).add("Ada").add(std::optional<std::string>{});
//
// A value that cannot be sent (NUL byte or invalid UTF-8 in a text, more than 65,535 values, a gigabyte or
// more) is refused with usage_error here, before anything goes to the server. Not safe to share between
// threads.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <howdah/bytes.hpp>
#include <howdah/codec.hpp>
#include <howdah/oid.hpp>

namespace howdah {

/// The values of one statement, in the order of $1, $2, ...
///
/// Its members are compiled once: inline ones would cost every program that includes this header, and every place that
/// makes one.
class parameters {
public:
    /// The protocol counts parameters in 16 bits (PostgreSQL manual, "Message Formats", Bind).
    static constexpr std::size_t max_count = 65'535;

    parameters() noexcept;
    parameters(const parameters& other);
    parameters& operator=(const parameters& other);
    parameters(parameters&& other) noexcept;
    parameters& operator=(parameters&& other) noexcept;
    ~parameters();
    /// `encoding`: text sends every value as text, binary (the default) leaves the choice to the value's
    /// codec.
    explicit parameters(format encoding) noexcept;

    /// Appends a value. Throws usage_error if it cannot be sent; the object is then as before.
    template <bindable T> parameters& add(const T& value) {
        add_erased(codec_for<T>, &value);
        return *this;
    }
    /// Text up to its first NUL byte; must not be null.
    parameters& add(const char* text) { return add(std::string_view(text)); }
    /// Appends a value through its erased codec: `value` points at an object of the type that `with` was made
    /// for.
    void add_erased(const erased_codec& with, const void* value);
    /// Appends a value that is encoded already, in binary, and stays where it is: `bytes` must outlive this object and
    /// its copies. For values that are too large to be copied.
    void add_encoded(oid type, std::string_view bytes);
    /// Appends all values of `others`.
    void append(const parameters& others);

    /// How many values there are.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// What libpq's array parameters need. The pointers are valid until the next change of this object.
    struct entry {
        oid type;
        int length;         ///< bytes; -1: NULL
        std::size_t offset; ///< of the value in bytes()
        format encoding;
        const char* outside; ///< where the value is instead, after add_encoded(); null otherwise
    };
    [[nodiscard]] std::span<const entry> entries() const noexcept;
    [[nodiscard]] const char* bytes() const noexcept { return bytes_.data(); }
    /// The values that must not be sent before one has looked at the type that the server has for them: structs, and
    /// arrays of structs. They are there as text; and in binary, without the numbers of types, from `open` on.
    struct checked_value {
        std::size_t index; ///< from 0
        const erased_codec* codec;
        std::size_t open, open_size; ///< in bytes(); size 0: there is only the text
    };
    [[nodiscard]] std::span<const checked_value> checked() const noexcept;
    [[nodiscard]] bool any_checked() const noexcept { return !checked_.empty(); }

private:
    void append(const entry& one);
    void add_leaf(const erased_codec& with, const void* leaf, format encoding);
    void add_struct(const erased_codec& with, const void* leaf);
    [[nodiscard]] std::size_t sent_bytes() const noexcept;

    byte_writer bytes_;
    std::array<entry, 8> few_; // up to here no allocation; the first size_ of them are set
    std::vector<entry> many_;
    std::vector<checked_value> checked_;
    std::size_t size_ = 0;
    format encoding_ = format::binary;
};

/// All of `values` as the parameters of one statement.
template <bindable... T> [[nodiscard]] parameters bind(const T&... values) {
    parameters all;
    (all.add(values), ...);
    return all;
}

} // namespace howdah
