// SPDX-License-Identifier: BSL-1.0
//
// The text of arrays: PostgreSQL manual, section 8.15.6.
#include <algorithm>
#include <charconv>

#include "array_parts.hpp"

namespace howdah::detail {

namespace {

/// array_isspace() of the server.
constexpr std::string_view spaces = " \t\n\r\v\f";

bool is_null_word(std::string_view text) noexcept {
    return text.size() == 4 && std::ranges::equal(text, std::string_view("null"), {}, [](char c) {
               return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
           });
}

/// Stricter than what the server reads.
class array_text {
public:
    array_text(std::string_view text, element_reader& elements, bool any_shape, dimension_list& dimensions)
        : text_(text), elements_(elements), any_shape_(any_shape), dimensions_(dimensions) {}

    void read() {
        if (!any_shape_ && peek() == '[')
            refuse("an array whose first index is not 1: read it into a howdah::array");
        read_bounds();
        const bool bounded = dimensions_.size() > 0;
        if (!bounded) count_braces();
        if (!bounded && text_.substr(at_).starts_with("{}")) {
            at_ += 2;
            dimensions_.clear();
        } else {
            level(0, bounded);
        }
        if (at_ != text_.size()) refuse("text after the end of an array");
    }

private:
    /// The next character; NUL, which no text from the server holds, at the end.
    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    void take(char expected) {
        if (peek() != expected) refuse(std::string("'") + expected + "' missing in the text of an array");
        ++at_;
    }

    /// "[0:2][-1:1]=", if there is one.
    void read_bounds() {
        while (peek() == '[') {
            if (dimensions_.size() == most_dimensions) refuse("an array of more than six dimensions");
            ++at_;
            const auto lower = number();
            take(':');
            const auto upper = number();
            take(']');
            // The server takes no bound whose successor is none.
            if (upper < lower || upper == INT32_MAX || upper - lower >= INT32_MAX)
                refuse("bounds of an array that make no sense");
            dimensions_.push_back(
                {static_cast<std::int32_t>(upper - lower + 1), static_cast<std::int32_t>(lower)});
        }
        if (dimensions_.size() > 0) take('=');
    }
    std::int64_t number() {
        std::int32_t value = 0;
        const auto rest = text_.substr(at_);
        const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
        if (failure != std::errc{}) refuse("a bound missing in the text of an array");
        at_ += static_cast<std::size_t>(end - rest.data());
        return value;
    }

    /// The dimensions of an array whose lower bounds are all 1 are told by how deep its first element stands.
    void count_braces() {
        const auto depth = std::min(text_.find_first_not_of('{', at_), text_.size()) - at_;
        if (depth > 1 && !any_shape_) {
            ++at_;
            refuse("an array of several dimensions: read it into a howdah::array");
        }
        if (depth > most_dimensions) refuse("an array of more than six dimensions");
        for (std::size_t i = 0; i < std::max<std::size_t>(depth, 1); ++i) dimensions_.push_back({0, 1});
    }

    /// One pair of braces. `known`: its size is; otherwise the first one at each depth tells it.
    void level(std::size_t depth, bool known) {
        take('{');
        std::int32_t size = 0;
        for (;; ++at_) {
            if (depth + 1 == dimensions_.size()) element();
            else level(depth + 1, known || size > 0);
            ++size;
            if (peek() != ',') break;
        }
        take('}');
        if (known && size != dimensions_[depth].size)
            refuse("rows of different lengths in the text of an array");
        dimensions_[depth].size = size;
    }

    void element() {
        if (peek() == '{') refuse("an element that is deeper than others in the text of an array");
        if (peek() == '"') return quoted();
        const std::size_t end = std::min(text_.find_first_of(",{}\"\\ \t\n\r\v\f", at_), text_.size());
        const std::string_view word = text_.substr(at_, end - at_);
        if (word.empty()) refuse("an element missing in the text of an array");
        at_ = end;
        if (is_null_word(word)) elements_.append_null();
        else elements_.append(word);
    }

    void quoted() {
        unescaped_.clear();
        for (++at_; peek() != '"'; ++at_) {
            if (peek() == '\\') ++at_;
            if (at_ >= text_.size()) refuse("an unfinished quoted element in the text of an array");
            unescaped_ += text_[at_];
        }
        ++at_;
        elements_.append(unescaped_);
    }

    [[noreturn]] void refuse(std::string reason) const {
        throw decode_error(std::move(reason), std::string(text_), at_);
    }

    std::string_view text_;
    element_reader& elements_;
    bool any_shape_;
    dimension_list& dimensions_;
    std::size_t at_ = 0;
    std::string unescaped_;
};

/// Appends an element; in quotes where the server would read it as something else.
void append_quoted(std::string_view text, byte_writer& to) {
    const bool plain = !text.empty() && !is_null_word(text) &&
                       text.find_first_of("{},\"\\") == std::string_view::npos &&
                       text.find_first_of(spaces) == std::string_view::npos;
    if (plain) return to.write(text);
    to.write('"');
    for (const char c : text) {
        if (c == '"' || c == '\\') to.write('\\');
        to.write(c);
    }
    to.write('"');
}

class array_writer {
public:
    array_writer(const array_source& from, std::span<const array_dimension> dimensions, byte_writer& to)
        : from_(from), dimensions_(dimensions), to_(to) {}

    void write() {
        if (from_.size == 0) return to_.write(std::string_view("{}"));
        if (std::ranges::any_of(dimensions_, [](const auto& one) { return one.lower != 1; })) bounds();
        level(0);
    }

private:
    void bounds() {
        std::string text;
        for (const auto& [size, lower] : dimensions_)
            text += '[' + std::to_string(lower) + ':' + std::to_string(std::int64_t{lower} + size - 1) + ']';
        to_.write(std::string_view(text += '='));
    }
    void level(std::size_t depth) {
        to_.write('{');
        for (std::int32_t i = 0; i < dimensions_[depth].size; ++i) {
            if (i > 0) to_.write(',');
            if (depth + 1 == dimensions_.size()) element();
            else level(depth + 1);
        }
        to_.write('}');
    }
    void element() {
        const void* const value = from_.at(from_.container, next_++);
        const void* const leaf = from_.element->look ? from_.element->look(value) : value;
        if (!leaf) return to_.write(std::string_view("NULL"));
        text_.clear();
        from_.element->encode(leaf, format::text, text_);
        append_quoted(text_.view(), to_);
    }

    const array_source& from_;
    std::span<const array_dimension> dimensions_;
    byte_writer& to_;
    byte_writer text_;
    std::size_t next_ = 0;
};

} // namespace

void read_array_text(std::string_view text, element_reader& elements, bool any_shape,
                     dimension_list& dimensions) {
    array_text(text, elements, any_shape, dimensions).read();
}

void write_array_text(const array_source& from, std::span<const array_dimension> dimensions,
                      byte_writer& to) {
    array_writer(from, dimensions, to).write();
}

} // namespace howdah::detail
