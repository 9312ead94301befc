// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <howdah/composite.hpp>
#include <howdah/type_details.hpp>

#include "codec_checks.hpp"
#include "record_bytes.hpp"

using namespace howdah;
using namespace howdah::tests;

namespace {

struct pair {
    std::int32_t id = 0;
    std::optional<std::string> name{};
    friend bool operator==(const pair&, const pair&) = default;
};
struct tree {
    std::int32_t id = 0;
    std::vector<tree> children{};
};
struct outer {
    pair first{};
    std::vector<pair> more{};
    friend bool operator==(const outer&, const outer&) = default;
};
struct lone {
    std::optional<std::string> text{};
};

constexpr oid record = 2249, record_array = 2287, user_type = 16400, user_array = 16401;

std::string array_of_records(oid element, const std::vector<std::string>& elements) {
    byte_writer out;
    for (const std::int32_t word :
         {1, 0, static_cast<std::int32_t>(element), static_cast<std::int32_t>(elements.size()), 1})
        out.write(word);
    for (const auto& each : elements) {
        out.write(static_cast<std::int32_t>(each.size()));
        out.write(std::string_view(each));
    }
    return std::string(out.view());
}
std::string pair_record(std::int32_t id, const std::optional<std::string>& name) {
    return record_of({{oids::int4, encoded(id, format::binary)}, {oids::text, name}});
}

type_details pair_type(const type_details* id_type = nullptr) {
    type_details out;
    out.type = user_type;
    out.schema = "app";
    out.name = "pair";
    out.kind = type_kind::composite;
    out.attributes = {{"id", {id_type ? id_type->type : oids::int4, id_type}},
                      {"name", {oids::text, nullptr}}};
    return out;
}

} // namespace

template <> struct howdah::composite<pair> {
    static constexpr auto name = "app.pair";
};
template <> struct howdah::composite<tree> {
    static constexpr auto name = "";
};
template <> struct howdah::composite<outer> {
    static constexpr auto name = "outer";
};
template <> struct howdah::composite<lone> {
    static constexpr auto name = "lone";
};

TEST_CASE("a composite value is written as record_out writes it") {
    CHECK(encoded(pair{-1, "x"}, format::text) == "(-1,x)");
    CHECK(encoded(pair{1, std::nullopt}, format::text) == "(1,)");
    CHECK(encoded(pair{1, ""}, format::text) == "(1,\"\")");
    for (const auto* special : {"a b", "(", ")", ",", "\t", "\n"})
        CHECK(encoded(pair{1, special}, format::text) == "(1,\"" + std::string(special) + "\")");
    CHECK(encoded(pair{1, "say \"hi\" \\"}, format::text) == R"((1,"say ""hi"" \\"))");
    CHECK(encoded(pair{1, "NULL"}, format::text) == "(1,NULL)");
    CHECK(encoded(lone{}, format::text) == "()");
    CHECK(encoded(outer{{1, "a"}, {{2, "b"}}}, format::text) == R"~(("(1,a)","{""(2,b)""}"))~");
    // In binary without the numbers of types, see open_form_test.cpp.
    CHECK(encoded(pair{-1, "x"}, format::binary) ==
          record_of({{0, encoded(std::int32_t{-1}, format::binary)}, {0, "x"}}));
    CHECK(codec_for<pair>.parameter_type == oids::inferred);
    CHECK(codec_for<std::vector<pair>>.parameter_type == oids::inferred);
    CHECK(codec_for<std::vector<pair>>.parameter_format == format::text);
}

TEST_CASE("a composite value is read as the server writes it") {
    for (const oid type : {record, user_type}) {
        CHECK(from_text<pair>(type, "(7,)") == pair{7, std::nullopt});
        CHECK(from_text<pair>(type, R"((7,"a "" \\ ( ,"))") == pair{7, "a \" \\ ( ,"});
        CHECK(from_binary<pair>(type, pair_record(7, "x")) == pair{7, "x"});
        CHECK(from_binary<pair>(type, pair_record(7, std::nullopt)) == pair{7, std::nullopt});
    }
    CHECK(from_text<lone>(record, "()").text == std::nullopt);
    CHECK(from_text<lone>(record, "(\"\")").text == "");
    const outer both{{1, "a"}, {{2, std::nullopt}, {3, ""}}};
    CHECK(from_text<outer>(user_type, encoded(both, format::text)) == both);
    CHECK(from_binary<outer>(user_type,
                             record_of({{record, pair_record(1, "a")},
                                        {record_array, array_of_records(record, {pair_record(2, std::nullopt),
                                                                                 pair_record(3, "")})}})) ==
          both);
}

TEST_CASE("reading replaces what the struct held, and an optional struct may be NULL") {
    pair value{1, "old"};
    decode_value(codec_for<pair>, {record, format::text}, "(2,)", &value);
    CHECK(value == pair{2, std::nullopt});
    std::optional<pair> maybe = value;
    decode_value(codec_for<std::optional<pair>>, {record, format::text}, std::nullopt, &maybe);
    CHECK(maybe == std::nullopt);
}

TEST_CASE("every truncation of a binary composite value is refused") {
    const auto whole = record_of({{record, pair_record(1, "abc")},
                                  {record_array, array_of_records(record, {pair_record(2, std::nullopt)})}});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        failure_of<outer>({user_type, format::binary}, std::string_view(whole).substr(0, size));
    }
    CHECK(failure_of<outer>({user_type, format::binary}, whole + "x").reason() ==
          "bytes after the last attribute of a composite value");
}

TEST_CASE("a binary composite value that does not keep its word is refused") {
    const auto refused = [](const std::string& cell) {
        return failure_of<pair>({record, format::binary}, cell).reason();
    };
    for (const auto& count : {bytes("\x7F\xFF\xFF\xFF"), bytes("\xFF\xFF\xFF\xFF"), bytes("\0\0\0\3")})
        CHECK(refused(count + pair_record(1, "a").substr(4)).find("shorter") != std::string::npos);
    CHECK(refused(record_of({{oids::int4, "\1\1\1\1"}})).find("fewer attributes") != std::string::npos);
    CHECK(refused(record_of({{oids::int4, "\1\1\1\1"}, {oids::text, "a"}, {oids::text, "a"}}))
              .find("more attributes") != std::string::npos);
    CHECK(refused(record_of({{oids::bytea, "\1\1\1\1"}, {oids::text, "a"}})) ==
          "attribute \"id\" is bytea, which std::int32_t cannot hold");
    CHECK(refused(record_of({{oids::int4, "\1"}, {oids::text, "a"}}))
              .starts_with("attribute \"id\": a cell of 1 bytes"));
    CHECK(refused(record_of({{oids::int4, std::nullopt}, {oids::text, "a"}})) ==
          "attribute \"id\" is NULL, which std::int32_t cannot hold: use std::optional");
    auto negative = pair_record(1, "a");
    negative[8] = '\xFE';
    CHECK(refused(negative).find("malformed attribute") != std::string::npos);
}

TEST_CASE("a malformed text of a composite value is refused at its offset") {
    for (const auto& [text, offset] : {std::pair("", 0),
                                       {"1,a", 0},
                                       {"(1,a", 4},
                                       {"(1,a)x", 5},
                                       {"(1,\"a)", 6},
                                       {"(1,a\"b\")", 4},
                                       {"(1,a b)", 4},
                                       {"(1,\"a\"b)", 6},
                                       {"(1,\"a\\", 6},
                                       {"(1,(a))", 3}}) {
        CAPTURE(std::string(text));
        CHECK(failure_of<pair>({record, format::text}, text).offset() == static_cast<std::size_t>(offset));
    }
    CHECK(failure_of<pair>({record, format::text}, "()").reason().find("NULL") != std::string::npos);
    CHECK(failure_of<pair>({record, format::text}, "(1)").reason().find("fewer") != std::string::npos);
    CHECK(failure_of<pair>({record, format::text}, "(1,a,b)").reason().find("more") != std::string::npos);
    CHECK(failure_of<pair>({record, format::text}, "(x,a)")
              .reason()
              .starts_with("attribute \"id\": not the text"));
}

TEST_CASE("values nest as deep as 64 levels and no deeper") {
    std::string deep =
        record_of({{oids::int4, bytes("\0\0\0\1")}, {user_array, array_of_records(user_type, {})}});
    const auto zero = encoded(std::int32_t{0}, format::binary);
    deep = record_of({{oids::int4, zero}, {user_array, array_of_records(user_type, {})}});
    const auto wrap = [&] {
        deep = record_of({{oids::int4, zero}, {user_array, array_of_records(user_type, {deep})}});
    };
    for (int level = 1; level < 64; ++level) wrap();
    CHECK(from_binary<tree>(user_type, deep).children.size() == 1);
    wrap();
    CHECK(failure_of<tree>({user_type, format::binary}, deep).reason().find("deeper than 64 levels") !=
          std::string::npos);
    CHECK(from_binary<tree>(user_type,
                            record_of({{oids::int4, zero}, {user_array, array_of_records(user_type, {})}}))
              .id == 0);
}

TEST_CASE("what the catalogue says decides what fits") {
    type_details domain;
    domain.type = 16500;
    domain.kind = type_kind::domain;
    domain.base = {oids::int4, nullptr};
    const auto known = pair_type(), with_domain = pair_type(&domain);
    for (const auto encoding : {format::text, format::binary}) {
        CHECK(can_read(codec_for<pair>, {user_type, encoding, &known}));
        CHECK(can_read(codec_for<pair>, {user_type, encoding, &with_domain}));
        auto other = known;
        other.name = "pairs";
        CHECK_FALSE(can_read(codec_for<pair>, {user_type, encoding, &other}));
        other = known;
        other.attributes[1].name = "title";
        CHECK_FALSE(can_read(codec_for<pair>, {user_type, encoding, &other}));
        CHECK(codec_for<pair>.refusal({user_type, encoding, &other}) ==
              "attribute 2 is \"title\", the field there is \"name\"");
        other = known;
        other.attributes[0].type = {oids::uuid, nullptr};
        CHECK_FALSE(can_read(codec_for<pair>, {user_type, encoding, &other}));
        other = known;
        other.attributes.pop_back();
        CHECK(codec_for<pair>.refusal({user_type, encoding, &other}) == "there is no attribute \"name\"");
        other.kind = type_kind::range;
        CHECK_FALSE(can_read(codec_for<pair>, {user_type, encoding, &other}));
        CHECK_FALSE(can_read(codec_for<pair>, {oids::text, encoding}));
        CHECK_FALSE(can_read(codec_for<std::int32_t>, {user_type, encoding, &known}));
    }
    CHECK(decoded<pair>({user_type, format::binary, &with_domain},
                        record_of({{16500, encoded(5, format::binary)}, {oids::text, "a"}})) == pair{5, "a"});
    // Without the catalogue nobody knows what 16500 is.
    CHECK(failure_of<pair>({user_type, format::binary}, record_of({{16500, encoded(5, format::binary)}}))
              .reason() == "attribute \"id\" is type with oid 16500, which std::int32_t cannot hold");
}
