// SPDX-License-Identifier: BSL-1.0
//
// codec<T>: how a C++ type travels to and from the server, in text and in binary. Built in: bool, int16/32/64
// (and every other integer type, by range check), float, double, std::string, std::vector<std::byte>, uuid,
// timestamp, local_timestamp, date, numeric, json, std::vector of all of these, enums with labels,
// std::optional of all of these. Without any glue:
//
//     struct user_id { howdah::uuid value; };                  // one member: travels as that member
//     class email_address {                       // validates: value(), and a constructor from what it returns
//     public:
//         explicit email_address(std::string text);   // may throw: a decode_error that names the column
//         const std::string& value() const;
//     };
//
// Everything else, through the type that it travels as:
//
//     template <> struct howdah::codec<celsius> : howdah::codec_via<celsius, double> {
//         static celsius from_wire(double degrees) { return celsius{degrees}; }
//         static double to_wire(const celsius& value) { return value.degrees; }
//     };
//
// Codecs are stateless; using them from several threads is safe.
#pragma once

#include <howdah/detail/codec_array.hpp>
#include <howdah/detail/codec_enum.hpp>
#include <howdah/detail/codec_scalar.hpp>
#include <howdah/detail/codec_trait.hpp>
#include <howdah/detail/codec_via.hpp>
