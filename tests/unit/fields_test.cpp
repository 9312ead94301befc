// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/detail/fields.hpp>

namespace {

using howdah::detail::column_name;
using howdah::detail::fields;
using howdah::detail::index_of;
using howdah::detail::member_name;
using howdah::detail::refusal;

struct nothing {};
struct single {
    int only = 0;
};
struct mixed {
    std::int64_t id = 0;
    std::string first_name;
    std::optional<std::string> note;
    std::vector<int> numbers;
    const int fixed = 4;
};
struct keywords {
    std::string class_, default_, _hidden, a__, _, x1;
};
struct inner {
    int a = 0, b = 0;
};
struct nested {
    inner first;
    int between = 0;
    inner second;
    single third;
};
struct move_only {
    int id = 0;
    std::unique_ptr<int> owned;
};
class needs_a_value {
public:
    explicit needs_a_value(int value) : value_(value) {}
    int value() const { return value_; }

private:
    int value_;
};
struct demanding {
    int before;
    needs_a_value one, two;
    std::string after;
};
struct forty {
    int f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19;
    int f20, f21, f22, f23, f24, f25, f26, f27, f28, f29, f30, f31, f32, f33, f34, f35, f36, f37, f38, f39;
};
struct hundred {
    int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9;
    int c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9;
    int e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9;
    int g0, g1, g2, g3, g4, g5, g6, g7, g8, g9, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9;
    int i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, j0, j1, j2, j3, j4, j5, j6, j7, j8, j9;
};

// What cannot be a row.
struct based : single {
    int more = 0;
};
struct with_array {
    int id = 0;
    char text[4] = {};
};
struct array_first {
    int numbers[2] = {};
    int id = 0;
};
struct with_reference {
    int id;
    int& to;
};
struct hundred_and_one {
    hundred most;
    int last;
};
struct too_many {
    int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9;
    int c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9;
    int e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9;
    int g0, g1, g2, g3, g4, g5, g6, g7, g8, g9, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9;
    int i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, j0, j1, j2, j3, j4, j5, j6, j7, j8, j9;
    int last;
};
struct constructed {
    constructed() {}
    int id = 0;
};
struct with_virtual {
    virtual ~with_virtual() = default;
    int id = 0;
};
enum class colour { red };

// The names are cut out of the compiler's spelling at marks of ours, with this number in them.
struct row70917 {
    int a70917 = 0;
    std::string b_70917;
    const int c = 3;
};
template <int...> struct numbered {
    int first, second, last;
};

static_assert(fields<nothing>::why_not == refusal::none && fields<nothing>::count == 0);
static_assert(fields<single>::count == 1 && fields<inner>::count == 2 && fields<mixed>::count == 5);
static_assert(fields<forty>::count == 40 && fields<hundred>::count == 100);
static_assert(fields<nested>::count == 4 && fields<move_only>::count == 2 && fields<demanding>::count == 4);
static_assert(fields<hundred_and_one>::count == 2); // a struct inside is one field
static_assert(fields<based>::why_not == refusal::base_class);
static_assert(fields<with_array>::why_not == refusal::c_array);
static_assert(fields<array_first>::why_not == refusal::c_array);
static_assert(fields<with_reference>::why_not == refusal::reference);
static_assert(fields<too_many>::why_not == refusal::too_many_fields);
static_assert(fields<constructed>::why_not == refusal::no_aggregate);
static_assert(fields<with_virtual>::why_not == refusal::no_aggregate);
static_assert(fields<needs_a_value>::why_not == refusal::no_aggregate);
static_assert(fields<int>::why_not == refusal::no_aggregate &&
              fields<colour>::why_not == refusal::no_aggregate);
static_assert(fields<std::string>::why_not == refusal::no_aggregate);
static_assert(std::is_same_v<fields<mixed>::type<2>, std::optional<std::string>>);
static_assert(std::is_same_v<fields<mixed>::type<4>, const int>);
static_assert(index_of<mixed>("note") == 2 && index_of<mixed>("nowhere") == fields<mixed>::count);
static_assert(index_of<mixed>("Note") == fields<mixed>::count);

template <class T> std::vector<std::string> names_of() {
    return {fields<T>::names.begin(), fields<T>::names.end()};
}

TEST_CASE("fields have their names, in the order of the struct") {
    CHECK(names_of<nothing>().empty());
    CHECK(names_of<single>() == std::vector<std::string>{"only"});
    CHECK(names_of<mixed>() == std::vector<std::string>{"id", "first_name", "note", "numbers", "fixed"});
    CHECK(names_of<nested>() == std::vector<std::string>{"first", "between", "second", "third"});
    CHECK(names_of<move_only>() == std::vector<std::string>{"id", "owned"});
    CHECK(names_of<demanding>() == std::vector<std::string>{"before", "one", "two", "after"});
}

TEST_CASE("forty and a hundred fields are all there, in order") {
    const auto some = names_of<forty>();
    for (std::size_t i = 0; i < 40; ++i) CHECK(some[i] == "f" + std::to_string(i));
    const auto all = names_of<hundred>();
    for (std::size_t i = 0; i < 100; ++i)
        CHECK(all[i] == std::string(1, static_cast<char>('a' + i / 10)) + std::to_string(i % 10));
}

TEST_CASE("names that hold the number of our marks are cut like others") {
    CHECK(names_of<row70917>() == std::vector<std::string>{"a70917", "b_70917", "c"});
    CHECK(names_of<numbered<1, 70917>>() == std::vector<std::string>{"first", "second", "last"});
}

TEST_CASE("one trailing underscore is not part of the name") {
    CHECK(names_of<keywords>() == std::vector<std::string>{"class", "default", "_hidden", "a_", "_", "x1"});
    CHECK(column_name("class_") == "class");
    CHECK(column_name("_") == "_");
    CHECK(member_name<&keywords::class_> == "class");
    CHECK(member_name<&mixed::first_name> == "first_name");
    CHECK(member_name<&inner::b> == "b");
}

TEST_CASE("a struct inside a function has its fields too") {
    struct local {
        int here = 0;
        std::string there;
    };
    CHECK(names_of<local>() == std::vector<std::string>{"here", "there"});
    local one{1, "x"};
    CHECK(fields<local>::get<1>(one) == "x");
}

TEST_CASE("get() and addresses() reach the fields themselves") {
    mixed one{1, "Ada", std::nullopt, {1, 2}};
    CHECK(&fields<mixed>::get<0>(one) == &one.id);
    CHECK(&fields<mixed>::get<3>(one) == &one.numbers);
    fields<mixed>::get<1>(one) = "Bob";
    CHECK(one.first_name == "Bob");
    const mixed& read_only = one;
    static_assert(std::is_const_v<std::remove_reference_t<decltype(fields<mixed>::get<0>(read_only))>>);
    CHECK(&fields<mixed>::get<1>(read_only) == &one.first_name);

    nested deep{{1, 2}, 3, {4, 5}, {6}};
    void* all[4];
    fields<nested>::addresses(&deep, all);
    CHECK(all[0] == &deep.first);
    CHECK(all[2] == &deep.second);
    CHECK(all[3] == &deep.third);

    move_only owner{1, std::make_unique<int>(7)};
    CHECK(*fields<move_only>::get<1>(owner) == 7);
    demanding strict{1, needs_a_value(2), needs_a_value(3), "end"};
    CHECK(fields<demanding>::get<2>(strict).value() == 3);
    CHECK(fields<nested>::get<2>(deep).b == 5);

    hundred many{};
    many.j9 = 99;
    CHECK(fields<hundred>::get<99>(many) == 99);
}

} // namespace
