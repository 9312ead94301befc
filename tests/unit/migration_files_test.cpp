// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include <howdah/migration_set.hpp>

namespace fs = std::filesystem;
using howdah::migration_failure;
using howdah::read_migration;

namespace {

/// A directory of files that is gone at the end of the test.
class scratch_directory {
public:
    scratch_directory() {
        std::string pattern = (fs::temp_directory_path() / "howdah_files_XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()));
        path_ = pattern;
    }
    scratch_directory(const scratch_directory&) = delete;
    ~scratch_directory() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    void write(const std::string& name, std::string_view text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
    }
    [[nodiscard]] const fs::path& path() const { return path_; }
    [[nodiscard]] std::string string() const { return path_.string(); }

private:
    fs::path path_;
};

template <class Function> howdah::migration_error refusal(Function&& run) {
    try {
        run();
    } catch (const howdah::migration_error& failure) {
        return failure;
    }
    FAIL("nothing was refused");
    throw 0;
}

howdah::migration_error file_refusal(std::string_view name, std::string_view text = "select 1;") {
    return refusal([&] { (void)read_migration(name, text); });
}

bool mentions(const howdah::migration_error& failure, std::string_view words) {
    INFO("what(): ", std::string(failure.what()), "\nexpected in it: ", std::string(words));
    const bool found = std::string_view(failure.what()).find(words) != std::string_view::npos;
    CHECK(found);
    return found;
}

} // namespace

TEST_CASE("a file's name gives version and name") {
    const auto m = read_migration("db/0042_create_users.sql", "select 1;");
    CHECK(m.version == "0042");
    CHECK(m.kind == howdah::migration_kind::versioned);
    CHECK(m.name == "create_users");
    CHECK(m.file == "db/0042_create_users.sql");
    CHECK(read_migration("0_zero.sql", "select 1").version == "0");
    CHECK(read_migration("20260101090000_b-c d.2.sql", "select 1").name == "b-c d.2");
    CHECK(read_migration("0001_2fa.sql", "select 1").name == "2fa");
    CHECK(read_migration("2024_2025_report.sql", "select 1").version == "2024");
    CHECK(read_migration("9999999999999999999_last.sql", "select 1").version == "9999999999999999999");
    CHECK(read_migration("1_R_x.sql", "select 1").name == "R_x");

    const auto views = read_migration("db/R_views.sql", "select 1;");
    CHECK(views.kind == howdah::migration_kind::repeatable);
    CHECK(views.version.empty());
    CHECK(views.name == "views");
}

TEST_CASE("a name that is no migration's is refused with the file and the rule") {
    for (const char* name :
         {"users.sql", "V1__users.sql", "1.sql", "0001.sql", "0001_.sql", "0001-users.sql", "_users.sql",
          "0001users.sql", "-1_users.sql", " 1_users.sql", "x/.sql", "0001_users.SQL", "0001_users"}) {
        CAPTURE(name);
        const auto failure = file_refusal(name);
        CHECK(failure.kind() == migration_failure::bad_file);
        CHECK(failure.file() == name);
        mentions(failure, name);
        mentions(failure, "0001_create_users.sql");
    }
    mentions(file_refusal("99999999999999999999_x.sql"), "more than 19 digits");
    mentions(file_refusal("0001_caf\xE9.sql"), "UTF-8");
}

TEST_CASE("names that belong to other tools say what howdah's own are") {
    mentions(file_refusal("0001_users.up.sql"), "not in .up.sql");
    mentions(file_refusal("R_.sql"), "R_<name>.sql");
    mentions(file_refusal("R_views.down.sql"), "cannot be taken back");
    mentions(file_refusal("0001_users.down.sql"), "read together with the migration");
}

TEST_CASE("a date with separators is answered with the name to use") {
    mentions(file_refusal("2026_01_24_user_timestamps.sql"), "20260124_user_timestamps.sql");
    mentions(file_refusal("m/2026-01-24-user-timestamps.sql"), "20260124_user-timestamps.sql");
    mentions(file_refusal("2026_1_4_x.sql"), "20260104_x.sql");
    mentions(file_refusal("2026_01_24_150000_x.sql"), "20260124150000_x.sql");
}

TEST_CASE("the checksum is that of the text with LF line ends and without byte-order mark") {
    const auto lf = read_migration("1_a.sql", "select 1;\nselect 2;\n");
    CHECK(lf.text == "select 1;\nselect 2;\n");
    // printf 'select 1;\nselect 2;\n' | sha256sum
    CHECK(lf.checksum == "sha256-lf:061e995aebcb765888ac7580f67ee3815a03b9b9c3fd5ff2dbb40db98b53a737");
    for (const char* same :
         {"select 1;\r\nselect 2;\r\n", "select 1;\rselect 2;\r", "\xEF\xBB\xBFselect 1;\r\nselect 2;\n"})
        CHECK(read_migration("1_a.sql", same).checksum == lf.checksum);
    CHECK(read_migration("1_a.sql", "select 1;\nselect 2;").checksum != lf.checksum);
    CHECK(read_migration("1_a.sql", "select 1;\n\nselect 2;\n").checksum != lf.checksum);
    CHECK(read_migration("2_b.sql", lf.text).checksum == lf.checksum);
}

TEST_CASE("text that is no UTF-8 is refused with its place") {
    const auto latin = file_refusal("1_a.sql", "select 1;\n-- caf\xE9");
    CHECK(latin.kind() == migration_failure::bad_file);
    CHECK(latin.line() == 2);
    CHECK(latin.column() == 7);
    mentions(latin, "1_a.sql:2:7");
    mentions(file_refusal("1_a.sql", std::string_view("select\0 1", 9)), "1_a.sql:1:7: a NUL byte");
    mentions(file_refusal("1_a.sql", std::string_view("\xFF\xFEs\0", 4)), "1_a.sql:1:1: not UTF-8");
}

TEST_CASE("a file without a command is refused") {
    for (const char* text : {"", " \n", "-- later\n", "/* a; */ ; ;", "\xEF\xBB\xBF"}) {
        const auto failure = file_refusal("1_a.sql", text);
        CHECK(failure.kind() == migration_failure::bad_file);
        mentions(failure, "holds no SQL command");
    }
}

TEST_CASE("a command that a migration must not hold is refused with its place") {
    const auto own = file_refusal("1_a.sql", "-- \u00e9\nselect 'é'; commit;");
    CHECK(own.kind() == migration_failure::own_transaction);
    CHECK(own.line() == 2);
    CHECK(own.column() == 13);
    mentions(own, "1_a.sql:2:13");
    CHECK(file_refusal("1_a.sql", "copy t from stdin;\n1\n").kind() == migration_failure::bad_file);
    CHECK(file_refusal("1_a.sql", "\\set x 1\nselect 1;").kind() == migration_failure::bad_file);
    const auto open = file_refusal("1_a.sql", "select 1;\n  select 'x;\n");
    CHECK(open.kind() == migration_failure::bad_file);
    CHECK(open.line() == 2);
    CHECK(open.column() == 10);
}

TEST_CASE("a directory gives its migrations and nothing else") {
    const scratch_directory directory;
    directory.write("0002_b.sql", "select 2;");
    directory.write("0001_a.sql", "select 1;");
    directory.write("README.md", "about");
    directory.write("0003_c.sql~", "select 3;");
    directory.write(".#0004_d.sql", "hidden");
    fs::create_directory(directory.path() / "old");
    const auto set = howdah::migrations_in(directory.string());
    REQUIRE(set.size() == 2);
    CHECK(set.begin()->file == (directory.path() / "0001_a.sql").string());
    CHECK(set.begin()->text == "select 1;");
}

TEST_CASE("a directory that holds no migrations says what is wrong with it") {
    const scratch_directory directory;
    const auto in = [](const std::string& name) {
        return refusal([&] { (void)howdah::migrations_in(name); });
    };
    CHECK(in(directory.string()).kind() == migration_failure::bad_file);
    mentions(in(directory.string()), "holds no migration");
    mentions(in(directory.string() + "/absent"), "no such directory");
    directory.write("file", "x");
    mentions(in(directory.string() + "/file"), "is not a directory");
    directory.write("notes.SQL", "select 1");
    mentions(in(directory.string()), "notes.SQL");
    fs::remove(directory.path() / "notes.SQL");
    fs::create_directory(directory.path() / "0001_a.sql");
    mentions(in(directory.string()), "0001_a.sql: is a directory");
    fs::remove(directory.path() / "0001_a.sql");
    fs::create_symlink("nowhere", directory.path() / "0002_b.sql");
    mentions(in(directory.string()), "0002_b.sql: cannot be read");
}

TEST_CASE("every text gives a migration or a refusal, and the same one twice") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    static constexpr std::array<std::string_view, 12> parts{"1",  "_",     "a", ".sql", "2026", "R_",
                                                            "\r", ".down", "/", "\xC3", "-",    "01"};
    const auto read = [](const std::string& name, const std::string& text) -> std::string {
        try {
            return read_migration(name, text).checksum;
        } catch (const howdah::migration_error& failure) {
            return failure.what();
        }
    };
    for (int round = 0; round < 5'000; ++round) {
        std::string name, text;
        for (auto left = random() % 8; left > 0; --left) name += parts[random() % parts.size()];
        for (auto left = random() % 8; left > 0; --left) text += static_cast<char>(random() % 256);
        CAPTURE(name);
        CAPTURE(text);
        REQUIRE(read(name, text) == read(name, text));
    }
}
