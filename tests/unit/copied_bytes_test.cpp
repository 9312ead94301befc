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
#include <vector>

#include <howdah/bytes.hpp>
#include <howdah/error.hpp>

#include "copied_bytes.hpp"

namespace {

using howdah::detail::copied_bytes;
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

struct outcome {
    std::vector<cells> rows;
    bool whole = false;
};

/// Feeds the bytes, `at_once` at a time, as copy_receiver does.
outcome read_all(std::string_view bytes, std::size_t columns, std::size_t at_once) {
    outcome all;
    copied_bytes from(columns);
    for (;;) {
        from.drop_rows();
        while (from.find_rows() == 0 && !bytes.empty()) {
            if (from.room() == 0) from.drop_rows();
            const auto size = std::min({at_once, bytes.size(), from.room()});
            std::memcpy(from.end(), bytes.data(), size);
            from.add(size);
            bytes.remove_prefix(size);
        }
        if (from.rows() == 0) break;
        for (std::size_t i = 0; i < from.rows(); ++i) {
            auto& one = all.rows.emplace_back();
            for (std::uint32_t column = 0; column < columns; ++column) {
                const auto cell = from.row(i).cell(column);
                if (cell.is_null()) one.emplace_back();
                else one.emplace_back(std::string(cell.bytes(), cell.size()));
            }
        }
    }
    all.whole = !from.within_row();
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
    }
    CHECK(read_all(all + "what follows the end", 2, 3).whole);
    CHECK(read_all(all + row({"c", "d"}), 2, 100).rows.size() == 4);
}

TEST_CASE("rows of COPY without columns are counted") {
    std::string bytes = header();
    for (int i = 0; i < 40; ++i) bytes += row({});
    CHECK(read_all(bytes + end_of_rows, 0, 11).rows.size() == 40);
}

TEST_CASE("what is not the binary format of COPY, or has other columns, is refused") {
    CHECK_THROWS_AS((void)read_all("PGCOPY\n\377\r\n1" + std::string(8, '\0'), 1, 100), howdah::decode_error);
    auto with_flags = header();
    with_flags[14] = 1;
    CHECK_THROWS_AS((void)read_all(with_flags, 1, 100), howdah::decode_error);
    CHECK_THROWS_AS((void)read_all(header() + row({"a", "b"}), 1, 1), howdah::decode_error);
    const auto third = header() + row({"a"}) + row({"b"}) + row({"c", "d"});
    copied_bytes at_once(1);
    std::memcpy(at_once.end(), third.data(), third.size());
    at_once.add(third.size());
    CHECK(at_once.find_rows() == 2); // those before it are given
    at_once.drop_rows();
    CHECK_THROWS_AS((void)at_once.find_rows(), howdah::decode_error);
    CHECK_THROWS_AS((void)read_all(header() + big_endian(std::int16_t{-2}), 1, 1), howdah::decode_error);
}

} // namespace
