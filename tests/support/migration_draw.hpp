// SPDX-License-Identifier: BSL-1.0
//
// Migrations drawn at random, and written as each tool has them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include <howdah/migration_layout.hpp>

#include "migration_directory.hpp"

namespace howdah::test {

/// One migration of the model: what it does, and whether that needs to be outside a transaction. Hardly any can be done
/// twice.
struct drawn_step {
    std::string up, down;
    bool outside = false;
};

/// A layout, and which of its forms.
struct drawn_form {
    migration_layout layout;
    bool directories = false; ///< of drizzle: as from 1.0 on
};

inline std::vector<drawn_step> draw_steps(std::mt19937& random, bool may_be_outside) {
    const auto pick = [&](int below) { return std::uniform_int_distribution<int>(0, below - 1)(random); };
    std::vector<drawn_step> out{
        {"create table t0 (id bigint primary key, note text);\n", "drop table t0;\n"}};
    for (int i = 1, tables = 1, count = 5 + pick(6); i < count; ++i) {
        const auto n = std::to_string(i), t = "t" + std::to_string(pick(tables));
        switch (pick(may_be_outside ? 7 : 6)) {
        case 0:
            out.push_back({"create table t" + std::to_string(tables) + " (id int, x text default 'a;b');\n",
                           "drop table t" + std::to_string(tables) + ";\n"});
            ++tables;
            break;
        case 1:
            out.push_back(
                {"alter table " + t + " add c" + n + " int;\n", "alter table " + t + " drop c" + n + ";\n"});
            break;
        case 2:
            out.push_back({"create function f" + n +
                               "() returns int language plpgsql as $b$\nbegin\n  -- one; two\n  return " + n +
                               ";\nend\n$b$;\ncomment on function f" + n + "() is 'it''s; fine';\n",
                           "drop function f" + n + "();\n"});
            break;
        case 3: out.push_back({"-- nothing to do\n", "\n"}); break;
        case 4:
            out.push_back(
                {"create view v" + n + " as select id from " + t + ";\n", "drop view v" + n + ";\n"});
            break;
        case 5:
            out.push_back(
                {"insert into t0 (id) values (" + n + ");\n", "delete from t0 where id = " + n + ";\n"});
            break;
        default:
            out.push_back({"create index concurrently i" + n + " on " + t + " (id);\n",
                           "drop index i" + n + ";\n", true});
        }
    }
    return out;
}

/// Versions that rise, as the layout compares them.
inline std::vector<std::string> draw_versions(std::mt19937& random, const drawn_form& form,
                                              std::size_t count) {
    std::vector<std::string> out;
    unsigned at = 0;
    for (std::size_t i = 0; i < count; ++i) {
        at += 1 + static_cast<unsigned>(random() % 3);
        const auto n = std::to_string(at);
        const auto padded = std::string(4 - std::min<std::size_t>(4, n.size()), '0') + n;
        const bool odd = random() % 2 == 0;
        if (form.layout == migration_layout::flyway) out.push_back("1" + std::string(odd ? "." : "_") + n);
        else if (form.layout == migration_layout::diesel)
            out.push_back(odd ? "2026-01-24-" + padded : "20260124" + padded);
        else if (form.directories) out.push_back("2026012415" + padded);
        else if (form.layout == migration_layout::dbmate || form.layout == migration_layout::drizzle)
            out.push_back(padded);
        else out.push_back(odd ? padded : n);
    }
    return out;
}

/// When drizzle's journal says that the i-th file was generated.
inline long long drawn_time(std::size_t i) {
    return 1700000000000 + static_cast<long long>(i);
}

/// Writes the migrations as one tool has them. The names of the files, in their order.
inline std::vector<std::string> write_drawn(const migration_files_directory& to, const drawn_form& form,
                                            const std::vector<drawn_step>& steps,
                                            const std::vector<std::string>& versions, std::mt19937& random) {
    std::vector<std::string> names;
    const auto put = [&](const std::string& name, const std::string& text) {
        to.write(name, text);
        names.push_back(name);
    };
    std::string entries;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto& [up, down, outside] = steps[i];
        const auto name = versions[i] + "_s" + std::to_string(i);
        // Both kinds of names of sqlx in any case: one kind alone is read as another layout.
        const bool pair = form.layout == migration_layout::sqlx && i < 2 ? i == 0 : random() % 2 == 0;
        switch (form.layout) {
        case migration_layout::sqlx:
            put(name + (pair ? ".up.sql" : ".sql"), (outside ? "-- no-transaction\n" : "") + up);
            if (pair) to.write(name + ".down.sql", down);
            break;
        case migration_layout::golang_migrate:
            put(name + ".up.sql", outside || pair ? up : "begin;\n" + up + "commit;\n");
            to.write(name + ".down.sql", down);
            break;
        case migration_layout::diesel:
            put(name + "/up.sql", up);
            if (pair) to.write(name + "/down.sql", down);
            if (outside) to.write(name + "/metadata.toml", "run_in_transaction = false\n");
            break;
        case migration_layout::flyway:
            put((pair ? "sub/V" : "V") + versions[i] + "__s" + std::to_string(i) + ".sql", up);
            break;
        case migration_layout::dbmate:
            put(name + ".sql", std::string("-- why\n-- migrate:up") +
                                   (outside ? " transaction:false\n" : "\n") + up + "\n-- migrate:down\n" +
                                   down);
            break;
        case migration_layout::goose:
            put(name + ".sql", std::string(outside ? "-- +goose NO TRANSACTION\n" : "") +
                                   "-- +goose Up\n-- +goose StatementBegin\n" + up +
                                   "-- +goose StatementEnd\n\n-- +goose Down\n" + down);
            break;
        case migration_layout::numbered: put(versions[i] + (pair ? "-a.sql" : " a b.sql"), up); break;
        case migration_layout::drizzle:
            put(name + (form.directories ? "/migration.sql" : ".sql"),
                up + "--> statement-breakpoint\nselect 1");
            if (form.directories) to.write(name + "/snapshot.json", "{}");
            entries += (i ? "," : "") + std::string(R"({"idx":)") + std::to_string(i) + R"(,"when":)" +
                       std::to_string(drawn_time(i)) + R"(,"tag":")" + name + R"("})";
            break;
        default: put(name + ".sql", (outside ? "-- howdah: transaction=off\n" : "") + up + "select 1;\n");
        }
    }
    if (form.layout == migration_layout::drizzle && !form.directories)
        to.write("meta/_journal.json",
                 R"({"version":"7","dialect":"postgresql","entries":[)" + entries + "]}");
    return names;
}

} // namespace howdah::test
