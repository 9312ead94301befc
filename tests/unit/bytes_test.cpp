// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include <howdah/bytes.hpp>

#include "codec_checks.hpp"

using howdah::byte_reader;
using howdah::byte_writer;
using howdah::tests::bytes;

TEST_CASE("numbers are written and read with the highest byte first") {
    byte_writer out;
    out.write(std::int8_t{-2});
    out.write(std::int16_t{0x0102});
    out.write(std::int32_t{-2});
    out.write(std::uint64_t{0x0102030405060708});
    CHECK(out.view() == bytes("\xFE\x01\x02\xFF\xFF\xFF\xFE\x01\x02\x03\x04\x05\x06\x07\x08"));

    byte_reader in(out.view());
    CHECK(in.read<std::int8_t>() == -2);
    CHECK(in.read<std::int16_t>() == 0x0102);
    CHECK(in.read<std::int32_t>() == -2);
    CHECK(in.read<std::uint64_t>() == 0x0102030405060708);
    CHECK(in.finished());
}

TEST_CASE("a reader that ran past the end stays failed and gives zero") {
    byte_reader in("\x01\x02\x03");
    CHECK(in.read<std::int32_t>() == 0);
    CHECK_FALSE(in.ok());
    CHECK(in.read<std::int8_t>() == 0);
    CHECK(in.bytes(1).empty());
    CHECK(in.left() == 0);
    CHECK_FALSE(in.finished());
}

TEST_CASE("a reader gives views into its input and is finished only when nothing is left") {
    byte_reader in("elephant");
    CHECK(in.bytes(3) == "ele");
    CHECK(in.ok());
    CHECK_FALSE(in.finished());
    CHECK(in.bytes(5) == "phant");
    CHECK(in.finished());
    CHECK(in.bytes(0).empty());
    CHECK(in.ok());
    CHECK(in.bytes(1).empty());
    CHECK_FALSE(in.ok());
}

TEST_CASE("a writer keeps everything when it outgrows its own memory, at every size") {
    for (const std::size_t step : {1U, 3U, 100U, 255U, 256U, 257U, 5000U}) {
        byte_writer out;
        std::string expected;
        while (expected.size() < 12000) {
            const std::string piece(step, static_cast<char>('a' + expected.size() % 26));
            out.write(std::string_view(piece));
            expected += piece;
        }
        CHECK(out.view() == expected);
    }
}

TEST_CASE("a length can be patched in afterwards, on the stack and on the heap") {
    for (const std::size_t before : {0U, 1000U}) {
        byte_writer out;
        out.write(std::string_view(std::string(before, 'x')));
        out.write(std::int32_t{0});
        out.write(std::string_view("end"));
        out.patch(before, 0x01020304);
        CHECK(out.view() == std::string(before, 'x') + "\x01\x02\x03\x04" + "end");
    }
}

TEST_CASE("a moved writer takes its bytes along and leaves an empty writer that works") {
    for (const std::size_t size : {5U, 1000U}) {
        byte_writer from;
        from.write(std::string_view(std::string(size, 'x')));
        byte_writer to(std::move(from));
        CHECK(to.view() == std::string(size, 'x'));
        CHECK(from.size() == 0); // NOLINT(bugprone-use-after-move): that is the point
        from.write(std::string_view(std::string(400, 'y')));
        CHECK(from.view() == std::string(400, 'y'));
        to = std::move(from);
        CHECK(to.view() == std::string(400, 'y'));
        byte_writer& same = to;
        to = std::move(same);
        CHECK(to.view() == std::string(400, 'y'));
    }
}

TEST_CASE("a cleared writer starts again") {
    byte_writer out;
    out.write(std::string_view(std::string(1000, 'x')));
    out.clear();
    CHECK(out.view().empty());
    out.write(std::string_view("again"));
    CHECK(out.view() == "again");
}
