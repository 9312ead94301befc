// SPDX-License-Identifier: BSL-1.0
//
// COPY out is a stream of bytes: its messages may end anywhere. PostgreSQL sends one for each row, others need not.
#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <howdah/copy.hpp>
#include <howdah/copy_views.hpp>

#include "meddling_proxy.hpp"
#include "test_database.hpp"

namespace {

using namespace std::chrono_literals;
using howdah::connection;
using howdah::test::backend_message;
using howdah::test::meddling_proxy;

struct noted {
    std::int64_t id = 0;
    std::optional<std::string> text;
    bool operator==(const noted&) const = default;
};
struct noted_view {
    std::int64_t id = 0;
    std::optional<std::string_view> text;
};
constexpr auto* rows_of_every_size =
    "select n::bigint as id, case when n % 5 > 0 then repeat('y', (n * 7919) % 900) end as text "
    "from generate_series(1, 700) n";

howdah::testing::database& data() {
    static auto made = howdah::test::fresh_database();
    return made;
}

/// Cuts what the rows of a COPY are sent in anew.
class other_messages {
public:
    /// Of `least` to `most` bytes; `behind`: what follows the trailer.
    other_messages(std::size_t least, std::size_t most, std::string behind)
        : size_(least, most), behind_(std::move(behind)) {}

    meddling_proxy::instead operator()(const backend_message& message) {
        if (message.kind == 'd') bytes_ += message.body;
        if (message.kind == 'd') return {""};
        if (message.kind != 'c') return {message.framed()};
        bytes_ += behind_;
        std::string out;
        for (std::size_t at = 0; at < bytes_.size();) {
            const auto size = size_(random_);
            out += backend_message{'d', bytes_.substr(at, size)}.framed();
            at += size;
        }
        bytes_.clear();
        return {out + message.framed()};
    }

private:
    std::mt19937 random_{42};
    std::uniform_int_distribution<std::size_t> size_;
    std::string behind_, bytes_;
};

struct cut {
    std::size_t least, most, behind;
};

} // namespace

TEST_CASE("rows of COPY come through whatever messages they are cut into") {
    auto direct = data().connect();
    const auto expected = howdah::query<noted>(direct, rows_of_every_size);
    for (const auto& [least, most, behind] : std::vector<cut>{
             {1, 3, 0}, {1, 700, 0}, {65'530, 65'542, 0}, {9'999'999, 9'999'999, 0}, {1, 9'000, 200'000}}) {
        CAPTURE(most);
        other_messages cutting(least, most, std::string(behind, '\7'));
        const meddling_proxy proxy(direct, [&](const backend_message& message) { return cutting(message); });
        connection db(proxy.before(data().config()));
        CHECK(howdah::copy_out<noted>(db, rows_of_every_size) == expected);
        std::vector<noted> viewed;
        const auto views = howdah::copy_views<noted_view>(db, rows_of_every_size);
        for (const auto& [id, text] : views) viewed.push_back({id, std::optional<std::string>(text)});
        CHECK(viewed == expected);
        std::vector<noted> streamed;
        auto rows = howdah::copy_stream<noted>(db, rows_of_every_size);
        for (const auto& row : rows) streamed.push_back(row);
        CHECK(streamed == expected);
        CHECK(rows.rows_read() == expected.size());
    }
}

TEST_CASE("rows before one that is none are given") {
    auto direct = data().connect();
    int number = 0;
    const meddling_proxy proxy(direct, [&](const backend_message& message) {
        auto changed = message;
        if (message.kind == 'd' && ++number == 23)
            howdah::store_big_endian(std::int16_t{9}, changed.body.data());
        return meddling_proxy::instead{changed.framed()};
    });
    connection db(proxy.before(data().config()));
    auto rows = howdah::copy_stream<noted>(db, rows_of_every_size);
    const auto read = [&] {
        for (const auto& row : rows) CHECK(row.id > 0);
    };
    CHECK_THROWS_AS(read(), howdah::decode_error);
    CHECK(rows.rows_read() == 22);
    number = 0;
    CHECK_THROWS_AS((void)howdah::copy_views<noted_view>(db, rows_of_every_size), howdah::decode_error);
    CHECK(howdah::query_one<int>(db, "select 1") == 1);
}
