// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <howdah/domain.hpp>

namespace {

enum class mood { sad, ok };

struct user_id {
    howdah::uuid value;
};
struct degrees {
    double value = 0;
};
class email_address {
public:
    explicit email_address(std::string text) : text_(std::move(text)) {
        if (text_.find('@') == std::string::npos) throw std::invalid_argument("bad: " + text_);
    }
    const std::string& value() const noexcept { return text_; }

private:
    std::string text_;
};
struct celsius {
    double degrees = 0, unused = 0;
};

struct row {
    std::string id, email;
    std::optional<std::string> other_email;
    std::string created_at, local, day, amount, document, mood_;
    std::optional<std::string> last_login_at;
    std::int16_t small = 0;
    std::optional<std::int16_t> optional_small;
    float ratio = 0;
    double warmth = 0;
    double temperature = 0;
    std::vector<std::string> emails;
    std::vector<std::optional<std::string>> days;
    std::int32_t same = 0;
};

struct domain {
    user_id id;
    email_address email;
    std::optional<email_address> other_email;
    howdah::timestamp created_at;
    howdah::local_timestamp local;
    howdah::date day;
    howdah::numeric amount;
    howdah::json document;
    mood mood_;
    std::optional<howdah::timestamp> last_login_at;
    std::int64_t small = 0;
    std::optional<std::int32_t> optional_small;
    double ratio = 0;
    degrees warmth;
    celsius temperature;
    std::vector<email_address> emails;
    std::vector<std::optional<howdah::date>> days;
    std::optional<std::int32_t> same; // a value into an optional
};

} // namespace

template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 2> values{
        {{mood::sad, "sad"}, {mood::ok, "ok"}}};
};
template <> struct howdah::codec<celsius> : howdah::codec_via<celsius, double> {
    static celsius from_wire(double value) {
        if (value < -273.15) throw std::domain_error("colder than possible");
        return {value, 0};
    }
    static double to_wire(const celsius& value) { return value.degrees; }
};

namespace {

struct small_row {
    std::string id, email, created_at;
};
struct small_domain {
    user_id id;
    email_address email;
    howdah::timestamp created_at;
};
struct with_secret {
    std::int32_t id = 0;
    std::string password_hash = "default";
};
struct without_secret {
    std::int32_t id = 0;
};
struct moved_row {
    std::string text;
};
struct moved_domain {
    std::string text;
};

} // namespace

template <>
inline constexpr std::array<std::string_view, 1> howdah::unmapped<without_secret, with_secret>{
    "password_hash"};

namespace {

using howdah::to_domain;
using howdah::to_row;

constexpr auto id_text = "0189aa5e-1f3c-7000-8000-0123456789ab";

row sample() {
    return {.id = id_text,
            .email = "ada@x",
            .other_email = std::nullopt,
            .created_at = "\"2026-01-02T03:04:05.5+05:30\"", // as to_json() writes it
            .local = "2026-01-02 03:04:05",
            .day = "2026-02-28",
            .amount = "12.340",
            .document = R"({"a": 1})",
            .mood_ = "ok",
            .last_login_at = "2026-01-02 03:04:05+00",
            .small = -7,
            .optional_small = 8,
            .ratio = 0.5F,
            .warmth = 1.5,
            .temperature = 20.0,
            .emails = {"a@x", "b@x"},
            .days = {"2026-01-01", std::nullopt},
            .same = 3};
}

template <class Action> howdah::decode_error refusal_of(Action action) {
    try {
        action();
    } catch (const howdah::decode_error& failure) {
        return failure;
    }
    FAIL("nothing was refused");
    throw std::logic_error("unreachable");
}

TEST_CASE("a row becomes a domain object, every conversion of it") {
    const auto made = to_domain<domain>(sample());
    CHECK(made.id.value.text() == id_text);
    CHECK(made.email.value() == "ada@x");
    CHECK_FALSE(made.other_email.has_value());
    CHECK(made.created_at == howdah::parse_timestamp("2026-01-01T21:34:05.5Z"));
    CHECK(howdah::format_timestamp(made.local) == "2026-01-02 03:04:05");
    CHECK(howdah::format_date(made.day) == "2026-02-28");
    CHECK(made.amount.text() == "12.340");
    CHECK(made.document.text() == R"({"a": 1})");
    CHECK(made.mood_ == mood::ok);
    CHECK(made.last_login_at == howdah::parse_timestamp("2026-01-02T03:04:05Z"));
    CHECK(made.small == -7);
    CHECK(made.optional_small == 8);
    CHECK(made.ratio == 0.5);
    CHECK(made.warmth.value == 1.5);
    CHECK(made.temperature.degrees == 20.0);
    REQUIRE(made.emails.size() == 2);
    CHECK(made.emails[1].value() == "b@x");
    REQUIRE(made.days.size() == 2);
    CHECK_FALSE(made.days[1].has_value());
    CHECK(made.same == 3);
}

TEST_CASE("a domain object becomes a row again") {
    const auto domain = small_domain{{howdah::uuid::parse(id_text)},
                                     email_address("a@x"),
                                     howdah::parse_timestamp("2026-01-02T03:04:05.5Z")};
    const auto row = to_row<small_row>(domain);
    CHECK(row.id == id_text);
    CHECK(row.email == "a@x");
    CHECK(row.created_at == "2026-01-02T03:04:05.500Z");
    CHECK(to_domain<small_domain>(row).created_at == domain.created_at);
}

TEST_CASE("what a parser or a constructor refuses names the field and hides the value") {
    const auto check = [](auto spoil, std::string_view field, std::string_view secret) {
        auto row = sample();
        spoil(row);
        const auto failure = refusal_of([&] { (void)to_domain<domain>(row); });
        CHECK(failure.column() == field);
        CHECK(std::string_view(failure.what()).find(secret) == std::string_view::npos);
    };
    check([](row& r) { r.id = "not-a-uuid"; }, "id", "not-a-uuid");
    check([](row& r) { r.email = "secret.address"; }, "email", "secret.address");
    check([](row& r) { r.other_email = "secret.address"; }, "other_email", "secret.address");
    check([](row& r) { r.created_at = "yesterday"; }, "created_at", "yesterday");
    check([](row& r) { r.created_at = "2026-01-02 03:04:05"; }, "created_at", "2026"); // no zone
    check([](row& r) { r.last_login_at = "infinity"; }, "last_login_at", "infinity\"");
    check([](row& r) { r.local = "tomorrow"; }, "local", "tomorrow");
    check([](row& r) { r.day = "2026-02-30"; }, "day", "2026-02-30");
    check([](row& r) { r.amount = "12,50"; }, "amount", "12,50");
    check([](row& r) { r.mood_ = "furious"; }, "mood", "furious");
    check([](row& r) { r.temperature = -300.5; }, "temperature", "300.5");
    check([](row& r) { r.emails[1] = "secret.address"; }, "emails", "secret.address");
    check([](row& r) { r.days[0] = "someday"; }, "days", "someday");
}

TEST_CASE("fields that the domain type does without are named in unmapped, and keep their default") {
    CHECK(to_domain<without_secret>(with_secret{5, "hash"}).id == 5);
    const auto row = to_row<with_secret>(without_secret{6});
    CHECK(row.id == 6);
    CHECK(row.password_hash == "default");
}

TEST_CASE("a row that is given away is moved from, one that is kept is not") {
    moved_row row{std::string(100, 'x')};
    const auto* bytes = row.text.data();
    CHECK(to_domain<moved_domain>(row).text == row.text);
    CHECK(row.text.size() == 100);
    CHECK(to_domain<moved_domain>(std::move(row)).text.data() == bytes);
}

TEST_CASE("the same type is its own domain type") {
    CHECK(to_domain<with_secret>(with_secret{1, "x"}).password_hash == "x");
    CHECK(to_row<with_secret>(with_secret{1, "x"}).password_hash == "x");
}

using howdah::detail::how;
using howdah::detail::way;
static_assert(how<std::int64_t, std::int32_t>() == way::widen &&
              how<std::int32_t, std::int64_t>() == way::none);
static_assert(how<std::uint32_t, std::int32_t>() == way::none &&
              how<std::int64_t, std::uint32_t>() == way::widen);
static_assert(how<float, double>() == way::none && how<bool, int>() == way::none &&
              how<int, bool>() == way::none);
static_assert(how<std::string, std::optional<std::string>>() == way::none);
static_assert(how<std::optional<int>, int>() == way::into_optional);
static_assert(how<std::optional<std::int32_t>, std::optional<std::int64_t>>() == way::none);
static_assert(how<std::vector<std::int32_t>, std::vector<std::int64_t>>() == way::none);
static_assert(how<howdah::timestamp, std::int64_t>() == way::none);

} // namespace
