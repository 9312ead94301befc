// SPDX-License-Identifier: BSL-1.0
#include "command_texts.hpp"

namespace howdah::cli {
namespace {

constexpr unsigned on_server = takes_server;
constexpr unsigned compares = takes_server | takes_files | takes_history;
const std::vector<exit_code> reading{exit_code::no_connection, exit_code::sql};
const std::vector<exit_code> files_only{exit_code::bad_file, exit_code::duplicate};
const std::vector<exit_code> comparing{exit_code::bad_file, exit_code::duplicate, exit_code::no_connection,
                                       exit_code::sql, exit_code::history_format};
const std::vector<exit_code> mending{
    exit_code::sql,         exit_code::locked,  exit_code::no_connection,  exit_code::bad_file,
    exit_code::unconfirmed, exit_code::missing, exit_code::history_format, exit_code::commit_unknown};
const std::vector<exit_code> beginning{
    exit_code::sql,          exit_code::locked,  exit_code::no_connection,  exit_code::bad_file,
    exit_code::unconfirmed,  exit_code::missing, exit_code::history_format, exit_code::commit_unknown,
    exit_code::history_begun};
const std::vector<exit_code> undoing{
    exit_code::sql,         exit_code::locked,      exit_code::no_connection,  exit_code::bad_file,
    exit_code::unconfirmed, exit_code::missing,     exit_code::history_format, exit_code::commit_unknown,
    exit_code::no_way_back, exit_code::interrupted, exit_code::terminated};
const std::vector<exit_code> running{exit_code::sql,
                                     exit_code::drift,
                                     exit_code::locked,
                                     exit_code::no_connection,
                                     exit_code::bad_file,
                                     exit_code::unconfirmed,
                                     exit_code::duplicate,
                                     exit_code::missing,
                                     exit_code::out_of_order,
                                     exit_code::own_transaction,
                                     exit_code::newer_schema,
                                     exit_code::unmet_requirement,
                                     exit_code::history_format,
                                     exit_code::commit_unknown,
                                     exit_code::interrupted,
                                     exit_code::terminated};

const command_words words[] = {
    {"migrate add",
     "Writes a new migration file, stamped with the time in UTC.",
     "The file is named <time>_<name>.sql. Names such as these get a first draft; any other gets a body "
     "that\n"
     "refuses to run until it is written.\n\n"
     "  % migrate add create_users\n"
     "  % migrate add add_phone_to_users\n"
     "  % migrate add index_users_on_phone\n\n"
     "For tables in use, with the functions that the first of these holds:\n\n"
     "  % migrate add howdah_functions\n"
     "  % migrate add version_users            counts updates, in version and updated_at\n"
     "  % migrate add backfill_phone_of_users  fills a column in short transactions\n"
     "  % migrate add feed_of_users            a partial index for the newest rows",
     takes_files,
     {exit_code::bad_file}},
    {"migrate run", "Applies all pending migrations.",
     "Each file runs once, in the order of its version, together with its row in the history table. A "
     "failing\n"
     "file stops the run: everything before it is kept, nothing of it is. Repeatable files (R_<name>.sql) "
     "run\n"
     "when their text has changed. Any number of runners may start at once; one works, the others wait.\n"
     "Ctrl-C cancels the statement under way on the server, and tells what is done; a second one leaves at "
     "once.\n\n"
     "  % migrate run\n"
     "  % migrate run --to 0007\n"
     "  % migrate run --dry-run",
     compares | takes_json, running},
    {"migrate plan", "Shows what run would do: files, statements, locks and rewrites.",
     "Changes nothing. For each statement: the strongest lock that it takes on a table that others use, and\n"
     "whether it writes the whole table anew or reads all of it while holding that lock.\n\n"
     "  % migrate plan",
     compares | takes_json, comparing},
    {"migrate info",
     "Lists all migrations and how they stand.",
     "States: applied, pending, drifted (the file was changed since), missing (there is no such file), "
     "failed\n"
     "(stopped in the middle; run goes on there), baseline. With --exit-code the answer is in the exit "
     "code.\n\n"
     "  % migrate info\n"
     "  % migrate info --json --exit-code",
     compares | takes_json,
     {exit_code::sql, exit_code::pending, exit_code::drift, exit_code::no_connection, exit_code::bad_file,
      exit_code::duplicate, exit_code::missing, exit_code::history_format}},
    {"migrate verify",
     "Checks that files and history agree: everything that run would refuse.",
     "Lists all faults, not only the first: changed, missing and late files, requirements, placeholders "
     "without\n"
     "value. The exit code is that of the first one. With --offline only what needs no database.\n\n"
     "  % migrate verify\n"
     "  % migrate verify --offline",
     compares | takes_json,
     {exit_code::sql, exit_code::drift, exit_code::no_connection, exit_code::bad_file, exit_code::duplicate,
      exit_code::missing, exit_code::out_of_order, exit_code::newer_schema, exit_code::unmet_requirement,
      exit_code::history_format}},
    {"migrate baseline", "Begins the history of a database that has its schema already.",
     "Everything up to the version counts as applied, without running.\n\n"
     "  % migrate baseline 0007",
     compares, beginning},
    {"migrate repair", "Mends the history where files and database are right and it is not. Runs no file.",
     "--accept: an applied file was changed, and that is harmless: take it as it is now.\n"
     "--finish: a file stopped in the middle, and the rest was done by hand: it is applied.\n"
     "--forget: a file stopped in the middle, or is gone, and what it did was undone by hand.\n"
     "What the row was stays in its column remark.\n\n"
     "  % migrate repair --accept 0007",
     compares, mending},
    {"migrate adopt",
     "Takes over a database that another tool migrates, or gives it back.",
     "Reads the tool's table, compares it with the files, and enters what is applied into the history; runs "
     "no file.\n"
     "The tool's table stays as it is. With --undo the tool is told what was applied since, and the history "
     "goes.\n\n"
     "  % migrate adopt\n"
     "  % migrate adopt --tool alembic --baseline 0001\n"
     "  % migrate adopt --undo",
     compares | takes_json,
     {exit_code::sql, exit_code::drift, exit_code::locked, exit_code::no_connection, exit_code::bad_file,
      exit_code::unconfirmed, exit_code::duplicate, exit_code::missing, exit_code::history_format}},
    {"migrate undo", "Takes migrations back, the newest first, with their down files.",
     "Without --to the newest one alone. Each in a transaction, with the removal of its row. If one of them "
     "has no\n"
     "down file nothing is run.\n\n"
     "  % migrate undo\n"
     "  % migrate undo --to 0007",
     compares | takes_json, undoing},
    {"migrate script",
     "Writes one SQL script for psql that does what run would do.",
     "For a database that only someone else may change. History rows are included; no server is asked.\n\n"
     "  % migrate script --from 0007 > next.sql\n"
     "  psql -v ON_ERROR_STOP=1 -f next.sql",
     takes_files | takes_history,
     {exit_code::bad_file, exit_code::duplicate, exit_code::missing}},
    {"migrate lint",
     "Finds what hurts a database in use: locks, rewrites, breaking changes, lost rows.",
     "Reads the files alone. A file may break a rule if it says why:\n"
     "  -- howdah: lint-ignore=drop-table no program has used it since May\n"
     "Errors make the exit code 8, warnings do not.\n\n"
     "  % migrate lint\n"
     "  % migrate lint 0007\n"
     "  % migrate lint --rules",
     takes_files | takes_json,
     {exit_code::bad_file, exit_code::lint, exit_code::duplicate, exit_code::own_transaction}},
    {"migrate wait",
     "Waits until the server answers and nothing is pending.",
     "For programs that start while another one migrates.\n\n"
     "  % migrate wait --timeout 2min",
     compares,
     {exit_code::sql, exit_code::pending, exit_code::drift, exit_code::no_connection, exit_code::bad_file,
      exit_code::missing, exit_code::out_of_order, exit_code::newer_schema, exit_code::history_format}},
    {"db create", "Makes the database that the URL names.",
     "Connects to the database 'postgres' of the same server to do so. A database that is there is left "
     "alone.\n\n"
     "  % db create",
     on_server, reading},
    {"db drop",
     "Drops the database that the URL names, with the sessions in it.",
     "Needs its name once more, since nothing brings it back. Refused for a protected database.\n\n"
     "  % db drop --confirm app_dev",
     on_server,
     {exit_code::sql, exit_code::no_connection, exit_code::unconfirmed}},
    {"db reset", "Drops the database, makes it anew and applies all migrations.",
     "For development. Needs the database's name once more. Refused for a protected database.\n\n"
     "  % db reset --confirm app_dev",
     compares | takes_json, running},
    {"db url",
     "Prints the URL that the other commands would use, its password hidden.",
     "The first of --url, DATABASE_URL and DATABASE_URL in the file .env.\n\n"
     "  % db url\n"
     "  psql \"$(% db url --show-password)\"",
     on_server,
     {}},
    {"schema show", "Lists tables and views, or shows one with all that belongs to it.",
     "Columns, constraints, indexes, triggers, policies, and who refers to it.\n\n"
     "  % schema show\n"
     "  % schema show users",
     on_server | takes_json, reading},
    {"schema dump", "Prints the schema as text that is the same for the same schema.",
     "For comparing and for version control; not for restoring, which pg_dump --schema-only is for. The "
     "history\n"
     "table and objects of extensions are left out.\n\n"
     "  % schema dump > schema.txt",
     on_server | takes_history, reading},
    {"schema diff", "Compares two schemas: databases, or files that schema dump has written.",
     "Prints what turns the first into the second. Without a second one: the database of DATABASE_URL.\n"
     "Exits with 1 if they differ.\n\n"
     "  % schema diff schema.txt\n"
     "  % schema diff postgresql:///staging postgresql:///production",
     on_server | takes_history, reading},
    {"schema graph", "Draws tables and foreign keys, for Mermaid or as SVG.",
     "  % schema graph > schema.mmd\n"
     "  % schema graph --format svg > schema.svg",
     on_server | takes_history, reading},
    {"completion",
     "Prints a script that completes commands and options in bash, zsh or fish.",
     "  % completion bash > ~/.local/share/bash-completion/completions/%\n"
     "  % completion zsh > ~/.zfunc/_%\n"
     "  % completion fish > ~/.config/fish/completions/%.fish",
     takes_nothing,
     {}},
    {"manual", "Prints the manual page.", "  % manual | man -l -", takes_nothing, {}},
    {"exit-codes", "Lists what the commands return.", "  % exit-codes", takes_json, {}},
};

} // namespace

std::span<const command_words> all_commands() {
    return words;
}

std::string_view about_group(std::string_view group) {
    if (group == "migrate") return "Migrations: write, check, apply, take back.";
    if (group == "db") return "Databases: make, drop, name.";
    if (group == "schema") return "The schema of a database: show, dump, compare, draw.";
    return {};
}

} // namespace howdah::cli
