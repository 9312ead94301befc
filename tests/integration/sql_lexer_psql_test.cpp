// SPDX-License-Identifier: BSL-1.0
//
// The lexer beside psql: both send the same texts to a server that logs every statement. Left out is an E'' string that
// goes on on the next line with a backslash before a quote: psql, which reads line by line, splits it where the server
// does not. migration_run_test.cpp holds that case against the server itself.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <howdah/connection.hpp>
#include <howdah/migration.hpp>
#include <howdah/testing/cluster.hpp>

#include "pagila_database.hpp"
#include "sql_lexer.hpp"
#include "sql_scanner.hpp"

namespace {

using texts = std::vector<std::string>;

/// The commands of a text as the lexer has them.
texts split(std::string_view text) {
    texts out;
    const auto script = howdah::detail::read_sql(text);
    INFO((script.problem ? script.problem->reason : std::string()));
    REQUIRE_FALSE(script.problem);
    for (const auto& command : script.commands)
        if (!command.blank()) out.emplace_back(text.substr(command.first, command.last - command.first));
    return out;
}

/// A logged statement without the comments around it and without its semicolon; empty if nothing is left.
std::string bare(std::string_view statement) {
    std::size_t first = statement.npos, last = 0;
    howdah::detail::sql_scanner scanner(statement);
    for (auto token = scanner.next(); token.kind != howdah::detail::sql_token_kind::end;
         token = scanner.next()) {
        if (token.kind == howdah::detail::sql_token_kind::comment || statement[token.first] == ';') continue;
        first = std::min(first, token.first);
        last = token.last;
    }
    return first == statement.npos ? std::string() : std::string(statement.substr(first, last - first));
}

/// The statements of a server's log from `begin` on. Line ends inside a statement are logged with a tab behind them.
texts logged(const std::string& log, std::size_t begin) {
    texts out;
    bool inside = false;
    for (std::size_t at = begin; at < log.size();) {
        const auto end = std::min(log.find('\n', at), log.size());
        const auto line = std::string_view(log).substr(at, end - at);
        at = end + 1;
        constexpr std::string_view mark = "LOG:  statement: ";
        const auto found = line.find(mark);
        if (found != line.npos) out.emplace_back(line.substr(found + mark.size()));
        else if (inside && !line.empty() && line.front() == '\t')
            out.back().append("\n").append(line.substr(1));
        inside = found != line.npos || (inside && !line.empty() && line.front() == '\t');
    }
    return out;
}

bool has_program(const char* name) {
    return std::system((std::string(name) + " --version > /dev/null 2>&1").c_str()) == 0;
}

void run_psql(const std::string& url, const std::filesystem::path& file) {
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC); // what fails is meant to fail, unseen
        ::dup2(nowhere, 1);
        ::dup2(nowhere, 2);
        ::execlp("psql", "psql", "-X", "-q", "-d", url.c_str(), "-f", file.c_str(), nullptr);
        ::_exit(127);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 0); // failing statements leave it 0 without ON_ERROR_STOP
}

// Most of these mean nothing to the server; it logs what it parses, so each has to be correct SQL.
const std::array<std::string, 20> commands{
    "select 'a;''b', \"x;\"\"y\" from (select 1 as \"x;\"\"y\") s",
    "do $x$ begin perform $$;$$; perform 1; end $x$",
    "select E'\\';', 'x;'",
    "select 'a'\n  -- ; '\n 'b;'",
    "select U&'d\\0061t;\\\\'",
    "select $été$ ; $ete$ $été$, $_1$;$_1$",
    "select /* ; /* ' */ $$ */ 1",
    "select 1 -- ; '\n + 1",
    "create function pg_temp.f() returns int begin atomic select case when true then 1 else 2 end; "
    "select 2; end",
    "create or replace procedure pg_temp.p() begin atomic select 1 as atomic; end",
    "create function pg_temp.g() returns int language sql as 'select 1; select 2'",
    "select case when true then 1 end as begin_, 2 as \"end\"",
    "create temp table größe (\"a;\" int); insert into größe values (1)",
    "select 1e1, .5, 1 - -1, 2 /*;*/ * 3",
    "select (array[1,2])[1], (select ((1)))",
    "prepare q as select $1::int + 1; deallocate q",
    "create or replace rule r as on insert to sink do also (select 1; select (2); insert into lines "
    "values ('x;'))",
    "create temp view v as select 1.5e3, 1e1, .5::numeric as \"e'\"; drop view v",
    "copy lines from stdin; -- ; '\nit's; $$ \"\n-- no comment\n\\\\. \n\n/* ;\n\\.\n",
    "copy lines (t) from stdin with (format csv);\n\"a;\n\"\nselect 1;\n\\.\n"};
const std::array<std::string, 6> gaps{";", " ;\n", "; -- x ' ;\n", "/* ; ' */ ;\n", ";\n\n\n", ";;"};

void check_same(const texts& theirs, const texts& ours) {
    for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
        CAPTURE(theirs[i]);
        CAPTURE(ours[i]);
        REQUIRE(theirs[i] == ours[i]);
    }
    CHECK(theirs.size() == ours.size());
}

/// A server that logs every statement, with a database for psql and one for howdah.
class logging_server {
public:
    logging_server() : server_(options()) {
        howdah::connection admin({.url = server_.url()});
        for (const char* name : {"by_psql", "by_howdah"})
            admin.run_script(std::string("create database ") + name);
    }
    [[nodiscard]] std::string url(const std::string& database) const {
        return server_.url() + (server_.url().find('?') == std::string::npos ? "?" : "&") +
               "dbname=" + database;
    }

    /// What psql sends for a text.
    texts by_psql(const std::string& text) const {
        const auto file = std::filesystem::path(server_.data_directory()).parent_path() / "commands.sql";
        std::ofstream(file, std::ios::binary) << text;
        const auto begin = server_.log().size();
        run_psql(url("by_psql"), file);
        texts out;
        for (const auto& statement : logged(server_.log(), begin))
            if (auto words = bare(statement); !words.empty()) out.push_back(std::move(words));
        return out; // psql sends a comment that stands alone, which is left out
    }

    /// What migrate() sends for the same text as a file.
    texts by_migrate(const std::string& text) {
        const auto begin = server_.log().size();
        howdah::migration_options options;
        options.table = "history_" + std::to_string(++runs_);
        std::vector<howdah::migration> file{
            howdah::read_migration("1_a.sql", "-- howdah: placeholder=off\n" + text)};
        howdah::migrate({.url = url("by_howdah")}, howdah::migration_set(std::move(file)), options);
        texts out;
        bool inside = false;
        for (const auto& statement : logged(server_.log(), begin)) {
            if (statement == "reset session authorization; reset role") inside = false;
            if (inside) out.push_back(statement);
            inside |= statement == "begin isolation level read committed read write";
        }
        return out;
    }

private:
    static howdah::testing::cluster_options options() {
        howdah::testing::cluster_options out;
        out.settings = {
            {"log_statement", "all"}, {"log_min_messages", "log"}, {"log_min_error_statement", "panic"}};
        return out;
    }
    howdah::testing::cluster server_;
    int runs_ = 0;
};

/// Everything that a database holds, as psql prints it.
std::string dump(const std::string& url) {
    const auto file = std::filesystem::temp_directory_path() / ("howdah_dump_" + std::to_string(::getpid()));
    REQUIRE(std::system(("pg_dump -T 'public.history_*' -d '" + url + "' -f " + file.string()).c_str()) == 0);
    std::ifstream stream(file);
    std::string out, line;
    while (std::getline(stream, line)) // pg_dump guards its scripts with a random word
        if (line.rfind("\\restrict", 0) != 0 && line.rfind("\\unrestrict", 0) != 0) out += line + '\n';
    std::filesystem::remove(file);
    return out;
}

} // namespace

TEST_CASE("psql sends the commands that the lexer finds") {
    if (!has_program("psql")) {
        MESSAGE("SKIPPED: psql is not installed");
        return;
    }
    logging_server server;
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::string text = "create temp table lines (t text); create temp table sink (t text);\n";
    for (int i = 0; i < 400; ++i) text += commands[random() % commands.size()] + gaps[random() % gaps.size()];
    check_same(server.by_psql(text), split(text));
}

TEST_CASE("the statements of a migration reach the server as those of psql do") {
    if (!has_program("psql") || !has_program("pg_dump")) {
        MESSAGE("SKIPPED: psql or pg_dump is not installed");
        return;
    }
    logging_server server;
    const std::string made =
        "create table lines (n int generated always as identity primary key, t text);\n"
        "create table sink (t text); create view seen as select t from lines;\n"
        "create rule r as on insert to sink do also (select 1; insert into lines (t) values ('x;'));\n"
        "create function f(a int) returns int begin atomic select case when a > 1 then 1 else 2 end; select "
        "3; end;\n"
        "create function g() returns trigger language plpgsql as $b$ begin return new; end; $b$;\n"
        "create trigger t before insert on sink for each row execute function g();\n"
        "copy lines (t) from stdin; -- ;\nit's; $$ \"\n-- no\n\\\\. \n\n\\N\n\\.\n"
        "COPY lines (t) FROM STDIN WITH (format csv);\n\"a;\n\"\nselect 1;\n\\.\n insert into sink values "
        "(E'\\';');\n";
    const auto theirs = server.by_psql(made);
    check_same(theirs, server.by_migrate(made));
    CHECK(theirs.size() == 10);
    CHECK(dump(server.url("by_psql")) == dump(server.url("by_howdah")));

    // What pg_dump writes, into databases that have room for it.
    const auto real = dump(server.url("by_psql"));
    howdah::connection admin({.url = server.url("postgres")});
    for (const char* name : {"by_psql", "by_howdah"})
        admin.run_script(std::string("drop database ") + name + " with (force)"),
            admin.run_script(std::string("create database ") + name);
    check_same(server.by_psql(real), server.by_migrate(real));
    CHECK(dump(server.url("by_psql")) == real);
    CHECK(dump(server.url("by_howdah")) == real);
}

TEST_CASE("a real schema and its data reach the server as psql sends them") {
    if (pagila::is_skipped()) return;
    logging_server server;
    for (const char* name : {"schema.sql", "data.sql"}) {
        std::ifstream stream(pagila::directory() / name, std::ios::binary);
        const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
        const auto theirs = server.by_psql(text);
        check_same(theirs, server.by_migrate(text));
        CHECK(theirs.size() > 20);
    }
    if (has_program("pg_dump")) CHECK(dump(server.url("by_psql")) == dump(server.url("by_howdah")));
}
