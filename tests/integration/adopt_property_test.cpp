// SPDX-License-Identifier: BSL-1.0
//
// For directories drawn at random and the table of their tool in which a prefix of them, drawn as well, is applied:
// adopting and running does nothing twice and ends in the schema of psql, and whatever is given back in between, the
// tool's table says what is applied, and nothing else.
#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <howdah/connection.hpp>
#include <howdah/migration_adopt.hpp>
#include <howdah/migration_commands.hpp>

#include "migration_draw.hpp"
#include "migration_support.hpp"
#include "schema_dump.hpp"
#include "tool_tables.hpp"

using namespace howdah::test;
using namespace howdah::test::tool_tables;
using howdah::adopt_migrations;
using howdah::hand_back_migrations;
using howdah::migration_layout;

namespace {

constexpr const char* drizzle_columns = "alter table drizzle.__drizzle_migrations add name text, add "
                                        "applied_at timestamptz, add version integer;";

/// What a tool's table is made with, and the query that tells what is applied by it.
struct tool_of_form {
    std::string table, seen;
};

tool_of_form tool_of(const drawn_form& form) {
    const auto all = [](const std::string& what, const std::string& order, const std::string& from) {
        return "select coalesce(string_agg(" + what + ", ' ' order by " + order + "), '') from " + from;
    };
    switch (form.layout) {
    case migration_layout::sqlx:
        return {sqlx_table, all("version::text", "version", "_sqlx_migrations where success")};
    case migration_layout::diesel:
        return {diesel_table, all("version", "version collate \"C\"", "__diesel_schema_migrations")};
    case migration_layout::golang_migrate:
        return {golang_table, all("version::text", "version", "schema_migrations where not dirty")};
    case migration_layout::flyway:
        return {flyway_table,
                all("coalesce(version, 'R')", "installed_rank", "flyway_schema_history where success")};
    case migration_layout::dbmate: return {dbmate_table, all("version", "version", "schema_migrations")};
    case migration_layout::goose:
        return {goose_table, all("version_id::text", "version_id", "goose_db_version where version_id > 0")};
    default: break;
    }
    return {drizzle_table + std::string(form.directories ? drizzle_columns : ""),
            all(form.directories ? "name" : "created_at::text", "id", "drizzle.__drizzle_migrations")};
}

/// zlib's CRC-32 over the lines without their ends, as Flyway has it.
std::int32_t crc_of_lines(const std::string& text) {
    std::uint32_t crc = ~0U;
    for (const char c : text) {
        if (c == '\n') continue;
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) ? (crc >> 1U) ^ 0xEDB88320U : crc >> 1U;
    }
    return static_cast<std::int32_t>(~crc);
}

/// A directory and what becomes of it in both ways.
class drawn_project {
public:
    drawn_project(const drawn_form& form, std::mt19937& random)
        : form_(form), tool_(tool_of(form)),
          steps_(draw_steps(random, form.layout != migration_layout::drizzle)),
          versions_(draw_versions(random, form, steps_.size())) {
        names_ = write_drawn(files_, form, steps_, versions_, random);
        for (auto& version : versions_) std::replace(version.begin(), version.end(), '_', '.'); // of Flyway
        if (form.layout != migration_layout::flyway || random() % 2 == 0) return;
        steps_.push_back({"create or replace view repeated as select 1 as one;\n", ""});
        versions_.emplace_back();
        names_.emplace_back("R__repeated.sql");
        files_.write(names_.back(), steps_.back().up);
    }
    [[nodiscard]] std::size_t size() const { return steps_.size(); }
    [[nodiscard]] bool has_repeatable() const { return versions_.back().empty(); }
    [[nodiscard]] const std::string& version(std::size_t i) const { return versions_[i]; }
    [[nodiscard]] std::string path() const { return files_.path(); }

    /// The first migrations, as the tool applies them.
    void apply(const howdah::testing::database& to, std::size_t count) const {
        auto db = to.connect();
        db.run_script(tool_.table);
        const migration_files_directory texts;
        for (std::size_t i = 0; i < count; ++i) {
            const auto n = std::to_string(i);
            texts.write(n, steps_[i].up);
            (void)output_of("psql -X -q -v ON_ERROR_STOP=1 -f '" + texts.path() + '/' + n + "' '" +
                            to.config().url + "' 2>&1");
            if (form_.layout != migration_layout::golang_migrate || i + 1 == count) db.run_script(row(i));
        }
    }
    /// Does the tool's table say that the first `count` are applied?
    void check_table(const howdah::testing::database& in, std::size_t count) const {
        std::string expected;
        for (std::size_t i = form_.layout == migration_layout::golang_migrate && count > 0 ? count - 1 : 0;
             i < count; ++i)
            expected += (expected.empty() ? "" : " ") + key(i);
        auto db = in.connect();
        CHECK(ask<std::string>(db, tool_.seen) == expected);
        CHECK(ask<bool>(db, "select to_regclass('howdah_migrations') is null"));
    }

private:
    [[nodiscard]] std::string key(std::size_t i) const {
        const auto& version = versions_[i];
        if (form_.layout == migration_layout::flyway) return version.empty() ? "R" : version;
        if (form_.layout == migration_layout::drizzle)
            return form_.directories ? version + "_s" + std::to_string(i) : std::to_string(drawn_time(i));
        if (form_.layout == migration_layout::dbmate) return version;
        if (form_.layout != migration_layout::diesel) return std::to_string(std::stoull(version));
        std::string out;
        for (const char c : version)
            if (c != '-') out += c;
        return out;
    }
    [[nodiscard]] std::string row(std::size_t i) const {
        std::ifstream stream(files_.path() + '/' + names_[i], std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        const auto bytes = "convert_to($text$" + text + "$text$, 'UTF8')";
        switch (form_.layout) {
        case migration_layout::sqlx:
            return "insert into _sqlx_migrations values (" + key(i) + ", 'x', now(), true, sha384(" + bytes +
                   "), 5)";
        case migration_layout::diesel:
            return "insert into __diesel_schema_migrations values ('" + key(i) + "')";
        case migration_layout::golang_migrate:
            return "insert into schema_migrations values (" + key(i) + ", false)";
        case migration_layout::flyway:
            return "insert into flyway_schema_history values (" + std::to_string(i + 1) + ", nullif('" +
                   versions_[i] + "', ''), '" +
                   (versions_[i].empty() ? "repeated" : "s" + std::to_string(i)) + "', 'SQL', '" + names_[i] +
                   "', " + std::to_string(crc_of_lines(text)) + ", 'u', now(), 1, true)";
        case migration_layout::dbmate: return "insert into schema_migrations values ('" + key(i) + "')";
        case migration_layout::goose:
            return "insert into goose_db_version (version_id, is_applied) values (" + key(i) + ", true)";
        default: break;
        }
        const auto hash = "encode(sha256(" + bytes + "), 'hex'), ";
        if (form_.directories)
            return "insert into drizzle.__drizzle_migrations (hash, created_at, name, version) values (" +
                   hash + "1, '" + key(i) + "', 1)";
        return "insert into drizzle.__drizzle_migrations (hash, created_at) values (" + hash + key(i) + ")";
    }

    drawn_form form_;
    tool_of_form tool_;
    std::vector<drawn_step> steps_;
    std::vector<std::string> versions_, names_{};
    migration_files_directory files_{};
};

void check_form(const drawn_form& form, std::mt19937& random) {
    const drawn_project project(form, random);
    const auto count = project.size(), versioned = count - (project.has_repeatable() ? 1 : 0);
    const auto below = [&](std::size_t from, std::size_t to) {
        return std::uniform_int_distribution<std::size_t>(from, to)(random);
    };
    const auto by_tool = below(0, count), by_us = std::max(by_tool, below(0, count));
    CAPTURE(by_tool);
    CAPTURE(by_us);
    const auto whole = fresh_database(), own = fresh_database();
    project.apply(whole, count);
    project.apply(own, by_tool);
    const auto read = howdah::read_migrations(project.path(), form.layout);
    REQUIRE(read.files.size() == count);

    auto adopted = adopt_migrations(own.config(), read);
    CHECK(adopted.adopted.size() == by_tool);
    CHECK(adopted.pending.size() == count - by_tool);
    CHECK(adopt_migrations(own.config(), read).known == by_tool);
    if (by_us > by_tool) { // some of the rest, and then the tool has it again
        howdah::migration_options options;
        if (by_us < count || by_us == versioned) options.to = project.version(std::min(by_us, versioned) - 1);
        CHECK(migrate(own.config(), read.files, options).applied.size() == by_us - by_tool);
    }
    CHECK(hand_back_migrations(own.config(), read).written.size() == by_us - by_tool);
    project.check_table(own, by_us);

    adopted = adopt_migrations(own.config(), read);
    CHECK(adopted.adopted.size() == by_us);
    CHECK(adopted.pending.size() == count - by_us);
    CHECK(adopted.warnings.empty());
    CHECK(migrate(own.config(), read.files).applied.size() == count - by_us);
    CHECK(migrate(own.config(), read.files).applied.empty());
    auto db = own.connect();
    CHECK(verify_migrations(db, read.files).empty());
    CHECK(schema_dump(own.config().url) == schema_dump(whole.config().url));
    constexpr const char* rows = "select count(*) from t0";
    auto other = whole.connect();
    CHECK(ask<std::int64_t>(db, rows) == ask<std::int64_t>(other, rows));
    CHECK(hand_back_migrations(own.config(), read).written.size() == count - by_us);
    project.check_table(own, count);
}

} // namespace

TEST_CASE(
    "adopting any prefix in any layout, running and giving back does nothing twice and tells the truth") {
    if (!has_psql_and_pg_dump()) {
        MESSAGE("no psql and no pg_dump here");
        return;
    }
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int form = 2; form < 11; ++form) {
        const auto layout = static_cast<migration_layout>(std::min(form, 9)); // the last has two forms
        if (layout == migration_layout::numbered) continue;                   // no tool has it
        for (int round = 0; round < 3; ++round) {
            CAPTURE(std::string(name_of(layout)));
            CAPTURE(form);
            check_form({layout, form == 10}, random);
        }
    }
}

TEST_CASE("any revision of alembic is taken over as any baseline, and nothing up to it runs") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 4; ++round) {
        const auto steps = draw_steps(random, false);
        const migration_files_directory files;
        const drawn_form form{migration_layout::numbered};
        const auto versions = draw_versions(random, form, steps.size());
        (void)write_drawn(files, form, steps, versions, random);
        const auto own = fresh_database(), whole = fresh_database();
        auto db = own.connect(), other = whole.connect();
        const auto done = std::uniform_int_distribution<std::size_t>(1, steps.size())(random);
        for (auto* const on : {&db, &other}) on->run_script(alembic_table);
        for (std::size_t i = 0; i < steps.size(); ++i) other.run_script(steps[i].up);
        for (std::size_t i = 0; i < done; ++i) db.run_script(steps[i].up);
        db.run_script("insert into alembic_version values ('4d2f')");
        const auto read = howdah::read_migrations(files.path(), form.layout);
        howdah::adoption_options how;
        how.baseline = versions[done - 1];
        CHECK(adopt_migrations(own.config(), read, how).pending.size() == steps.size() - done);
        CHECK(migrate(own.config(), read.files).applied.size() == steps.size() - done);
        if (has_psql_and_pg_dump()) CHECK(schema_dump(own.config().url) == schema_dump(whole.config().url));
    }
}
