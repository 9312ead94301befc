// SPDX-License-Identifier: BSL-1.0
//
// Calling functions that return void: the column is read into a std::monostate, which can be the field of a struct.
//
//     howdah::query_one<std::monostate>(db, "select pg_notify('jobs', $1)", "41");
//
// execute() does the same where the number of rows does not matter.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <howdah/codec.hpp>

namespace howdah {

/// Reads the type void, whose cells are empty, and cannot be sent.
template <> struct codec<std::monostate> {
    static constexpr oid type = oids::void_type, parameter_type = oids::inferred;
    static constexpr format parameter_format = format::text;
    static std::string name() { return "std::monostate"; }
    static decode_function decoder(wire from) noexcept;
};

} // namespace howdah
