// SPDX-License-Identifier: BSL-1.0
#include <howdah/uuid.hpp>

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <thread>
#include <unordered_set>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "uuid_stamp.hpp"

using namespace howdah;

namespace {

constexpr std::string_view example = "01890a5d-ac96-774b-bcce-b302099a8057";

std::size_t refused_at(std::string_view text) {
    try {
        static_cast<void>(uuid::parse(text));
    } catch (const decode_error& failure) {
        CHECK(failure.value() == text);
        return failure.offset();
    }
    FAIL("accepted");
    return 0;
}

std::int64_t unix_ms(const uuid& id) {
    std::int64_t out = 0;
    for (std::size_t i = 0; i < 6; ++i) out = out << 8 | id.bytes()[i];
    return out;
}

std::int64_t now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

uuid random_uuid(std::mt19937_64& random) {
    std::array<std::uint8_t, 16> bytes;
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return uuid{bytes};
}

} // namespace

TEST_CASE("a uuid is read in either case and written in lower case") {
    const auto id = uuid::parse(example);
    CHECK(id.bytes()[0] == 0x01);
    CHECK(id.bytes()[15] == 0x57);
    CHECK(id.version() == 7);
    CHECK(id.text() == example);
    CHECK(uuid::parse("01890A5D-AC96-774B-BCCE-B302099A8057") == id);
    CHECK(uuid::try_parse(example) == id);
    CHECK(uuid{}.text() == "00000000-0000-0000-0000-000000000000");
    CHECK(uuid{}.is_nil());
    CHECK_FALSE(id.is_nil());
}

TEST_CASE("every byte at every place of a uuid is read as its digit, or refused there") {
    const std::string_view digits = "0123456789abcdef";
    std::size_t wrong = 0;
    for (std::size_t place = 0; place < example.size(); ++place)
        for (int byte = 0; byte < 256; ++byte) {
            std::string text(example);
            const char c = text[place] = static_cast<char>(byte);
            const auto lower = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
            const bool fits = example[place] == '-' ? c == '-' : digits.find(lower) != digits.npos;
            const auto read = uuid::try_parse(text);
            text[place] = lower;
            wrong += read.has_value() != fits || (fits && read->text() != text);
        }
    CHECK(wrong == 0);
}

TEST_CASE("a text that is no uuid is refused at the first bad byte") {
    CHECK(refused_at("") == 0);
    CHECK(refused_at("01890a5dac96774bbcceb302099a8057") == 8);
    CHECK(refused_at("{01890a5d-ac96-774b-bcce-b302099a8057}") == 0);
    CHECK(refused_at(" 01890a5d-ac96-774b-bcce-b302099a8057") == 0);
    CHECK(refused_at("01890a5d-ac96-774b-bcce-b302099a8057 ") == 36);
    CHECK(refused_at("01890a5d-ac96-774b-bcce-b302099a805g") == 35);
    CHECK(refused_at("01890a5d-ac96-774b-bcce-b302099a80-7") == 34);
    CHECK(refused_at("01890a5d_ac96-774b-bcce-b302099a8057") == 8);
    CHECK(refused_at(std::string_view("01890a5d-ac96-774b-bcce-b302099a80\0\0", 36)) == 34);
    for (std::size_t size = 0; size < example.size(); ++size) {
        CHECK(refused_at(example.substr(0, size)) == size);
        CHECK_FALSE(uuid::try_parse(example.substr(0, size)).has_value());
        auto changed = std::string(example);
        changed[size] = 'x';
        CHECK(refused_at(changed) == size);
        changed[size] = '\xFF';
        CHECK(refused_at(changed) == size);
    }
}

TEST_CASE("random uuids survive text and binary, and keep their order") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    auto before = random_uuid(random);
    for (int i = 0; i < 20'000; ++i) {
        const auto id = random_uuid(random);
        REQUIRE(uuid::parse(id.text()) == id);
        for (const auto encoding : {format::text, format::binary}) {
            byte_writer out;
            codec<uuid>::encode(id, encoding, out);
            uuid back;
            codec<uuid>::decoder({oids::uuid, encoding})(out.view(), {oids::uuid, encoding}, &back);
            REQUIRE(back == id);
        }
        REQUIRE((id < before) == (id.text() < before.text()));
        before = id;
    }
}

TEST_CASE("the uuid codec reads uuid columns of exactly sixteen bytes") {
    CHECK(codec<uuid>::name() == "howdah::uuid");
    CHECK((codec<uuid>::decoder({oids::text, format::text}) == nullptr));
    CHECK((codec<uuid>::decoder({oids::bytea, format::binary}) == nullptr));
    const wire from{oids::uuid, format::binary};
    uuid out;
    for (std::size_t size = 0; size < 20; ++size)
        if (size != 16)
            CHECK_THROWS_AS(codec<uuid>::decoder(from)(std::string(size, 'x'), from, &out), decode_error);
    codec<uuid>::decoder(from)("0123456789abcdef", from, &out);
    CHECK(out.text() == "30313233-3435-3637-3839-616263646566");
}

TEST_CASE("version 4 carries its marks and 122 random bits") {
    std::array<int, 128> ones{};
    constexpr int count = 4000;
    std::unordered_set<uuid> seen;
    for (int i = 0; i < count; ++i) {
        const auto id = uuid::v4();
        REQUIRE(id.version() == 4);
        REQUIRE((id.bytes()[8] & 0xC0) == 0x80);
        seen.insert(id);
        for (std::size_t bit = 0; bit < 128; ++bit) ones[bit] += id.bytes()[bit / 8] >> (7 - bit % 8) & 1;
    }
    CHECK(seen.size() == count);
    // Ten standard deviations: every bit but the six marks is set in half of them.
    for (std::size_t bit = 0; bit < 128; ++bit) {
        CAPTURE(bit);
        const bool mark = (bit >= 48 && bit < 52) || bit == 64 || bit == 65;
        if (!mark) CHECK(std::abs(ones[bit] - count / 2) < 320);
    }
}

TEST_CASE("no random byte is given out twice") {
    // Runs of five bytes without a mark, at every distance that a mistake in the supply could have.
    constexpr std::array<std::size_t, 5> places{0, 1, 9, 10, 11};
    auto before = uuid::v4();
    for (int i = 0; i < 1000; ++i) {
        const auto id = uuid::v4();
        for (const auto from : places)
            for (const auto to : places)
                REQUIRE_FALSE(std::equal(before.bytes().begin() + from, before.bytes().begin() + from + 5,
                                         id.bytes().begin() + to));
        before = id;
    }
}

TEST_CASE("version 7 carries its marks and the time") {
    const auto before = now_ms();
    const auto id = uuid::v7();
    CHECK(id.version() == 7);
    CHECK((id.bytes()[8] & 0xC0) == 0x80);
    CHECK(unix_ms(id) >= before);
    CHECK(unix_ms(id) <= now_ms() + 1000);
}

TEST_CASE("version 7 rises strictly in every thread and never repeats between sixteen") {
    constexpr std::size_t threads = 16, each = 10'000;
    std::vector<std::vector<uuid>> made(threads);
    {
        std::vector<std::jthread> running;
        for (auto& ids : made)
            running.emplace_back([&ids] {
                ids.reserve(each);
                for (std::size_t i = 0; i < each; ++i) ids.push_back(uuid::v7());
            });
    }
    std::vector<uuid> all;
    for (const auto& ids : made) {
        CHECK(std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>{}) == ids.end());
        all.insert(all.end(), ids.begin(), ids.end());
    }
    // 48 bits of time and 16 of counter order them all, whatever the random rest says.
    const auto stamp = [](const uuid& id) {
        return std::pair{unix_ms(id),
                         (id.bytes()[6] & 0xF) << 12 | id.bytes()[7] << 4 | (id.bytes()[8] >> 2 & 0xF)};
    };
    std::sort(all.begin(), all.end());
    CHECK(std::adjacent_find(all.begin(), all.end(), [&](const auto& a, const auto& b) {
              return stamp(a) == stamp(b);
          }) == all.end());
    CHECK(uuid::v7() > all.back());
}

TEST_CASE("version 7 stamps rise when the clock stands still, steps back or the counter is full") {
    std::atomic<std::uint64_t> state{0};
    auto before = detail::next_stamp(state, 1000, 0xFFFF);
    CHECK(before == (1000u << 16 | 0x7FFF)); // the upper half of the counter is left free
    const auto rises = [&](std::uint64_t ms, std::uint64_t seed) {
        const auto next = detail::next_stamp(state, ms, seed);
        CHECK(next > before);
        before = next;
        return next;
    };
    CHECK(rises(1000, 0) == (1000u << 16 | 0x8000));
    CHECK(rises(400, 7) == (1000u << 16 | 0x8001));
    for (int i = 0; i < 0x7FFE; ++i) rises(1000, 0);
    CHECK(before == (1000u << 16 | 0xFFFF));
    CHECK(rises(1000, 0) == 1001u << 16);
    CHECK(rises(1001, 5) == (1001u << 16 | 1));
    CHECK(rises(1002, 5) == (1002u << 16 | 5));
}

TEST_CASE("a child of a fork makes other random bits than its parent") {
    static_cast<void>(uuid::v4()); // the parent's supply is filled
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const auto child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto id = uuid::v4();
        _exit(write(ends[1], id.bytes().data(), 16) == 16 ? 0 : 1);
    }
    std::array<std::uint8_t, 16> bytes{};
    REQUIRE(read(ends[0], bytes.data(), bytes.size()) == 16);
    REQUIRE(waitpid(child, nullptr, 0) == child);
    close(ends[0]);
    close(ends[1]);
    CHECK(uuid{bytes} != uuid::v4());
    CHECK(uuid{bytes}.version() == 4);
}

TEST_CASE("the hash spreads ids that follow one another") {
    std::set<std::size_t> buckets;
    for (int i = 0; i < 4096; ++i) buckets.insert(std::hash<uuid>{}(uuid::v7()) % 4096);
    CHECK(buckets.size() > 2400); // 2590 are expected of a random function
    CHECK(std::hash<uuid>{}(uuid::parse(example)) == std::hash<uuid>{}(uuid::parse(example)));
}
