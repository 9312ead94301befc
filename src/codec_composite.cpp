// SPDX-License-Identifier: BSL-1.0
//
// Composite values. Binary: record_send in the server's src/backend/utils/adt/rowtypes.c; text: PostgreSQL manual,
// section 8.16.6, and record_out.
#include <howdah/detail/codec_composite.hpp>

#include <array>

#include <howdah/type_details.hpp>

#include "codec_support.hpp"
#include "open_form.hpp"

namespace howdah::detail {

namespace {

constexpr oid record = 2249;

/// A struct may hold a vector of itself: what the server sends decides then how deep it goes.
constexpr int deepest = 64;

class nesting {
public:
    nesting() {
        if (depth_ >= deepest)
            throw decode_error("composite values nested deeper than " + std::to_string(deepest) + " levels");
        ++depth_;
    }
    nesting(const nesting&) = delete;
    nesting& operator=(const nesting&) = delete;
    ~nesting() { --depth_; }

private:
    static inline thread_local int depth_ = 0;
};

// ---- the type

enum class misfit : unsigned char { none, kind, name, count, attribute_name, attribute_type };

struct finding {
    misfit what = misfit::none;
    std::size_t attribute = 0;
};

bool is_called(const type_details& type, std::string_view name) noexcept {
    if (name.empty() || name == type.name) return true;
    return name.size() == type.schema.size() + 1 + type.name.size() && name.starts_with(type.schema) &&
           name[type.schema.size()] == '.' && name.ends_with(type.name);
}

finding examine(wire from, const composite_description& into) noexcept {
    if (!from.details)
        return {from.type == record || from.type >= oids::first_user_defined ? misfit::none : misfit::kind};
    const auto& type = *from.details;
    if (type.kind != type_kind::composite) return {misfit::kind};
    if (!is_called(type, into.sql_name)) return {misfit::name};
    for (std::size_t i = 0; i < type.attributes.size() && i < into.fields.size(); ++i) {
        const auto& [name, codec] = into.fields[i];
        if (name != type.attributes[i].name) return {misfit::attribute_name, i};
        if (!codec->decoder || !codec->decoder(wire_of(type.attributes[i].type, from.encoding)))
            return {misfit::attribute_type, i};
    }
    return {type.attributes.size() == into.fields.size() ? misfit::none : misfit::count};
}

std::string quoted(std::string_view name) {
    return '"' + std::string(name) + '"';
}

/// Which attribute or field is one too many.
std::string surplus(const type_details& type, const composite_description& into) {
    const auto here = type.attributes.size(), there = into.fields.size();
    if (here > there) return "attribute " + quoted(type.attributes[there].name) + " has no field";
    return "there is no attribute " + quoted(into.fields[here].name);
}

std::string other_name(const type_details& type, const composite_description& into, std::size_t at) {
    return "attribute " + std::to_string(at + 1) + " is " + quoted(type.attributes[at].name) +
           ", the field there is " + quoted(into.fields[at].name);
}

// ---- reading

/// Fills the fields one after the other; what goes wrong in one names it.
class attribute_reader {
public:
    attribute_reader(wire from, const composite_description& into, void* value) : from_(from), into_(into) {
        into.addresses(value, addresses_.data());
    }

    [[nodiscard]] bool complete() const noexcept { return index_ == into_.fields.size(); }

    /// `type`: what the value says of itself; 0: nothing.
    void read(std::string_view bytes, oid type) {
        const auto& codec = *field().codec;
        const wire from = attribute_wire(type);
        const auto decode = codec.decoder ? codec.decoder(from) : nullptr;
        if (!decode) throw decode_error(here() + " is " + refusal_of(codec, from));
        void* const value = addresses_[index_];
        try {
            decode(bytes, from, codec.engage ? codec.engage(value) : value);
        } catch (const decode_error& failure) {
            throw decode_error(here() + ": " + failure.reason(), failure.value(), failure.offset());
        }
        ++index_;
    }

    void read_null() {
        const auto& codec = *field().codec;
        if (!codec.set_null)
            throw decode_error(here() + " is NULL, which " + codec.name() +
                               " cannot hold: use std::optional");
        codec.set_null(addresses_[index_]);
        ++index_;
    }

private:
    [[nodiscard]] const composite_field& field() const {
        if (complete())
            throw decode_error("a composite value with more attributes than " + std::string(into_.type));
        return into_.fields[index_];
    }
    [[nodiscard]] std::string here() const { return "attribute " + quoted(into_.fields[index_].name); }

    [[nodiscard]] wire attribute_wire(oid type) const noexcept {
        const auto* details = from_.details;
        if (details && index_ < details->attributes.size()) {
            const auto& known = details->attributes[index_].type;
            if (type == 0 || type == known.type) return wire_of(known, from_.encoding);
        }
        if (type != 0) return {type, from_.encoding}; // a record, or a type that was changed meanwhile
        return {presumed_type(*into_.fields[index_].codec), from_.encoding}; // text tells no types
    }

    wire from_;
    const composite_description& into_;
    std::array<void*, most_attributes> addresses_;
    std::size_t index_ = 0;
};

void read_binary(std::string_view bytes, attribute_reader& attributes) {
    byte_reader in(bytes);
    const auto count = in.read<std::int32_t>();
    // Every attribute has at least its type and its length.
    if (!in.ok() || count < 0 || static_cast<std::size_t>(count) > in.left() / 8)
        throw decode_error("a composite value that is shorter than its header says");
    for (std::int32_t i = 0; i < count; ++i) {
        const auto type = in.read<oid>();
        const auto length = in.read<std::int32_t>();
        if (!in.ok() || length < -1) throw decode_error("a malformed attribute of a composite value");
        if (length == -1) {
            attributes.read_null();
            continue;
        }
        const auto cell = in.bytes(static_cast<std::size_t>(length));
        if (!in.ok()) throw decode_error("a composite value that ends within an attribute");
        attributes.read(cell, type);
    }
    if (!in.finished()) throw decode_error("bytes after the last attribute of a composite value");
}

/// Whitespace as record_out() of the server sees it.
constexpr std::string_view quoted_characters = "(),\"\\ \t\n\r\v\f";

/// Reads the text of a row as the server writes it: stricter than what the server reads.
class composite_text {
public:
    explicit composite_text(std::string_view text) : text_(text) {}

    void read(attribute_reader& attributes) {
        take('(');
        if (peek() != ')' || !attributes.complete()) { // "()" is one NULL, or no attribute at all
            attribute(attributes);
            while (peek() == ',') {
                ++at_;
                attribute(attributes);
            }
        }
        take(')');
        if (at_ != text_.size()) refuse("text after the end of a composite value");
    }

private:
    /// The next character; NUL, which no text from the server holds, at the end.
    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    void take(char expected) {
        if (peek() != expected)
            refuse(std::string("'") + expected + "' missing in the text of a composite value");
        ++at_;
    }

    void attribute(attribute_reader& attributes) {
        if (peek() == '"') return quoted_attribute(attributes);
        const auto end = std::min(text_.find_first_of(quoted_characters, at_), text_.size());
        const auto word = text_.substr(at_, end - at_);
        at_ = end;
        if (word.empty()) attributes.read_null();
        else attributes.read(word, 0);
    }

    void quoted_attribute(attribute_reader& attributes) {
        std::string unescaped;
        for (++at_;; ++at_) {
            if (peek() == '\\' || (peek() == '"' && text_.substr(at_ + 1).starts_with('"'))) ++at_;
            else if (peek() == '"') break;
            if (at_ >= text_.size())
                refuse("an unfinished quoted attribute in the text of a composite value");
            unescaped += text_[at_];
        }
        ++at_;
        attributes.read(unescaped, 0);
    }

    [[noreturn]] void refuse(std::string reason) const {
        throw decode_error(std::move(reason), std::string(text_), at_);
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// ---- writing

/// As record_out() writes an attribute.
void append_attribute(std::string_view text, byte_writer& to) {
    if (!text.empty() && text.find_first_of(quoted_characters) == std::string_view::npos)
        return to.write(text);
    to.write('"');
    for (const char c : text) {
        if (c == '"' || c == '\\') to.write(c);
        to.write(c);
    }
    to.write('"');
}

void write_open(const composite_description& from, std::span<void* const> addresses, byte_writer& to) {
    to.write(static_cast<std::int32_t>(from.fields.size()));
    for (std::size_t i = 0; i < from.fields.size(); ++i) {
        const auto& codec = *from.fields[i].codec;
        const void* const leaf = codec.look ? codec.look(addresses[i]) : addresses[i];
        to.write(open_type);
        const auto length = to.size();
        to.write(std::int32_t{-1});
        if (!leaf) continue;
        codec.encode(leaf, open_format(codec), to);
        to.patch(length, static_cast<std::int32_t>(to.size() - length - 4));
    }
}

} // namespace

bool can_hold_composite(wire from, const composite_description& into) noexcept {
    return examine(from, into).what == misfit::none;
}

std::string composite_refusal(wire from, const composite_description& into) {
    const auto [what, at] = examine(from, into);
    switch (what) {
    case misfit::none: return {};
    case misfit::kind: return "it is no composite type";
    case misfit::name: return "howdah::composite says " + quoted(into.sql_name);
    case misfit::count: return surplus(*from.details, into);
    case misfit::attribute_name: return other_name(*from.details, into, at);
    case misfit::attribute_type: break;
    }
    const auto& attribute = from.details->attributes[at];
    return "attribute " + quoted(attribute.name) + " is " +
           refusal_of(*into.fields[at].codec, wire_of(attribute.type, from.encoding));
}

std::string misfit_of(const erased_codec& sent, const type_details& to) {
    const auto [attributes, element] = sent.parts;
    if (!attributes) return {};
    if (to.kind == type_kind::domain) return to.base.details ? misfit_of(sent, *to.base.details) : "";
    if (element) return to.element.details ? misfit_of(*element, *to.element.details) : "";
    if (to.kind != type_kind::composite) return {}; // a text perhaps: the struct's text is sent
    const auto& from = attributes();
    if (!is_called(to, from.sql_name)) return "howdah::composite says " + quoted(from.sql_name);
    for (std::size_t i = 0; i < to.attributes.size() && i < from.fields.size(); ++i) {
        const auto& [name, type] = to.attributes[i];
        if (name != from.fields[i].name) return other_name(to, from, i);
        if (!type.details) continue;
        if (auto inner = misfit_of(*from.fields[i].codec, *type.details); !inner.empty())
            return "attribute " + quoted(name) + ": " + inner;
    }
    return to.attributes.size() == from.fields.size() ? "" : surplus(to, from);
}

void decode_composite(std::string_view bytes, wire from, const composite_description& into, void* value) {
    const nesting level;
    attribute_reader attributes(from, into, value);
    if (from.encoding == format::binary) read_binary(bytes, attributes);
    else composite_text(bytes).read(attributes);
    if (!attributes.complete())
        throw decode_error("a composite value with fewer attributes than " + std::string(into.type));
}

void encode_composite(const composite_description& from, const void* value, format encoding,
                      byte_writer& to) {
    std::array<void*, most_attributes> addresses;
    from.addresses(const_cast<void*>(value), addresses.data()); // only read from
    if (encoding == format::binary) return write_open(from, addresses, to);
    byte_writer text;
    to.write('(');
    for (std::size_t i = 0; i < from.fields.size(); ++i) {
        if (i > 0) to.write(',');
        const auto& codec = *from.fields[i].codec;
        const void* const leaf = codec.look ? codec.look(addresses[i]) : addresses[i];
        if (!leaf) continue;
        text.clear();
        codec.encode(leaf, format::text, text);
        append_attribute(text.view(), to);
    }
    to.write(')');
}

} // namespace howdah::detail
