// SPDX-License-Identifier: BSL-1.0
//
// What a migration and a set of them are, whatever layout the files had.
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include <howdah/migration_set.hpp>

using howdah::canonical_version;
using howdah::compare_versions;
using howdah::migration_failure;
using howdah::migration_kind;
using howdah::migration_parts;
using howdah::migration_set;
using howdah::read_migration;
using howdah::version_order;
using std::chrono::milliseconds;

namespace {

template <class Function> howdah::migration_error refusal(Function&& run) {
    try {
        run();
    } catch (const howdah::migration_error& failure) {
        return failure;
    }
    FAIL("nothing was refused");
    throw 0;
}

howdah::migration_error file_refusal(std::string_view text) {
    return refusal([&] { (void)read_migration("1_a.sql", text); });
}

void mentions(const howdah::migration_error& failure, std::string_view words) {
    INFO("what(): ", std::string(failure.what()), "\nexpected in it: ", std::string(words));
    CHECK(std::string_view(failure.what()).find(words) != std::string_view::npos);
}

migration_set set_of(const std::vector<howdah::embedded_migration>& files) {
    return migration_set(howdah::embedded_migrations{files});
}

howdah::migration part(const std::string& version, migration_kind kind = migration_kind::versioned) {
    migration_parts parts;
    parts.file = "V" + version + ".sql";
    parts.version = version;
    parts.name = "n" + version;
    parts.kind = kind;
    parts.text = "select 1";
    return howdah::make_migration(parts);
}

} // namespace

TEST_CASE("directives at the head of a file say how it runs") {
    const auto m = read_migration("1_a.sql", "\xEF\xBB\xBF\n-- a comment\r\n"
                                             "-- howdah: transaction=off\n"
                                             "  --HOWDAH: lock_timeout = 5s \n"
                                             "-- howdah: statement_timeout=10min\n"
                                             "/* more */\n"
                                             "-- howdah: requires=0007\n-- howdah: requires=9\n"
                                             "-- howdah: lint-ignore=drop-table nobody reads it\n"
                                             "-- howdah: placeholder=off\n"
                                             "select 1;\n-- made for howdah: all of it");
    CHECK_FALSE(m.directives.transaction);
    CHECK_FALSE(m.directives.placeholders);
    CHECK(m.directives.lock_timeout == milliseconds{5'000});
    CHECK(m.directives.statement_timeout == milliseconds{600'000});
    CHECK(m.directives.required_versions == std::vector<std::string>{"0007", "9"});
    REQUIRE(m.directives.lint_ignore.size() == 1);
    CHECK(m.directives.lint_ignore[0].rule == "drop-table");
    CHECK(m.directives.lint_ignore[0].reason == "nobody reads it");
    const auto plain = read_migration("1_a.sql", "select 1").directives;
    CHECK(plain.transaction);
    CHECK(plain.placeholders);
    CHECK_FALSE(plain.lock_timeout);
}

TEST_CASE("times are written as the server's settings are") {
    const auto time = [](const std::string& text) {
        return read_migration("1_a.sql", "-- howdah: lock_timeout=" + text + "\nselect 1")
            .directives.lock_timeout->count();
    };
    CHECK(time("0") == 0);
    CHECK(time("250") == 250);
    CHECK(time("250ms") == 250);
    CHECK(time("2 min") == 120'000);
    CHECK(time("1h") == 3'600'000);
    CHECK(time("24d") == 2'073'600'000);
    for (const char* wrong : {"", "5 m", "-1", "1.5s", "5S", "25d", "99999999999999999999", "s"})
        mentions(file_refusal(std::string("-- howdah: lock_timeout=") + wrong + "\nselect 1"),
                 "is a time such as");
}

TEST_CASE("a directive that is wrong never passes unseen") {
    mentions(file_refusal("\n-- howdah: turbo=on\nselect 1;"),
             "1_a.sql:2:1: the directive 'turbo' is unknown");
    mentions(file_refusal("-- howdah:\nselect 1;"), "is unknown");
    mentions(file_refusal("-- howdah: transaction=no\nselect 1;"), "'on' or 'off'");
    mentions(file_refusal("-- howdah: transaction\nselect 1;"), "'on' or 'off'");
    mentions(file_refusal("-- howdah: requires=\nselect 1;"), "names a version");
    mentions(file_refusal("-- howdah: lint-ignore=drop-table\nselect 1;"), "says why");
    mentions(file_refusal("-- howdah: placeholder=off\n-- howdah: placeholder=off\nselect 1;"),
             "given twice");
    const auto late = file_refusal("select 1;\n  --howdah: transaction=off\n");
    CHECK(late.kind() == migration_failure::bad_file);
    mentions(late, "1_a.sql:2:3: a directive has to stand before the first command");
    mentions(file_refusal("-- howdah: transaction=off\n"), "holds no SQL command");
}

TEST_CASE("a set is ordered by number, repeatable ones last, whatever order and width the names have") {
    const auto set = set_of({{"R_b.sql", "select 1"},
                             {"010_c.sql", "select 1"},
                             {"9_b.sql", "select 1"},
                             {"R_a.sql", "select 1"},
                             {"0001_a.sql", "select 1"},
                             {"20260101_d.sql", "select 1"}});
    std::string order;
    for (const auto& m : set) order += m.name;
    CHECK(order == "abcdab");
    CHECK(set.size() == 6);
    REQUIRE(set.find("9"));
    CHECK(set.find("0009")->file == "9_b.sql");
    CHECK_FALSE(set.find("2"));
    CHECK_FALSE(set.find("99999999"));
    CHECK_FALSE(set.find(""));
    REQUIRE(set.find_repeatable("b"));
    CHECK(set.find_repeatable("b")->file == "R_b.sql");
    CHECK_FALSE(set.find_repeatable("c"));
    CHECK_FALSE(set.find_repeatable("aa"));
}

TEST_CASE("two files for one place are both named") {
    const auto failure = refusal(
        [&] { (void)set_of({{"001_a.sql", "select 1"}, {"2_b.sql", "select 1"}, {"1_c.sql", "select 1"}}); });
    CHECK(failure.kind() == migration_failure::duplicate);
    mentions(failure, "001_a.sql");
    mentions(failure, "1_c.sql and");
    mentions(refusal([&] { (void)set_of({{"a/R_v.sql", "select 1"}, {"b/R_v.sql", "select 1"}}); }),
             "same name v");
    mentions(refusal([&] {
                 (void)set_of(
                     {{"1_a.sql", "select 1"}, {"1_a.down.sql", "select 1"}, {"01_a.down.sql", "select 1"}});
             }),
             "take the same version back");
}

TEST_CASE("a down file goes with its migration") {
    const auto set = set_of({{"0002_b.down.sql", "-- howdah: transaction=off\r\ndrop table b"},
                             {"1_a.sql", "create table a ()"},
                             {"2_b.sql", "create table b ()"}});
    REQUIRE(set.size() == 2);
    CHECK_FALSE(set.begin()->down_text);
    const auto* const b = set.find("2");
    REQUIRE(b->down_text);
    CHECK(*b->down_text == "-- howdah: transaction=off\ndrop table b");
    CHECK(b->down_file == "0002_b.down.sql");
    CHECK_FALSE(b->down_directives.transaction);
    CHECK(b->directives.transaction);
    CHECK(b->checksum == read_migration("2_b.sql", "create table b ()").checksum);

    mentions(refusal([&] { (void)set_of({{"1_a.sql", "select 1"}, {"2_b.down.sql", "select 1"}}); }),
             "there is no file of version 2");
    mentions(refusal([&] { (void)set_of({{"1_a.sql", "select 1"}, {"1_b.down.sql", "select 1"}}); }),
             "name both alike");
    mentions(refusal([&] { (void)set_of({{"1_a.sql", "select 1"}, {"1_a.down.sql", "select '"}}); }),
             "1_a.down.sql:1:8");
}

TEST_CASE("a part of a file names the line of the file") {
    migration_parts parts;
    parts.file = "x.sql";
    parts.version = "1";
    parts.text = "\nselect 'x";
    parts.lines_before = 10;
    mentions(refusal([&] { (void)howdah::make_migration(parts); }), "x.sql:12:8: ");
    parts.text = "-- howdah: x=1";
    mentions(refusal([&] { (void)howdah::make_migration(parts); }), "x.sql:11:1: ");
    parts.text = "-- nothing";
    mentions(refusal([&] { (void)howdah::make_migration(parts); }), "holds no SQL command");
    parts.may_be_empty = true;
    parts.directives.transaction = false;
    const auto made = howdah::make_migration(parts);
    CHECK(made.text == "-- nothing");
    CHECK_FALSE(made.directives.transaction);
    parts.down_text = "select \"";
    parts.down_file = "x.sql";
    parts.down_lines_before = 20;
    mentions(refusal([&] { (void)howdah::make_migration(parts); }), "x.sql:21:8: ");
}

TEST_CASE("a text wrapped in a transaction is taken where its layout allows it") {
    migration_parts parts;
    parts.file = "x.sql";
    parts.version = "1";
    parts.text = "begin; select 1; commit";
    CHECK(refusal([&] { (void)howdah::make_migration(parts); }).kind() == migration_failure::own_transaction);
    parts.may_be_wrapped = true;
    CHECK(howdah::make_migration(parts).wrapped);
    parts.directives.transaction = false; // it would run without one
    CHECK(refusal([&] { (void)howdah::make_migration(parts); }).kind() == migration_failure::own_transaction);
}

TEST_CASE("versions compare as their tool compares them") {
    const auto sorted = [](version_order order, const std::vector<std::string>& versions) {
        for (std::size_t i = 0; i < versions.size(); ++i)
            for (std::size_t k = 0; k < versions.size(); ++k) {
                CAPTURE(versions[i]);
                CAPTURE(versions[k]);
                CHECK(compare_versions(versions[i], versions[k], order) == (i > k) - (i < k));
            }
    };
    sorted(version_order::numeric, {"0", "1", "02", "9", "10", "20260101090000", "9223372036854775807",
                                    "00009223372036854775808", "99999999999999999999999"});
    sorted(version_order::dotted, {"0.9", "1", "1.0.1", "1_2", "1.2.3", "1.10", "2", "2013.1.15.11.35.56"});
    sorted(version_order::text, {"", "00000000000000", "10", "2", "20240101", "a"});
    CHECK(compare_versions("0001", "1", version_order::numeric) == 0);
    CHECK(compare_versions("1.0", "1", version_order::dotted) == 0);
    CHECK(compare_versions("1_01", "1.1", version_order::dotted) == 0);
    CHECK(compare_versions("01", "1", version_order::text) < 0);
    CHECK(canonical_version("0001", version_order::numeric) == "1");
    CHECK(canonical_version("000", version_order::numeric) == "0");
    CHECK(canonical_version("01_2.0.0", version_order::dotted) == "1.2");
    CHECK(canonical_version("0.0", version_order::dotted) == "0");
    CHECK(canonical_version("1.0.3", version_order::dotted) == "1.0.3");
    CHECK(canonical_version("01", version_order::text) == "01");
    CHECK(canonical_version("2026-01-24-153000", version_order::text) == "20260124153000");
    CHECK(compare_versions("2026-01-24-153000", "20260124153000", version_order::text) == 0);
    CHECK(compare_versions("2026-01-24-153000", "20260124153001", version_order::text) < 0);
    CHECK(compare_versions("2026-01-25", "20260124153001", version_order::text) > 0);
    CHECK(compare_versions("2026-01-24", "20260124-1", version_order::text) < 0);
    CHECK(canonical_version("01-2", version_order::numeric) == "01-2");
    CHECK(canonical_version("1.x", version_order::dotted) == "1.x");
}

TEST_CASE("two versions are equal exactly if they are written alike in the history") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    static constexpr std::array<char, 6> letters{'0', '1', '.', '_', '-', 'x'};
    const auto some = [&] {
        std::string out;
        for (auto left = random() % 6; left > 0; --left) out += letters[random() % letters.size()];
        return out;
    };
    for (int round = 0; round < 20'000; ++round) {
        const auto a = some(), b = some();
        CAPTURE(a);
        CAPTURE(b);
        for (const auto order : {version_order::numeric, version_order::dotted, version_order::text}) {
            REQUIRE((compare_versions(a, b, order) == 0) ==
                    (canonical_version(a, order) == canonical_version(b, order)));
            REQUIRE(compare_versions(a, b, order) == -compare_versions(b, a, order));
            REQUIRE(compare_versions(canonical_version(a, order), a, order) == 0);
        }
    }
}

TEST_CASE("a set of another layout has its own order, and baselines beside the versions they replace") {
    std::vector<howdah::migration> files{part("1.10"), part("1.9"), part("2"),
                                         part("1.9", migration_kind::baseline)};
    const migration_set dotted(std::move(files), version_order::dotted);
    std::string order;
    for (const auto& m : dotted) order += m.version + (m.kind == migration_kind::baseline ? "b " : " ");
    CHECK(order == "1.9 1.9b 1.10 2 ");
    REQUIRE(dotted.find("1.09.0"));
    CHECK(dotted.find("1.9")->kind == migration_kind::versioned);
    CHECK(dotted.order() == version_order::dotted);
    CHECK(migration_set({part("10"), part("2")}, version_order::text).begin()->version == "10");
}
