// SPDX-License-Identifier: BSL-1.0
//
// Ranges and multiranges. Binary: range_send and multirange_send in the server's src/backend/utils/adt/rangetypes.c and
// multirangetypes.c; text: PostgreSQL manual, section 8.17.5, and range_out.
#include <howdah/detail/codec_range.hpp>

#include <algorithm>

#include <howdah/type_details.hpp>

#include "codec_support.hpp"

namespace howdah::detail {

namespace {

// range_send: the flags before the bounds.
constexpr unsigned is_empty = 0x01, lower_inclusive = 0x02, upper_inclusive = 0x04, no_lower = 0x08,
                   no_upper = 0x10;

/// How a bound arrives in a range that arrives so; type 0: it is no range, or nobody knows what it is a range of.
wire bound_wire(wire range, const erased_codec& bound) noexcept {
    if (range.details)
        return range.details->kind == type_kind::range ? wire_of(range.details->subtype, range.encoding)
                                                       : wire{};
    for (const oid type :
         {oids::int4, oids::int8, oids::numeric, oids::date, oids::timestamp, oids::timestamptz})
        if (range_over(type) == range.type) return {type, range.encoding};
    // In binary a bound does not say what it is; of a text only the form is needed.
    if (range.type < oids::first_user_defined || range.encoding == format::binary) return {};
    return {presumed_type(bound), range.encoding};
}

/// How a range arrives in a multirange that arrives so.
wire range_wire(wire multirange) noexcept {
    if (multirange.details)
        return multirange.details->kind == type_kind::multirange
                   ? wire_of(multirange.details->range, multirange.encoding)
                   : wire{};
    for (const oid type :
         {oids::int4, oids::int8, oids::numeric, oids::date, oids::timestamp, oids::timestamptz})
        if (multirange_over(type) == multirange.type) return {range_over(type), multirange.encoding};
    return multirange.type >= oids::first_user_defined ? multirange : wire{};
}

/// Fills one range; what goes wrong in a bound names it.
class range_reader {
public:
    range_reader(const range_shape& shape, wire from)
        : shape_(shape), from_(bound_wire(from, *shape.bound)),
          decode_(from_.type != 0 ? shape.bound->decoder(from_) : nullptr) {
        if (!decode_)
            throw decode_error(type_name(from) + " has no bounds that " + shape.bound->name() + " can hold");
    }

    void begin(void* range) {
        range_ = range;
        shape_.clear(range);
    }
    void bound(std::string_view bytes, bool upper) {
        void* const value = shape_.make_bound(range_, upper);
        try {
            decode_(bytes, from_, shape_.bound->engage ? shape_.bound->engage(value) : value);
        } catch (const decode_error& failure) {
            throw decode_error(std::string(upper ? "upper" : "lower") + " bound: " + failure.reason(),
                               failure.value(), failure.offset());
        }
    }
    void finish(bool lower_in, bool upper_in) { shape_.form(range_) = {false, lower_in, upper_in}; }

private:
    const range_shape& shape_;
    wire from_;
    decode_function decode_;
    void* range_ = nullptr;
};

// ---- binary

std::string_view read_cell(byte_reader& in, const char* what) {
    const auto length = in.read<std::int32_t>();
    const auto cell = in.bytes(length < 0 ? SIZE_MAX : static_cast<std::size_t>(length));
    if (!in.ok()) throw decode_error(std::string("a range that ends within ") + what);
    return cell;
}

void read_binary(std::string_view bytes, range_reader& into, void* range) {
    byte_reader in(bytes);
    const unsigned flags = in.read<std::uint8_t>();
    if (!in.ok()) throw decode_error("a range without flags");
    into.begin(range);
    if (flags & is_empty) {
        if (flags != is_empty) throw decode_error("an empty range with bounds");
    } else {
        if (flags & ~(lower_inclusive | upper_inclusive | no_lower | no_upper))
            throw decode_error("a range with flags that are not known");
        if ((flags & no_lower && flags & lower_inclusive) || (flags & no_upper && flags & upper_inclusive))
            throw decode_error("a range that includes a bound that is not there");
        if (!(flags & no_lower)) into.bound(read_cell(in, "its lower bound"), false);
        if (!(flags & no_upper)) into.bound(read_cell(in, "its upper bound"), true);
        into.finish((flags & lower_inclusive) != 0, (flags & upper_inclusive) != 0);
    }
    if (!in.finished()) throw decode_error("bytes after the end of a range");
}

void write_binary(const range_shape& shape, const void* range, byte_writer& to) {
    const auto& form = shape.form(const_cast<void*>(range)); // only read from
    if (form.empty) return to.write(static_cast<std::uint8_t>(is_empty));
    const void* const ends[] = {shape.look(range, false), shape.look(range, true)};
    to.write(static_cast<std::uint8_t>((form.lower_inclusive ? lower_inclusive : 0U) |
                                       (form.upper_inclusive ? upper_inclusive : 0U) |
                                       (ends[0] ? 0U : no_lower) | (ends[1] ? 0U : no_upper)));
    for (const void* const end : ends) {
        if (!end) continue;
        const auto length = to.size();
        to.write(std::int32_t{0});
        shape.bound->encode(shape.bound->look ? shape.bound->look(end) : end, format::binary, to);
        to.patch(length, static_cast<std::int32_t>(to.size() - length - 4));
    }
}

// ---- text

/// What stands in quotes inside a bound: range_bound_escape() of the server.
constexpr std::string_view quoted_characters = "()[],\"\\ \t\n\r\v\f";

/// Reads the text of a range as the server writes it: stricter than what the server reads.
class range_text {
public:
    explicit range_text(std::string_view text) : text_(text) {}

    void read(range_reader& into, void* range) {
        into.begin(range);
        if (text_.substr(at_).starts_with("empty")) {
            at_ += 5;
            return;
        }
        const bool lower_in = peek() == '[';
        if (!lower_in && peek() != '(') refuse("'[', '(' or \"empty\" expected in the text of a range");
        ++at_;
        const bool lower = bound(into, false);
        take(',');
        const bool upper = bound(into, true);
        const bool upper_in = peek() == ']';
        if (!upper_in && peek() != ')') refuse("']' or ')' missing in the text of a range");
        if ((lower_in && !lower) || (upper_in && !upper))
            refuse("a range that includes a bound that is not there");
        ++at_;
        into.finish(lower_in, upper_in);
    }

    /// The next character; NUL, which no text from the server holds, at the end.
    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
    void take(char expected) {
        if (peek() != expected) refuse(std::string("'") + expected + "' missing in the text of a range");
        ++at_;
    }
    void finish() const {
        if (at_ != text_.size()) refuse("text after the end of a range");
    }

private:
    /// False where there is none.
    bool bound(range_reader& into, bool upper) {
        if (peek() == '"') {
            quoted();
            into.bound(unescaped_, upper);
            return true;
        }
        const auto end = std::min(text_.find_first_of(quoted_characters, at_), text_.size());
        const auto word = text_.substr(at_, end - at_);
        at_ = end;
        if (!word.empty()) into.bound(word, upper);
        return !word.empty();
    }
    void quoted() {
        unescaped_.clear();
        for (++at_;; ++at_) {
            if (peek() == '\\' || (peek() == '"' && text_.substr(at_ + 1).starts_with('"'))) ++at_;
            else if (peek() == '"') break;
            if (at_ >= text_.size()) refuse("an unfinished quoted bound in the text of a range");
            unescaped_ += text_[at_];
        }
        ++at_;
    }
    [[noreturn]] void refuse(std::string reason) const {
        throw decode_error(std::move(reason), std::string(text_), at_);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string unescaped_;
};

void append_bound(std::string_view text, byte_writer& to) {
    if (!text.empty() && text.find_first_of(quoted_characters) == std::string_view::npos)
        return to.write(text);
    to.write('"');
    for (const char c : text) {
        if (c == '"' || c == '\\') to.write(c);
        to.write(c);
    }
    to.write('"');
}

void write_text(const range_shape& shape, const void* range, byte_writer& to) {
    const auto& form = shape.form(const_cast<void*>(range)); // only read from
    if (form.empty) return to.write(std::string_view("empty"));
    byte_writer text;
    const auto bound = [&](bool upper) {
        const void* const end = shape.look(range, upper);
        if (!end) return;
        text.clear();
        shape.bound->encode(shape.bound->look ? shape.bound->look(end) : end, format::text, text);
        append_bound(text.view(), to);
    };
    to.write(form.lower_inclusive ? '[' : '(');
    bound(false);
    to.write(',');
    bound(true);
    to.write(form.upper_inclusive ? ']' : ')');
}

void read_binary_multirange(std::string_view bytes, range_reader& reader, const multirange_shape& shape,
                            void* multirange) {
    byte_reader in(bytes);
    const auto count = in.read<std::int32_t>();
    // Every range has at least its length and its flags.
    if (!in.ok() || count < 0 || static_cast<std::size_t>(count) > in.left() / 5)
        throw decode_error("a multirange that is shorter than its header says");
    for (std::int32_t i = 0; i < count; ++i)
        read_binary(read_cell(in, "a multirange"), reader, shape.append(multirange));
    if (!in.finished()) throw decode_error("bytes after the last range of a multirange");
}

} // namespace

bool can_hold_range(wire from, const erased_codec& bound) noexcept {
    const wire each = bound_wire(from, bound);
    return each.type != 0 && bound.decoder && bound.decoder(each);
}

bool can_hold_multirange(wire from, const erased_codec& bound) noexcept {
    const wire each = range_wire(from);
    return each.type != 0 && can_hold_range(each, bound);
}

void decode_range(std::string_view bytes, wire from, const range_shape& shape, void* range) {
    range_reader reader(shape, from);
    if (from.encoding == format::binary) return read_binary(bytes, reader, range);
    range_text text(bytes);
    text.read(reader, range);
    text.finish();
}

void decode_multirange(std::string_view bytes, wire from, const multirange_shape& shape, void* multirange) {
    range_reader reader(*shape.range, range_wire(from));
    shape.clear(multirange);
    if (from.encoding == format::binary) return read_binary_multirange(bytes, reader, shape, multirange);
    range_text text(bytes);
    text.take('{');
    if (text.peek() != '}') {
        text.read(reader, shape.append(multirange));
        while (text.peek() == ',') {
            text.take(',');
            text.read(reader, shape.append(multirange));
        }
    }
    text.take('}');
    text.finish();
}

void encode_range(const range_shape& shape, const void* range, format encoding, byte_writer& to) {
    if (encoding == format::binary) write_binary(shape, range, to);
    else write_text(shape, range, to);
}

void encode_multirange(const multirange_shape& shape, const void* multirange, format encoding,
                       byte_writer& to) {
    const auto size = shape.size(multirange);
    if (encoding == format::binary) {
        if (size > static_cast<std::size_t>(INT32_MAX))
            throw usage_error("a multirange of more than 2^31 ranges");
        to.write(static_cast<std::int32_t>(size));
        for (std::size_t i = 0; i < size; ++i) {
            const auto length = to.size();
            to.write(std::int32_t{0});
            write_binary(*shape.range, shape.at(multirange, i), to);
            to.patch(length, static_cast<std::int32_t>(to.size() - length - 4));
        }
        return;
    }
    to.write('{');
    for (std::size_t i = 0; i < size; ++i) {
        if (i > 0) to.write(',');
        write_text(*shape.range, shape.at(multirange, i), to);
    }
    to.write('}');
}

void refuse_range_end() {
    throw usage_error("the range has no canonical form: the value after its bound is beyond the type");
}

} // namespace howdah::detail
