// SPDX-License-Identifier: BSL-1.0
//
// A server whose disk is full: a file system of a few megabytes, which only root may make. Asked for with
// HOWDAH_TEST_DISK_FULL=1.
#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <howdah/connection.hpp>
#include <howdah/query.hpp>

#include "workplace.hpp"

namespace fs = std::filesystem;
using howdah::query_one;
using howdah::test::workplace;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

bool asked_for() {
    const char* wanted = std::getenv("HOWDAH_TEST_DISK_FULL");
    if (wanted && std::string_view(wanted) == "1") return true;
    MESSAGE("not asked for: HOWDAH_TEST_DISK_FULL=1, as root");
    return false;
}

/// A file system in memory that holds no more than this; for whoever owns `owner`.
class small_disk {
public:
    small_disk(int megabytes, const std::string& owner) {
        auto pattern = (fs::temp_directory_path() / "howdah-disk.XXXXXX").string();
        if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory");
        path_ = pattern;
        if (::mount("tmpfs", path_.c_str(), "tmpfs", 0, sized(megabytes).c_str()) != 0)
            throw std::runtime_error(std::string("mount: ") + std::strerror(errno));
        struct stat of{};
        REQUIRE(::stat(owner.c_str(), &of) == 0);
        REQUIRE(::chown(path_.c_str(), of.st_uid, of.st_gid) == 0);
    }
    small_disk(const small_disk&) = delete;
    ~small_disk() {
        ::umount2(path_.c_str(), MNT_DETACH);
        ::rmdir(path_.c_str());
    }
    void grow_to(int megabytes) const {
        REQUIRE(::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT, sized(megabytes).c_str()) == 0);
    }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    static std::string sized(int megabytes) { return "mode=0755,size=" + std::to_string(megabytes) + "m"; }
    std::string path_;
};

const std::string filling =
    "insert into big select i, repeat('x', 1000) from generate_series(1, 150000) i;\n";

std::string history(howdah::connection& on) {
    return query_one<std::string>(on,
                                  "select string_agg(version || status || ' ' || statements_done || '/' || "
                                  "statements_total, ',' order by version) from howdah_migrations");
}

} // namespace

TEST_CASE(
    "a full tablespace: nothing of the file is done, it is said what helps, and a run with room goes on") {
    if (!asked_for()) return;
    for (const bool transaction : {true, false}) {
        CAPTURE(transaction);
        const workplace in;
        const small_disk disk(64, howdah::testing::shared_cluster().data_directory());
        howdah::connection admin(howdah::testing::shared_cluster().config());
        REQUIRE(in.run("howdah db create").code == 0);
        admin.run_script("create tablespace little location '" + disk.path() + "'");
        in.write("migrations/0001_a.sql", "create table a (id int);\n");
        in.write("migrations/0002_big.sql", (transaction ? "" : "-- howdah: transaction=off\n") +
                                                std::string("create table if not exists big (id int, t text) "
                                                            "tablespace little;\n") +
                                                filling);
        in.write("migrations/0003_c.sql", "create table c (id int);\n");
        const auto run = in.run("howdah migrate run");
        CHECK(run.code == 1);
        CHECK_MESSAGE(contains(run.err, "SQLSTATE 53100, disk_full"), run.err);
        CHECK_MESSAGE(contains(run.err, "make room on the server's disk and run again"), run.err);
        CHECK(contains(run.err, transaction ? "nothing of this file is applied"
                                            : "statement 1 is applied and recorded"));
        howdah::connection on({.url = in.url()});
        CHECK(history(on) == (transaction ? "1applied 1/1" : "1applied 1/1,2failed 1/2"));
        CHECK(query_one<bool>(on, "select to_regclass('big') is null") == transaction);
        if (!transaction) CHECK(query_one<std::int64_t>(on, "select count(*) from big") == 0);
        // Again without room: the same. With room it goes on.
        CHECK(in.run("howdah migrate run").code == 1);
        disk.grow_to(512);
        const auto again = in.run("howdah migrate run");
        CHECK_MESSAGE(again.code == 0, again.err);
        CHECK(query_one<std::int64_t>(on, "select count(*) from big") == 150'000);
        CHECK(history(on) == (transaction ? "1applied 1/1,2applied 2/2,3applied 1/1"
                                          : "1applied 1/1,2applied 2/2,3applied 1/1"));
        on.run_script("drop table big");
        admin.run_script("drop tablespace little");
    }
}

TEST_CASE(
    "a full data directory: the history is true whatever the server does, and a run with room goes on") {
    if (!asked_for()) return;
    const workplace in;
    const small_disk disk(400, howdah::testing::shared_cluster().data_directory());
    howdah::testing::cluster server(
        {.cache = disk.path(), .in_memory = false, .settings = {{"restart_after_crash", "on"}}});
    const auto url = server.url("full");
    const auto run_there = [&] { return in.run("howdah migrate run --url '" + url + "'"); };
    REQUIRE(in.run("howdah db create --url '" + url + "'").code == 0);
    in.write("migrations/0001_a.sql", "create table a (id int);\n");
    REQUIRE(run_there().code == 0);
    // All but 30 megabytes are taken.
    const auto filler = disk.path() + "/filler";
    const auto free_bytes = fs::space(disk.path()).available;
    REQUIRE(free_bytes > 60'000'000);
    {
        std::ofstream file(filler, std::ios::binary);
        const std::string megabyte(1 << 20, 'f');
        for (auto left = (free_bytes - 30'000'000) >> 20; left > 0; --left) file << megabyte;
    }
    in.write("migrations/0002_big.sql", "create table big (id int, t text);\n" + filling);
    const auto run = run_there();
    MESSAGE("the full disk: exit code " << run.code << ", " << run.err.substr(0, run.err.find('\n')));
    CHECK((run.code == 1 || run.code == 6)); // refused, or the server went down over its log
    CHECK(contains(run.err, "migrations/0002_big.sql"));
    if (run.code == 1) CHECK(contains(run.err, "make room on the server's disk and run again"));
    fs::remove(filler);
    if (run.code == 6) server.restart(howdah::testing::stop_mode::immediate);
    disk.grow_to(1'500);
    {
        howdah::connection on({.url = url});
        CHECK(history(on) == "1applied 1/1");
        CHECK(query_one<bool>(on, "select to_regclass('big') is null"));
    }
    const auto again = run_there();
    CHECK_MESSAGE(again.code == 0, again.err);
    howdah::connection on({.url = url});
    CHECK(query_one<std::int64_t>(on, "select count(*) from big") == 150'000);
    CHECK(history(on) == "1applied 1/1,2applied 2/2");
}
