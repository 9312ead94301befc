// SPDX-License-Identifier: BSL-1.0
//
// What has to be known of a column's type before values are sent in its binary form: COPY and arrays convert nothing.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/connection.hpp>

#include "parameter_arrays.hpp"
#include "statement_cache.hpp"

namespace howdah::detail {

/// How the binary form of a type holds its text.
enum class text_in_binary : unsigned char {
    no,
    plain,     ///< it is the text: text, varchar, enums, json, citext, ...
    versioned, ///< it is a byte 1, then the text: jsonb
};

struct column_type {
    oid type = 0;    ///< of the column
    oid base = 0;    ///< the same, or what is under a domain
    oid element = 0; ///< the elements' if the base is an array
    text_in_binary text = text_in_binary::no, element_text = text_in_binary::no;
    std::string name{}; ///< of the base, quoted and with its schema, without length or precision: for a cast
    std::string domain_array{}; ///< the array type of a domain, named likewise; empty for any other type
};

/// Of each of `types`, in their order. Asks the server once per connection and type. Throws as run() does, and
/// usage_error for a type that is gone; decode_error if they are not `expected` many: the server said so.
[[nodiscard]] std::vector<column_type> column_types_of(connection& on, std::span<const oid> types,
                                                       std::size_t expected);

/// The same, with what users created asked for again: their types can be renamed.
[[nodiscard]] std::vector<column_type> column_types_named_now(connection& on, std::span<const oid> types);

/// Has the server describe a statement now: nothing is remembered, or taken from memory. With the records of the types
/// that users created. `values`: of its parameters, which have their types.
[[nodiscard]] known_statement describe_afresh(connection& on, std::string_view text,
                                              std::chrono::milliseconds timeout,
                                              const bound_values& values = {});

/// Compares the structs among the values of a statement with the types that it has for them, which are asked for again.
/// Throws usage_error.
void check_structs(connection& on, known_statement& of, const bound_values& values);

/// The record of a column's type, for a field of structs. Null if there is none. Throws usage_error if the structs do
/// not fit it.
[[nodiscard]] std::shared_ptr<const type_details>
check_column(connection& on, oid type, const erased_codec& field, std::string_view column);

/// Has the connection ask for the types that users created again.
void forget_types(connection& on);

/// Forgets what connection::describe() remembers of a statement, and all types of columns: they are asked for again.
void forget_description(connection& on, std::string_view text);

} // namespace howdah::detail
