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
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <howdah/testing/cluster.hpp>

#include "sql_lexer.hpp"

namespace {

using texts = std::vector<std::string>;

/// The commands of a text as the lexer has them.
texts split(std::string_view text) {
    texts out;
    const auto script = howdah::detail::read_sql(text);
    CHECK_FALSE(script.problem);
    for (const auto& command : script.commands)
        if (!command.blank()) out.emplace_back(text.substr(command.first, command.last - command.first));
    return out;
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

} // namespace

TEST_CASE("psql sends the commands that the lexer finds") {
    if (std::system("psql --version > /dev/null 2>&1") != 0) {
        MESSAGE("SKIPPED: psql is not installed");
        return;
    }
    howdah::testing::cluster_options options;
    options.settings = {
        {"log_statement", "all"}, {"log_min_messages", "log"}, {"log_min_error_statement", "panic"}};
    const howdah::testing::cluster server(options);

    // Most of these mean nothing to the server; it logs what it parses, so each has to be correct SQL.
    const std::array<std::string, 16> commands{
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
        "prepare q as select $1::int + 1; deallocate q"};
    const std::array<std::string, 6> gaps{";", " ;\n", "; -- x ' ;\n", "/* ; ' */ ;\n", ";\n\n\n", ";;"};
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::string text;
    for (int i = 0; i < 400; ++i) text += commands[random() % commands.size()] + gaps[random() % gaps.size()];

    const auto file = std::filesystem::path(server.data_directory()).parent_path() / "commands.sql";
    std::ofstream(file, std::ios::binary) << text;
    const auto begin = server.log().size();
    run_psql(server.url(), file);

    const auto ours = split(text);
    texts theirs;
    for (const auto& statement : logged(server.log(), begin)) {
        const auto parts = split(statement); // takes comments and semicolons off; one command each
        if (parts.empty()) continue;         // psql sends a comment that stands alone
        REQUIRE(parts.size() == 1);
        theirs.push_back(parts.front());
    }
    for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
        CAPTURE(theirs[i]);
        CAPTURE(ours[i]);
        REQUIRE(theirs[i] == ours[i]);
    }
    CHECK(theirs.size() == ours.size());
}
