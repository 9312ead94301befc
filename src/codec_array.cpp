// SPDX-License-Identifier: BSL-1.0
//
// Arrays of one dimension. Binary: array_send in the server's src/backend/utils/adt/arrayfuncs.c; text:
// PostgreSQL manual, section 8.15.6.
#include <howdah/codec.hpp>
#include <howdah/type_details.hpp>

#include <algorithm>

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

/// Appends elements one after the other; what goes wrong in one names its index.
class element_reader {
public:
    element_reader(const detail::array_target& into, wire element)
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

    const detail::array_target& into_;
    wire element_;
    decode_function decode_;
    std::size_t index_ = 0;
};

// ---- binary

[[noreturn]] void refuse_array(std::string reason) {
    throw decode_error(std::move(reason));
}

/// The number of elements that follow, and their type: the header is 12 bytes, and 8 for each dimension.
std::size_t read_header(byte_reader& in, oid& element) {
    const auto dimensions = in.read<std::int32_t>();
    const auto has_null = in.read<std::int32_t>();
    element = in.read<oid>();
    if (!in.ok() || dimensions < 0 || has_null < 0 || has_null > 1) refuse_array("a malformed array header");
    if (dimensions > 1)
        refuse_array("an array of " + std::to_string(dimensions) + " dimensions; only one is read");
    if (dimensions == 0) return 0;
    const auto count = in.read<std::int32_t>();
    const auto lower_bound = in.read<std::int32_t>();
    // Every element has at least its length: a count beyond that is refused before it can reserve memory.
    if (!in.ok() || count < 0 || static_cast<std::size_t>(count) > in.left() / 4)
        refuse_array("an array that is shorter than its header says");
    if (lower_bound != 1) refuse_array("an array whose first index is not 1");
    return static_cast<std::size_t>(count);
}

/// How the elements arrive, by what the array itself says their type is.
wire announced_wire(wire array, oid element) noexcept {
    const auto* type = array.details;
    const bool known = type && type->kind == type_kind::array && type->element.type == element;
    return known ? wire_of(type->element, format::binary) : wire{element, format::binary};
}

void decode_binary_array(std::string_view bytes, wire from, const detail::array_target& into) {
    byte_reader in(bytes);
    oid type = 0;
    const std::size_t count = read_header(in, type);
    const wire element = announced_wire(from, type);
    into.clear(into.container);
    into.reserve(into.container, count);
    element_reader elements(into, element);
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

void encode_binary_array(const detail::array_source& from, byte_writer& to) {
    const auto& element = *from.element;
    if (element.type == oids::inferred)
        throw usage_error("an array of " + element.name() + " has no fixed type: it travels as text");
    if (from.size > static_cast<std::size_t>(INT32_MAX))
        throw usage_error("an array of more than 2^31 elements");
    to.write(std::int32_t{from.size == 0 ? 0 : 1});
    const std::size_t has_null = to.size();
    to.write(std::int32_t{0});
    to.write(element.type);
    if (from.size == 0) return;
    to.write(static_cast<std::int32_t>(from.size));
    to.write(std::int32_t{1});
    for (std::size_t i = 0; i < from.size; ++i) {
        const void* const value = from.at(from.container, i);
        const void* const leaf = element.look ? element.look(value) : value;
        const std::size_t length = to.size();
        to.write(std::int32_t{-1});
        if (leaf) {
            element.encode(leaf, format::binary, to);
            to.patch(length, static_cast<std::int32_t>(to.size() - length - 4));
        } else {
            to.patch(has_null, 1);
        }
    }
}

// ---- text

/// array_isspace() of the server.
constexpr std::string_view spaces = " \t\n\r\v\f";

bool is_null_word(std::string_view text) noexcept {
    return text.size() == 4 && std::ranges::equal(text, std::string_view("null"), {}, [](char c) {
               return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
           });
}

/// Reads the text of an array of one dimension as the server writes it: stricter than what the server reads.
class array_text {
public:
    explicit array_text(std::string_view text) : text_(text) {}

    void read(element_reader& elements) {
        if (text_.starts_with('[')) refuse("an array whose first index is not 1");
        take('{');
        if (peek() != '}') {
            element(elements);
            while (peek() == ',') {
                ++at_;
                element(elements);
            }
        }
        take('}');
        if (at_ != text_.size()) refuse("text after the end of an array");
    }

private:
    /// The next character; NUL, which no text from the server holds, at the end.
    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    void take(char expected) {
        if (peek() != expected) refuse(std::string("'") + expected + "' missing in the text of an array");
        ++at_;
    }

    void element(element_reader& elements) {
        if (peek() == '{') refuse("an array of several dimensions; only one is read");
        if (peek() == '"') return quoted(elements);
        const std::size_t end = std::min(text_.find_first_of(",{}\"\\ \t\n\r\v\f", at_), text_.size());
        const std::string_view word = text_.substr(at_, end - at_);
        if (word.empty()) refuse("an element missing in the text of an array");
        at_ = end;
        if (is_null_word(word)) elements.append_null();
        else elements.append(word);
    }

    void quoted(element_reader& elements) {
        unescaped_.clear();
        for (++at_; peek() != '"'; ++at_) {
            if (peek() == '\\') ++at_;
            if (at_ >= text_.size()) refuse("an unfinished quoted element in the text of an array");
            unescaped_ += text_[at_];
        }
        ++at_;
        elements.append(unescaped_);
    }

    [[noreturn]] void refuse(std::string reason) const {
        throw decode_error(std::move(reason), std::string(text_), at_);
    }

    std::string_view text_;
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

void encode_text_array(const detail::array_source& from, byte_writer& to) {
    byte_writer text;
    to.write('{');
    for (std::size_t i = 0; i < from.size; ++i) {
        if (i > 0) to.write(',');
        const void* const value = from.at(from.container, i);
        const void* const leaf = from.element->look ? from.element->look(value) : value;
        text.clear();
        if (leaf) from.element->encode(leaf, format::text, text);
        if (leaf) append_quoted(text.view(), to);
        else to.write(std::string_view("NULL"));
    }
    to.write('}');
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
    if (from.encoding == format::binary) return decode_binary_array(bytes, from, into);
    into.clear(into.container);
    element_reader elements(into, element_wire(from));
    array_text(bytes).read(elements);
}

void encode_array(const array_source& from, format encoding, byte_writer& to) {
    if (encoding == format::binary) encode_binary_array(from, to);
    else encode_text_array(from, to);
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

} // namespace howdah
