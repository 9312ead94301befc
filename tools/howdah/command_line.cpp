// SPDX-License-Identifier: BSL-1.0
#include "command_line.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <CLI/CLI.hpp>

#include "command_texts.hpp"
#include "help.hpp"

namespace howdah::cli {
namespace {

void add_groups(CLI::App& to, unsigned groups, options& out) {
    if (groups & takes_server) {
        to.add_option("--url", out.url, "The database; instead of DATABASE_URL from the environment or .env")
            ->type_name("URL");
        to.add_option("--env-file", out.env_file, "Read variables from this file instead of .env")
            ->type_name("FILE");
    }
    if (groups & takes_files) {
        to.add_option("--source", out.source, "The directory of the migrations; default: migrations")
            ->type_name("DIRECTORY");
        to.add_option("--layout", out.layout,
                      "Whose directory it is: howdah, sqlx, diesel, golang-migrate, flyway, dbmate, goose, "
                      "numbered, drizzle; default: auto, what its content shows")
            ->type_name(
                "LAYOUT:{auto,howdah,sqlx,diesel,golang-migrate,flyway,dbmate,goose,numbered,drizzle}");
    }
    if (groups & takes_history) {
        to.add_option("--history-schema", out.history_schema, "Where the history table is; default: public")
            ->type_name("SCHEMA");
        to.add_option("--history-table", out.history_table, "Its name; default: howdah_migrations")
            ->type_name("TABLE");
    }
    if (groups & takes_json) to.add_flag("--json", out.json, "Print JSON instead of text");
}

void add_confirm(CLI::App& to, options& out, const char* about) {
    to.add_option("--confirm", out.confirm, about)->type_name("DATABASE");
}

void add_policies(CLI::App& to, options& out) {
    to.add_flag("--out-of-order", out.out_of_order,
                "Apply files older than the newest applied one, and mark them");
    to.add_flag("--allow-missing", out.allow_missing, "Go on although applied versions have no file");
    to.add_flag("--allow-newer", out.newer_schema_ok,
                "Go on although the database has versions later than all files");
}

void add_lock_wait(CLI::App& to, options& out) {
    to.add_option("--lock-wait", out.lock_wait, "How long to wait for another runner; default: 60s")
        ->type_name("TIME");
}

void add_placeholders(CLI::App& to, options& out) {
    to.add_option("--placeholder", out.placeholders,
                  "What stands for ${NAME} in the files; may be given several times")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
}

void add_schemas(CLI::App& to, options& out) {
    to.add_option("--schema", out.schemas, "Only what is in this schema; may be given several times")
        ->type_name("SCHEMA")
        ->allow_extra_args(false);
}

void add_change(CLI::App& to, options& out) {
    add_lock_wait(to, out);
    add_confirm(to, out, "The name of a protected database, to show that you mean it");
}

void add_adopt(CLI::App& to, options& out) {
    to.add_option("--tool", out.tool,
                  "sqlx, diesel, golang-migrate, flyway, dbmate, goose, drizzle or alembic; default: the one "
                  "whose table is there")
        ->type_name("TOOL:{sqlx,diesel,golang-migrate,flyway,dbmate,goose,drizzle,alembic}");
    to.add_option("--table", out.tool_table, "Its table, with the schema, if it has another name")
        ->type_name("TABLE");
    to.add_option("--baseline", out.baseline, "Of alembic: the version whose schema its revision is")
        ->type_name("VERSION");
    to.add_flag("--accept-changed", out.accept_changed,
                "Take files as they are although the tool applied other ones");
    to.add_flag("--undo", out.back, "Give the database back to the tool: tell it what was applied since");
    to.add_flag("--allow-missing", out.allow_missing, "Leave out what has no file");
    add_change(to, out);
}

void add_repair(CLI::App& to, options& out) {
    to.add_option("--accept", out.accept, "Take the changed file of this version as it is now")
        ->type_name("VERSION");
    to.add_option("--finish", out.finish, "This version is wholly applied, by hand")->type_name("VERSION");
    to.add_option("--forget", out.forget, "This version is wholly undone, by hand")->type_name("VERSION");
    add_change(to, out);
}

void add_run(CLI::App& to, options& out) {
    to.add_option("--to", out.to, "The last version to apply; default: all")->type_name("VERSION");
    to.add_flag("--dry-run", out.dry_run, "Show what would run, and change nothing");
    add_policies(to, out);
    add_placeholders(to, out);
    to.add_option("--table-lock-timeout", out.table_lock_timeout,
                  "How long a statement may wait for a table; default: 5s; 0: no limit")
        ->type_name("TIME");
    to.add_option("--statement-timeout", out.statement_timeout,
                  "How long a statement may run; default: 0, no limit")
        ->type_name("TIME");
    add_change(to, out);
}

using adder = void (*)(CLI::App&, options&);
const std::map<std::string_view, adder>& own_options() {
    static const std::map<std::string_view, adder> all{
        {"migrate add",
         [](CLI::App& to, options& out) {
             to.add_option("NAME", out.names, "What the migration does: create_users")
                 ->required()
                 ->type_name("NAME");
             to.add_flag("--down", out.down, "Also write the file that takes it back");
             to.add_flag("--no-transaction", out.no_transaction,
                         "Run statement by statement, for what cannot be in a transaction");
         }},
        {"migrate run", add_run},
        {"migrate plan",
         [](CLI::App& to, options& out) {
             to.add_option("--to", out.to, "The last version to show; default: all")->type_name("VERSION");
             add_policies(to, out);
             add_placeholders(to, out);
         }},
        {"migrate verify",
         [](CLI::App& to, options& out) {
             to.add_flag("--offline", out.offline, "Check the files alone, without a server");
             add_policies(to, out);
             add_placeholders(to, out);
         }},
        {"migrate baseline",
         [](CLI::App& to, options& out) {
             to.add_option("VERSION", out.names, "The last version that the database has")
                 ->required()
                 ->expected(1);
             add_change(to, out);
         }},
        {"migrate repair", add_repair},
        {"migrate adopt", add_adopt},
        {"migrate undo",
         [](CLI::App& to, options& out) {
             to.add_option("--to", out.to,
                           "Go back to this version; 0: take all back; default: the newest one alone")
                 ->type_name("VERSION");
             add_placeholders(to, out);
             add_change(to, out);
         }},
        {"migrate script",
         [](CLI::App& to, options& out) {
             to.add_option("--from", out.from, "The version that the database has; default: none")
                 ->type_name("VERSION");
             to.add_option("--to", out.to, "The last version to apply; default: all")->type_name("VERSION");
             add_placeholders(to, out);
         }},
        {"migrate lint",
         [](CLI::App& to, options& out) {
             to.add_option("VERSION", out.names, "Only these versions or files; default: all");
             to.add_flag("--rules", out.rules, "List the rules");
         }},
        {"migrate wait",
         [](CLI::App& to, options& out) {
             to.add_option("--timeout", out.timeout, "How long to wait; default: 60s")->type_name("TIME");
             add_policies(to, out);
         }},
        {"migrate info",
         [](CLI::App& to, options& out) {
             to.add_flag("--exit-code", out.exit_code, "Exit with 3 if something is pending, 4 after drift");
         }},
        {"schema show",
         [](CLI::App& to, options& out) {
             to.add_option("TABLE", out.names, "Only these tables or views; default: a list of all");
             add_schemas(to, out);
         }},
        {"schema dump", add_schemas},
        {"schema diff",
         [](CLI::App& to, options& out) {
             to.add_option("SCHEMA", out.names, "A connection string, or a file of schema dump")
                 ->required()
                 ->expected(1, 2);
             add_schemas(to, out);
         }},
        {"schema graph",
         [](CLI::App& to, options& out) {
             out.format = "mermaid";
             to.add_option("--format", out.format, "mermaid or svg; default: mermaid")
                 ->type_name("FORMAT")
                 ->check(CLI::IsMember({"mermaid", "svg"}));
             add_schemas(to, out);
         }},
        {"completion",
         [](CLI::App& to, options& out) {
             to.add_option("SHELL", out.names, "bash, zsh or fish")
                 ->required()
                 ->expected(1)
                 ->check(CLI::IsMember({"bash", "zsh", "fish"}));
         }},
        {"db drop",
         [](CLI::App& to, options& out) {
             add_confirm(to, out, "The name of the database, to show that you mean it");
         }},
        {"db reset",
         [](CLI::App& to, options& out) {
             add_confirm(to, out, "The name of the database, to show that you mean it");
         }},
        {"db url",
         [](CLI::App& to, options& out) {
             to.add_flag("--show-password", out.show_password, "Print it as it is");
         }},
    };
    return all;
}

/// The explanation below the options: text, example, exit codes.
std::string explanation(const command_words& words, const std::string& program) {
    std::string out;
    for (const char c : words.more) out += c == '%' ? program : std::string(1, c);
    out += "\n\nExit codes:\n";
    std::vector<exit_code> codes{exit_code::done, exit_code::usage};
    codes.insert(codes.end(), words.codes.begin(), words.codes.end());
    std::sort(codes.begin(), codes.end());
    for (const auto code : codes) {
        const auto number = std::to_string(static_cast<int>(code));
        out.append("  ").append(number).append(4 - number.size(), ' ').append(meaning_of(code)).append("\n");
    }
    return out;
}

/// The whole command line. Not copied: CLI11 keeps pointers into `out`.
struct application {
    explicit application(std::string name)
        : root("Brings PostgreSQL databases to the schema that SQL files describe.") {
        root.name(std::move(name));
        root.set_version_flag("--version", [] { return version_line(); });
        root.require_subcommand(1);
        root.footer("DATABASE_URL, from the environment or the file .env, names the database.\n\n"
                    "  " +
                    root.get_name() +
                    " migrate run --help   explains one command\n\n"
                    "https://no-color.org: set NO_COLOR to have none.");
        for (const auto& words : all_commands()) add(words);
    }

    void add(const command_words& words) {
        const auto blank = words.path.find(' ');
        CLI::App* parent = &root;
        if (blank != words.path.npos) {
            const std::string group(words.path.substr(0, blank));
            auto& known = groups[group];
            if (!known) {
                known = root.add_subcommand(group, std::string(about_group(group)));
                known->require_subcommand(1);
            }
            parent = known;
        }
        auto* command =
            parent->add_subcommand(std::string(words.path.substr(blank + 1)), std::string(words.about));
        command->footer(explanation(words, root.get_name()));
        if (const auto found = own_options().find(words.path); found != own_options().end())
            found->second(*command, out);
        add_groups(*command, words.groups, out);
        command->parse_complete_callback([this, path = std::string(words.path)] { out.command = path; });
    }

    CLI::App root;
    std::map<std::string, CLI::App*> groups;
    options out;
};

option_text describe(const CLI::Option& option) {
    option_text out{.names = option.get_name(false, true), .value = {}, .about = option.get_description()};
    out.positional = option.get_positional();
    out.required = option.get_required();
    if (out.positional) out.names = option.get_name(true);
    if (option.get_items_expected_max() > 0 && option.get_type_size() > 0) out.value = option.get_type_name();
    out.choices = choices_in(out.value);
    out.value = out.value.substr(0, out.value.find(':')); // without the list of choices
    return out;
}

command_text describe(const CLI::App& app, const std::string& before) {
    command_text out;
    out.path = before.empty() ? app.get_name() : before + ' ' + app.get_name();
    out.about = app.get_description();
    out.more = app.get_footer();
    for (const auto* option : app.get_options()) out.options.push_back(describe(*option));
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
        out.commands.push_back(describe(*command, out.path));
    return out;
}

/// The innermost command that was named before reading stopped.
const CLI::App& named(const CLI::App& from) {
    const auto given = from.get_subcommands();
    return given.empty() ? from : named(*given.back());
}

std::string path_of(const CLI::App& app) {
    const auto* parent = app.get_parent();
    return parent ? path_of(*parent) + ' ' + app.get_name() : app.get_name();
}

} // namespace

command_line read_command_line(int argc, const char* const* argv) {
    const std::string_view called = argc > 0 ? argv[0] : "howdah";
    application app{std::string(called.substr(called.find_last_of('/') + 1))};
    command_line read;
    try {
        app.root.parse(argc, argv);
        read.given = std::move(app.out);
        read.runs = true;
    } catch (const CLI::CallForVersion& version) {
        read.text = std::string(version.what()) + '\n';
    } catch (const CLI::Success&) {
        const auto& of = named(app.root);
        const auto path = path_of(of);
        read.text =
            help_text(describe(of, of.get_parent() ? path.substr(0, path.rfind(' ')) : std::string()));
    } catch (const CLI::ParseError& wrong) {
        read.refused = true;
        const auto& of = named(app.root);
        std::string unknown;
        for (const auto& word : app.root.remaining(true)) unknown += ' ' + word;
        const bool wants_command = wrong.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError) &&
                                   !of.get_subcommands([](const CLI::App*) { return true; }).empty();
        if (!wants_command) read.text = wrong.what();
        else read.text = unknown.empty() ? "which command?" : "there is no command" + unknown;
        read.text += "; see " + path_of(of) + " --help";
    }
    return read;
}

command_text describe_commands(const std::string& program) {
    const application app(program);
    return describe(app.root, "");
}

} // namespace howdah::cli
