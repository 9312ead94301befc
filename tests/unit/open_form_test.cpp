// SPDX-License-Identifier: BSL-1.0
//
// Structs and arrays in binary, as the types that the server has for them.
#include "open_form.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <howdah/array.hpp>
#include <howdah/composite.hpp>
#include <howdah/json.hpp>
#include <howdah/parameters.hpp>
#include <howdah/text_search.hpp>
#include <howdah/time.hpp>
#include <howdah/xml.hpp>

#include "codec_checks.hpp"
#include "record_bytes.hpp"

using namespace howdah;
using namespace howdah::tests;
using detail::close_form;
using detail::has_binary_form;
using reference = type_details::reference;

namespace {

template <class T> struct one {
    T value{};
};
struct two {
    std::int32_t number = 0;
    std::optional<std::string> label{};
};
enum class mood { sad, ok };

/// What the server has for a value, with the types that it refers to.
struct made {
    std::vector<std::unique_ptr<type_details>> all{};

    reference add(type_kind kind, oid type) {
        all.push_back(std::make_unique<type_details>());
        all.back()->kind = kind;
        all.back()->type = type;
        return {type, all.back().get()};
    }
    reference composite(oid type, std::vector<reference> attributes) {
        const auto out = add(type_kind::composite, type);
        for (const auto& each : attributes) all.back()->attributes.push_back({"a", each});
        return out;
    }
    reference array(oid type, reference element) {
        const auto out = add(type_kind::array, type);
        all.back()->element = element;
        return out;
    }
    reference domain(oid type, reference base) {
        const auto out = add(type_kind::domain, type);
        all.back()->base = base;
        return out;
    }
};

std::string array_of_cells(oid element, bool holed, const std::vector<std::optional<std::string>>& cells) {
    byte_writer out;
    for (const std::int32_t word : {cells.empty() ? 0 : 1, holed ? 1 : 0, static_cast<std::int32_t>(element)})
        out.write(word);
    if (!cells.empty())
        for (const std::int32_t word : {static_cast<std::int32_t>(cells.size()), 1}) out.write(word);
    for (const auto& each : cells) {
        out.write(each ? static_cast<std::int32_t>(each->size()) : std::int32_t{-1});
        if (each) out.write(std::string_view(*each));
    }
    return std::string(out.view());
}

/// As it is sent; nothing where it has no binary form.
template <class T> std::optional<std::string> closed(const T& value, const reference& as) {
    byte_writer out;
    out.write(std::string_view("before"));
    const bool done = close_form(codec_for<T>, encoded(value, format::binary), as, out);
    CHECK(out.view().starts_with("before"));
    if (done) return std::string(out.view().substr(6));
    CHECK(out.size() == 6);
    return std::nullopt;
}
/// A struct of one attribute.
template <class T> std::optional<std::string> closed_attribute(const T& value, const reference& as) {
    made types;
    const auto type = types.composite(20'000, {as});
    const auto out = closed(one<T>{value}, type);
    CHECK(has_binary_form(codec_for<one<T>>, type) == out.has_value());
    if (!out) return std::nullopt;
    CHECK(out->substr(0, 8) == encoded(std::int32_t{1}, format::binary) +
                                   encoded(static_cast<std::int32_t>(as.type), format::binary));
    return out->substr(12);
}
const std::optional<std::string> none;

} // namespace

template <class T> struct howdah::composite<one<T>> {
    static constexpr auto name = "";
};
template <> struct howdah::composite<two> {
    static constexpr auto name = "";
};
template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 2> values{
        {{mood::sad, "sad"}, {mood::ok, "ok"}}};
};

TEST_CASE("a struct is closed with the numbers of its attributes, those of domains among them") {
    made types;
    const auto positive = types.domain(16'401, types.domain(16'402, {oids::int4}));
    const auto type = types.composite(16'400, {positive, {oids::varchar}});
    const auto seven = encoded(std::int32_t{7}, format::binary);
    CHECK(closed(two{7, "x"}, type) == record_of({{16'401, seven}, {oids::varchar, "x"}}));
    CHECK(closed(two{7, ""}, type) == record_of({{16'401, seven}, {oids::varchar, ""}}));
    CHECK(closed(two{7, std::nullopt}, type) == record_of({{16'401, seven}, {oids::varchar, none}}));
    const auto over = types.domain(16'403, type);
    CHECK(closed(two{7, "x"}, over) == closed(two{7, "x"}, type));
    CHECK(closed(std::optional<two>(two{7, "x"}), over) == closed(two{7, "x"}, type));
}

TEST_CASE("arrays are closed with the number of their elements") {
    made types;
    const auto type = types.composite(16'400, {{oids::int4}, {oids::text}});
    const auto domain = types.domain(16'410, type);
    const auto row = *closed(two{7, "x"}, type);
    CHECK(closed(std::vector{two{7, "x"}}, types.array(16'499, type)) ==
          array_of_cells(16'400, false, {row}));
    CHECK(closed(std::vector{two{7, "x"}}, types.array(16'499, domain)) ==
          array_of_cells(16'410, false, {row}));
    CHECK(closed(std::vector<two>{}, types.array(16'499, type)) == array_of_cells(16'400, false, {}));
    CHECK(closed(std::vector<std::optional<two>>{std::nullopt, two{7, "x"}}, types.array(16'499, type)) ==
          array_of_cells(16'400, true, {std::nullopt, row}));
    CHECK(closed(array<two>{{{1, 5}, {1, -1}}, {{7, "x"}}}, types.array(16'499, type)) ==
          bytes("\0\0\0\2\0\0\0\0\0\0\x40\x10\0\0\0\1\0\0\0\5\0\0\0\1\xFF\xFF\xFF\xFF") +
              array_of_cells(0, false, {row}).substr(20));
    CHECK(closed(std::vector{one<std::vector<two>>{{{7, "x"}}}},
                 types.array(16'500, types.composite(16'501, {types.array(16'499, type)}))) ==
          array_of_cells(16'501, false, {record_of({{16'499, array_of_cells(16'400, false, {row})}})}));
}

TEST_CASE("texts, labels and documents go where the server reads their bytes as it reads their text") {
    made types;
    const auto labels = types.add(type_kind::enumeration, 16'400);
    for (const oid type : {oids::text, oids::varchar, oids::bpchar, oids::json}) {
        CHECK(closed_attribute(std::string("x"), {type}) == "x");
        CHECK(closed_attribute(mood::ok, {type}) == "ok");
        CHECK(closed_attribute(json("1"), {type}) == "1");
    }
    CHECK(closed_attribute(std::string("1"), {oids::jsonb}) == "\1"
                                                               "1");
    CHECK(closed_attribute(json("1"), {oids::jsonb}) == "\1"
                                                        "1");
    CHECK(closed_attribute(mood::ok, labels) == "ok");
    CHECK(closed_attribute(std::string("ok"), types.domain(16'401, labels)) == "ok");
    CHECK(closed_attribute(xml("<a/>"), {oids::xml}) == "<a/>");
    for (const oid type : {oids::xml, oids::name, oids::date, oids::bytea, oids::uuid, oid{16'402}})
        CHECK(closed_attribute(std::string("x"), {type}) == none);
    CHECK(closed_attribute(std::string("x"), types.add(type_kind::base, 16'403)) == none);
    CHECK(closed_attribute(tsvector("'a'"), {oids::tsvector}) == none);
}

TEST_CASE("arrays in structs") {
    made types;
    const auto labels = types.add(type_kind::enumeration, 16'400);
    const auto sad = std::vector{mood::sad};
    CHECK(closed_attribute(sad, types.array(16'401, labels)) == array_of_cells(16'400, false, {"sad"}));
    CHECK(closed_attribute(sad, {array_of(oids::varchar)}) == array_of_cells(oids::varchar, false, {"sad"}));
    CHECK(closed_attribute(std::vector<std::string>{"a"}, {array_of(oids::varchar)}) ==
          array_of_cells(oids::varchar, false, {"a"}));
    CHECK(closed_attribute(std::vector{json("1")}, {array_of(oids::jsonb)}) == array_of_cells(oids::jsonb,
                                                                                              false,
                                                                                              {"\1"
                                                                                               "1"}));
    CHECK(closed_attribute(std::vector{json("1")}, {array_of(oids::json)}) ==
          array_of_cells(oids::json, false, {"1"}));
    CHECK(closed_attribute(std::vector{xml("<a/>")}, {array_of(oids::xml)}) ==
          array_of_cells(oids::xml, false, {"<a/>"}));
    CHECK(closed_attribute(std::vector<bool>{true}, {array_of(oids::boolean)}) ==
          array_of_cells(oids::boolean, false, {"\1"}));
    const auto five = std::vector<std::int16_t>{5};
    CHECK(closed_attribute(five, {array_of(oids::int8)}) ==
          array_of_cells(oids::int8, false, {encoded(std::int64_t{5}, format::binary)}));
    CHECK(closed_attribute(five, types.domain(16'402, {array_of(oids::int2)})) ==
          array_of_cells(oids::int2, false, {encoded(std::int16_t{5}, format::binary)}));
    for (const auto& other :
         {reference{array_of(oids::date)}, reference{oids::text}, labels, reference{16'403}}) {
        CHECK(closed_attribute(std::vector<std::string>{"a"}, other) == none);
    }
    CHECK(closed_attribute(std::vector{tsvector("'a'")}, {array_of(oids::tsvector)}) == none);
}

TEST_CASE("integers are closed as wide as their attributes, if they fit") {
    for (const std::int64_t value : {0L, -1L, 32'767L, -32'768L}) {
        CHECK(closed_attribute(value, {oids::int2}) ==
              encoded(static_cast<std::int16_t>(value), format::binary));
        CHECK(closed_attribute(static_cast<std::int16_t>(value), {oids::int8}) ==
              encoded(value, format::binary));
        CHECK(closed_attribute(static_cast<std::int32_t>(value), {oids::int8}) ==
              encoded(value, format::binary));
    }
    made types;
    const auto small = types.composite(16'400, {{oids::int2}});
    CHECK(has_binary_form(codec_for<one<std::int64_t>>, small));
    for (const std::int64_t value : {32'768L, -32'769L, 1L << 40})
        CHECK(closed(one<std::int64_t>{value}, small) == none);
    CHECK(closed_attribute(0.5F, {oids::float8}) == none);
    CHECK(closed_attribute(std::int32_t{1}, {oids::numeric}) == none);
}

TEST_CASE("what is no struct of as many attributes has no binary form for one") {
    made types;
    const auto pair = types.composite(16'400, {{oids::int4}, {oids::text}});
    CHECK(closed(one<std::int32_t>{1}, pair) == none);
    CHECK(closed(two{}, {oids::text}) == none);
    CHECK(closed(two{}, types.array(16'401, pair)) == none);
    CHECK(closed(std::vector<two>{}, pair) == none);
    CHECK(closed(std::vector<two>{{}}, types.array(16'402, {oids::text})) == none);
    CHECK(closed_attribute(two{}, {oids::text}) == none);
    CHECK(closed_attribute(1, pair) == none);
}

TEST_CASE("the attribute that has no binary form is named, however deep it is") {
    made types;
    const auto why = [](const auto& value, const reference& to) {
        return detail::binary_obstacle(codec_for<std::remove_cvref_t<decltype(value)>>, to);
    };
    const auto dated = types.composite(16'400, {{oids::date}});
    const auto positive = types.domain(16'401, {oids::date});
    const auto* const said = "attribute \"value\" is date, the field is std::string";
    CHECK(why(one<std::string>{}, dated) == said);
    CHECK(why(std::vector<one<std::string>>{}, types.array(16'402, dated)) == said);
    CHECK(why(one<std::vector<one<std::string>>>{}, types.composite(16'403, {types.array(16'404, dated)})) ==
          "attribute \"value\": " + std::string(said));
    CHECK(why(one<std::string>{}, types.composite(16'405, {positive})).find("the field is std::string") !=
          std::string::npos);
    CHECK(why(one<date>{}, dated).empty());
    CHECK(why(two{}, dated).empty());
    CHECK(why(1, dated).empty());
}

TEST_CASE("parameters hold a struct as text and in an open form, and their copies do") {
    const two value{7, "x"};
    const auto check = [&](const parameters& all, std::size_t index) {
        REQUIRE(all.checked().size() > 0);
        const auto& one = all.checked().back();
        CHECK(one.index == index);
        CHECK(std::string_view(all.bytes() + one.open, one.open_size) == encoded(value, format::binary));
        const auto& entry = all.entries()[index];
        CHECK(entry.encoding == format::text);
        CHECK(std::string_view(all.bytes() + entry.offset) == "(7,x)");
    };
    parameters all;
    all.add(1).add(value);
    check(all, 1);
    parameters more(all);
    more.append(all);
    check(more, 3);
    check(parameters(std::move(more)), 3);
    parameters texts{format::text};
    texts.add(value);
    CHECK(texts.checked()[0].open_size == 0);
    all.append(texts);
    CHECK(all.checked()[1].open_size == 0);
    CHECK_THROWS_AS(all.add(two{1, "\xFF"}), usage_error);
    CHECK(all.size() == 3);
    CHECK(all.checked().size() == 2);
}
