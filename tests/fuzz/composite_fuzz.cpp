// SPDX-License-Identifier: BSL-1.0
//
// Composite types without a catalogue at hand, text and binary, nested and in arrays.
#include <howdah/composite.hpp>
#include <howdah/numeric.hpp>

#include "fuzz_decoder.hpp"

using namespace howdah;
using fuzz::decodes_to_text;

namespace {

struct pair {
    std::int32_t id = 0;
    std::optional<std::string> name{};
    friend bool operator==(const pair&, const pair&) = default;
};
struct outer {
    pair first{};
    std::vector<pair> more{};
    std::optional<numeric> price{};
    friend bool operator==(const outer&, const outer&) = default;
};
/// As deep as the input goes.
struct tree {
    std::optional<std::int32_t> id{};
    std::vector<tree> children{};
    friend bool operator==(const tree&, const tree&) = default;
};

constexpr oid record = 2249, user_type = 16400, user_array = 16401;

} // namespace

template <> struct howdah::composite<pair> {
    static constexpr auto name = "";
};
template <> struct howdah::composite<outer> {
    static constexpr auto name = "";
};
template <> struct howdah::composite<tree> {
    static constexpr auto name = "";
};

// clang-format off
HOWDAH_FUZZ(
    decodes_to_text<pair>(record, format::text),
    decodes_to_text<pair>(record, format::binary),
    decodes_to_text<outer>(user_type, format::text),
    decodes_to_text<outer>(user_type, format::binary),
    decodes_to_text<std::vector<std::optional<pair>>>(user_array, format::text),
    decodes_to_text<std::vector<std::optional<pair>>>(user_array, format::binary),
    decodes_to_text<tree>(user_type, format::text),
    decodes_to_text<tree>(user_type, format::binary))
// clang-format on
