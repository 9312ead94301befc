// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include <howdah/filter.hpp>
#include <howdah/repository.hpp>

namespace {

struct item {
    std::int32_t id = 0;
    std::string class_;
    std::optional<std::int32_t> amount;
};
struct stranger {
    std::string nowhere;
};

} // namespace

template <> struct howdah::table<item> {
    static constexpr auto name = "items", key = "id";
    static constexpr std::array<howdah::renamed, 1> renamed{{{"amount", "the \"amount\""}}};
};

namespace {

using namespace howdah; // every condition by its short name

struct rendered {
    std::string text;
    parameters values;
};

template <class T> rendered render(const filter<T>& of, parameters before = {}) {
    rendered out{{}, std::move(before)};
    of.render(detail::table_of<item>, out.text, out.values);
    return out;
}
template <class T> std::string sql(const filter<T>& of) {
    return render(of).text;
}
/// The bytes of a value that went as text.
std::string text_value(const parameters& values, std::size_t index) {
    const auto& entry = values.entries()[index];
    return {values.bytes() + entry.offset, static_cast<std::size_t>(entry.length)};
}

TEST_CASE("each condition is a quoted column, an operator of ours and a numbered value") {
    CHECK(sql(equal<&item::id>(1)) == R"("id" = ($1))");
    CHECK(sql(not_equal<&item::id>(1)) == R"("id" <> ($1))");
    CHECK(sql(less<&item::id>(1)) == R"("id" < ($1))");
    CHECK(sql(less_equal<&item::id>(1)) == R"("id" <= ($1))");
    CHECK(sql(greater<&item::id>(1)) == R"("id" > ($1))");
    CHECK(sql(greater_equal<&item::id>(1)) == R"("id" >= ($1))");
    CHECK(sql(equal<&item::class_>("x")) == R"("class" = ($1))");
    CHECK(sql(equal<&item::amount>(1)) == R"("the ""amount""" = ($1))");
    CHECK(sql(is_null<&item::amount>()) == R"("the ""amount""" IS NULL)");
    CHECK(sql(is_not_null<&item::amount>()) == R"("the ""amount""" IS NOT NULL)");
    CHECK(sql(one_of<&item::id>({1, 2})) == R"("id" = ANY ($1))");
    CHECK(sql(contains<&item::class_>("x")) == R"("class" LIKE ($1))");
}

TEST_CASE("values are bound, never written into the text") {
    const auto made = render(equal<&item::class_>("'; drop table items; --"));
    CHECK(made.text == R"("class" = ($1))");
    CHECK(text_value(made.values, 0) == "'; drop table items; --");
    CHECK(text_value(render(contains<&item::class_>(R"(50%_\x)")).values, 0) == R"(%50\%\_\\x%)");
    CHECK(text_value(render(starts_with<&item::class_>("a%")).values, 0) == R"(a\%%)");
    CHECK_THROWS_AS((void)equal<&item::class_>(std::string("a\0b", 3)), usage_error);
}

TEST_CASE("conditions combine with their brackets, and number their values in order") {
    const auto made =
        render((equal<&item::id>(1) || equal<&item::class_>("two")) && !contains<&item::class_>("three"));
    CHECK(made.text == R"((("id" = ($1) OR "class" = ($2)) AND NOT ("class" LIKE ($3))))");
    CHECK(made.values.size() == 3);
    CHECK(text_value(made.values, 1) == "two");
    CHECK(text_value(made.values, 2) == "%three%");
    CHECK(sql(!(is_null<&item::amount>() && equal<&item::id>(1))) ==
          R"(NOT (("the ""amount""" IS NULL AND "id" = ($1))))");
}

TEST_CASE("numbers go on after the values that are there already") {
    parameters before;
    before.add(1).add(2);
    CHECK(render(equal<&item::id>(3) && less<&item::id>(4), before).text ==
          R"(("id" = ($3) AND "id" < ($4)))");
}

TEST_CASE("the empty filter holds for every row and disappears from others") {
    const filter<item> empty{};
    CHECK(empty.empty());
    CHECK(sql(empty) == "true");
    CHECK(sql(empty && equal<&item::id>(1)) == R"("id" = ($1))");
    CHECK(sql(equal<&item::id>(1) || empty) == R"("id" = ($1))");
    CHECK_THROWS_AS((void)!empty, usage_error);
}

TEST_CASE("a filter may be used again") {
    const auto one = equal<&item::id>(1);
    CHECK(sql(one && one) == R"(("id" = ($1) AND "id" = ($2)))");
    CHECK(sql(one) == R"("id" = ($1))");
}

TEST_CASE("a field that the row struct does not have is refused") {
    CHECK_THROWS_AS((void)sql(equal<&stranger::nowhere>("x")), usage_error);
}

} // namespace
