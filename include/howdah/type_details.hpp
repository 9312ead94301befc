// SPDX-License-Identifier: BSL-1.0
//
// type_details: what the server's catalogue says of one type.
//
//     const auto mood = db.type_named("mood");       // a howdah::connection
//     if (mood && mood->kind == howdah::type_kind::enumeration) ...
//
// A connection looks types that users created up when a statement that is read into structs has a column of
// them, once, and hands the records to the decoders. A record never changes: reading it from several threads
// is safe. Source: PostgreSQL manual, chapter "System Catalogs", pg_type, pg_range and pg_attribute.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <howdah/oid.hpp>

namespace howdah {

enum class type_kind : std::uint8_t {
    base, ///< built in or of an extension, with a text and perhaps a binary form of its own
    array,
    composite, ///< CREATE TYPE ... AS (...), or the rows of a table
    domain,
    enumeration,
    multirange,
    pseudo,
    range,
};

/// One type. The records that it refers to live as long as it does.
struct type_details {
    /// Another type: its number, and its record if users created it.
    struct reference {
        oid type = 0;                          ///< 0: there is none
        const type_details* details = nullptr; ///< null: built in
    };
    struct attribute {
        std::string name;
        reference type;
    };

    oid type = 0;
    std::string schema{}, name{};
    type_kind kind = type_kind::base;
    oid array = 0;                       ///< the type of arrays of it; 0: there is none
    reference element{};                 ///< of an array
    reference base{};                    ///< of a domain; may be a domain itself
    reference subtype{};                 ///< of a range: the type of its bounds
    reference range{};                   ///< of a multirange: the type of its parts
    std::vector<attribute> attributes{}; ///< of a composite, in order, without dropped ones
};

/// How values of the type that `part` names arrive inside another value: those of a domain as those of its base.
[[nodiscard]] wire wire_of(const type_details::reference& part, format encoding) noexcept;
/// The name for messages: "mood", "app.mood" outside of public, "mood[]", or as type_name(oid) says it.
[[nodiscard]] std::string type_name(wire from);

} // namespace howdah
