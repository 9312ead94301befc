// SPDX-License-Identifier: BSL-1.0
//
// The rows among the bytes of a COPY out, however they arrive.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <howdah/bytes.hpp>
#include <howdah/error.hpp>

#include "copied_bytes.hpp"

namespace {

using howdah::detail::copied_bytes;
using howdah::detail::copied_cells;
using cells = std::vector<std::optional<std::string>>;

template <class Number> std::string big_endian(Number value) {
    std::string bytes(sizeof value, '\0');
    howdah::store_big_endian(value, bytes.data());
    return bytes;
}
std::string header(std::string_view extension = {}) {
    return std::string(howdah::detail::copy_signature) + big_endian(std::uint32_t{0}) +
           big_endian(static_cast<std::uint32_t>(extension.size())) + std::string(extension);
}
std::string row(const cells& of) {
    auto bytes = big_endian(static_cast<std::int16_t>(of.size()));
    for (const auto& one : of)
        bytes += one ? big_endian(static_cast<std::uint32_t>(one->size())) + *one : std::string(4, '\xff');
    return bytes;
}
const std::string end_of_rows = big_endian(std::int16_t{-1});

constexpr std::size_t usual_block = 65'536;

struct outcome {
    std::vector<cells> rows;
    bool whole = false;
    bool operator==(const outcome&) const = default;
};

cells cells_of(const copied_cells::row_at& row, std::size_t columns) {
    cells one;
    for (std::uint32_t column = 0; column < columns; ++column) {
        const auto cell = row.cell(column);
        if (cell.is_null()) one.emplace_back();
        else one.emplace_back(std::string(cell.bytes(), cell.size()));
    }
    return one;
}

/// Feeds the bytes, `at_once` at a time, until there are rows at hand or no more bytes; how many.
std::size_t feed(copied_bytes& from, std::string_view& bytes, std::size_t at_once) {
    from.make_room();
    while (from.find_rows() == 0 && !bytes.empty()) {
        if (from.room() == 0) from.make_room();
        const auto size = std::min({at_once, bytes.size(), from.room()});
        std::memcpy(from.end(), bytes.data(), size);
        from.add(size);
        bytes.remove_prefix(size);
    }
    return from.rows();
}

/// As copy_receiver does, reading rows while they are at hand.
outcome read_all(std::string_view bytes, std::size_t columns, std::size_t at_once,
                 std::size_t block = usual_block) {
    outcome all;
    copied_bytes from(columns, block);
    while (const auto rows = feed(from, bytes, at_once))
        for (std::size_t i = 0; i < rows; ++i) all.rows.push_back(cells_of(from.row(i), columns));
    all.whole = !from.within_row();
    return all;
}

/// The same, reading them when all have come, some at a time and the last ones first.
outcome keep_all(std::string_view bytes, std::size_t columns, std::size_t at_once,
                 std::size_t block = usual_block) {
    outcome all;
    copied_bytes from(columns, block);
    from.keep_rows();
    while (feed(from, bytes, at_once) > 0) {
    }
    all.whole = !from.within_row();
    auto received = from.take_rows();
    auto kept = std::move(received);
    all.rows.resize(kept.size());
    for (auto first = kept.size(); first > 0;) {
        const auto count = std::min<std::size_t>(1 + first % copied_bytes::rows_at_once, first);
        first -= count;
        auto row = kept.rows(first, count);
        for (std::size_t i = 0; i < count; ++i, row.next()) all.rows[first + i] = cells_of(row, columns);
    }
    return all;
}

TEST_CASE("rows of COPY are found however their bytes are split, of every size") {
    std::mt19937 random(20261121);
    std::vector<cells> rows;
    std::string bytes = header("extension");
    for (int i = 0; i < 200; ++i) {
        cells one(3);
        for (auto& cell : one) {
            const auto kind = random() % 20;
            if (kind == 0) continue;
            const std::size_t size = kind == 1 ? 0 : kind == 2 ? random() % 150'000 : random() % 300;
            cell = std::string(size, static_cast<char>('a' + i % 26));
        }
        bytes += row(one);
        rows.push_back(std::move(one));
    }
    bytes += end_of_rows;
    for (const std::size_t at_once : {7U, 1'000U, 65'535U, 65'536U, 65'537U, 10'000'000U}) {
        CAPTURE(at_once);
        const auto found = read_all(bytes, 3, at_once);
        CHECK(found.rows == rows);
        CHECK(found.whole);
        CHECK(keep_all(bytes, 3, at_once) == found);
    }
}

TEST_CASE("rows of COPY that end too soon are told from those that are whole, at every length") {
    // What the rows before leave in the buffer looks like the length of a NULL.
    const cells ones{std::string(64, '\xff'), std::string(64, '\xff')};
    std::vector<std::string> parts{header(), row(ones), row(ones), row({"a", std::nullopt}),
                                   row({"", "bcd"})};
    std::string all;
    std::vector<std::size_t> ends{0};
    for (const auto& part : parts) ends.push_back((all += part).size());
    all += end_of_rows;
    for (std::size_t size = 0; size < all.size(); ++size) {
        CAPTURE(size);
        const auto found = read_all(std::string_view(all).substr(0, size), 2, 3);
        const auto passed = std::upper_bound(ends.begin(), ends.end(), size) - ends.begin();
        CHECK(found.rows.size() == static_cast<std::size_t>(passed < 2 ? 0 : passed - 2));
        CHECK(found.whole == std::binary_search(ends.begin(), ends.end(), size));
        CHECK(keep_all(std::string_view(all).substr(0, size), 2, 3) == found);
    }
    CHECK(read_all(all + "what follows the end", 2, 3).whole);
    CHECK(read_all(all + row({"c", "d"}), 2, 100).rows.size() == 4);
}

TEST_CASE("rows of COPY are whole wherever a block ends") {
    // The first block ends at every place within a row.
    const cells one{"first", std::nullopt, "", "last"}, long_one{std::string(400, 'x'), "", std::nullopt, ""};
    const std::vector<cells> rows{one, one, long_one, one, one};
    std::string bytes = header();
    for (const auto& each : rows) bytes += row(each);
    bytes += end_of_rows;
    for (std::size_t block = 1; block <= bytes.size(); ++block)
        for (const std::size_t at_once : {1U, 13U, 1'000U}) {
            CAPTURE(block);
            CAPTURE(at_once);
            const auto found = keep_all(bytes, 4, at_once, block);
            CHECK(found.whole);
            CHECK(found.rows == rows);
            CHECK(read_all(bytes, 4, at_once, block) == found);
        }
}

TEST_CASE("rows of COPY that are kept stay where they are") {
    copied_bytes from(1);
    from.keep_rows();
    std::string bytes = header();
    for (int i = 0; i < 300; ++i) bytes += row({std::string(10'000, static_cast<char>('a' + i % 26))});
    std::string_view rest(bytes);
    std::vector<const char*> places;
    while (const auto rows = feed(from, rest, 50'000))
        for (std::size_t i = 0; i < rows; ++i) places.push_back(from.row(i).cell(0).bytes());
    auto kept = from.take_rows();
    REQUIRE(kept.size() == 300);
    for (std::size_t i = 0; i < 300; ++i) {
        const auto cell = kept.rows(i, 1).cell(0);
        CHECK(cell.bytes() == places[i]);
        CHECK(std::string(cell.bytes(), cell.size()) == std::string(10'000, static_cast<char>('a' + i % 26)));
    }
}

TEST_CASE("what follows the end of the rows of a COPY takes no memory") {
    for (const bool keeping : {false, true}) {
        CAPTURE(keeping);
        copied_bytes from(1);
        if (keeping) from.keep_rows();
        const std::string bytes = header() + row({"a"}) + end_of_rows + std::string(700'000, '\7');
        std::string_view rest(bytes);
        while (feed(from, rest, 10'000) > 0) {
        }
        CHECK(rest.empty());
        CHECK(from.room() <= 65'536);
    }
}

TEST_CASE("rows of COPY without columns are counted") {
    std::string bytes = header();
    for (int i = 0; i < 40; ++i) bytes += row({});
    CHECK(read_all(bytes + end_of_rows, 0, 11).rows.size() == 40);
    CHECK(keep_all(bytes + end_of_rows, 0, 11).rows.size() == 40);
}

TEST_CASE("what is not the binary format of COPY, or has other columns, is refused") {
    CHECK_THROWS_AS((void)read_all("PGCOPY\n\377\r\n1" + std::string(8, '\0'), 1, 100), howdah::decode_error);
    auto with_flags = header();
    with_flags[14] = 1;
    CHECK_THROWS_AS((void)read_all(with_flags, 1, 100), howdah::decode_error);
    CHECK_THROWS_AS((void)read_all(header() + row({"a", "b"}), 1, 1), howdah::decode_error);
    CHECK_THROWS_AS((void)keep_all(header() + row({"a"}) + row({"a", "b"}), 1, 1), howdah::decode_error);
    const auto third = header() + row({"a"}) + row({"b"}) + row({"c", "d"});
    copied_bytes at_once(1);
    std::memcpy(at_once.end(), third.data(), third.size());
    at_once.add(third.size());
    CHECK(at_once.find_rows() == 2); // those before it are given
    at_once.make_room();
    CHECK_THROWS_AS((void)at_once.find_rows(), howdah::decode_error);
    CHECK_THROWS_AS((void)read_all(header() + big_endian(std::int16_t{-2}), 1, 1), howdah::decode_error);
}

} // namespace
