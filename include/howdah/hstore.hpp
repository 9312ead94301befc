// SPDX-License-Identifier: BSL-1.0
//
// hstore: keys and values, both text, of the extension hstore.
//
//     howdah::hstore labels{{{"colour", "red"}, {"size", std::nullopt}}};
//
// An extension's type has another number in every database. So it goes as text with an inferred type, and is read from
// a type of the name hstore where the catalogue was asked (queries), otherwise from every type that is not built in, if
// the cell has exactly the form of an hstore. Functions are thread safe.
// Source: PostgreSQL manual, appendix F, hstore.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <howdah/codec.hpp>

namespace howdah {

/// Pairs of key and value; a value can be NULL. Keys are unique; their order is that of std::string.
struct hstore {
    using map = std::map<std::string, std::optional<std::string>, std::less<>>;
    map pairs{};
    friend bool operator==(const hstore&, const hstore&) = default;
};

/// Parses what the server prints: "a"=>"1", "b"=>NULL. Throws decode_error with the offset of the first bad
/// character, and for a key that comes twice.
[[nodiscard]] hstore parse_hstore(std::string_view text);
/// As the server prints it, in the order of the keys here.
[[nodiscard]] std::string format_hstore(const hstore& value);

template <>
struct codec<hstore> : detail::compiled_codec<hstore, oids::inferred, oids::inferred, format::text> {};

} // namespace howdah
