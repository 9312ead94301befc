// SPDX-License-Identifier: BSL-1.0
//
// A table with everything that can come between a writer and a row: row security, a trigger that says no,
// roles without rights.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <howdah/repository.hpp>

#include "rival.hpp"
#include "test_database.hpp"

namespace howdah::test {

struct note {
    std::int32_t id = 0;
    std::string tenant, body;
    std::int32_t version = 0;
};

} // namespace howdah::test

template <> struct howdah::table<howdah::test::note> {
    static constexpr auto name = "notes", key = "id", version = "version";
};

namespace howdah::test {

inline constexpr std::string_view note_schema = R"sql(
    create table notes (
        id int primary key, tenant text not null, body text not null,
        hidden bool not null default false, locked bool not null default false, mute bool not null default false,
        version int not null default 1, updated_at timestamptz not null default now());
    select howdah_attach_touch('notes');
    create function keep_out() returns trigger language plpgsql as $$
    begin
        if old.mute then return null; end if;
        if tg_op = 'DELETE' then return old; end if;
        return new;
    end $$;
    create trigger a_keep_out before update or delete on notes for each row execute function keep_out();
    alter table notes enable row level security;
    create policy see on notes for select
        using (tenant = current_setting('app.tenant', true) and not hidden and body <> 'vanish');
    create policy change on notes for update using (not locked) with check (body <> 'forbidden');
    create policy remove on notes for delete using (not locked);
)sql";

/// A database with the table, and the two roles: one that may write under row security, and one that may
/// only read.
struct note_stage {
    testing::database data = users_database();
    connection admin = data.connect();
    connection rival = data.connect();
    temporary_role writer{admin, "writer"}, reader{admin, "reader"};

    note_stage() {
        admin.run_script(std::string(note_schema));
        admin.run_script("grant select, insert, update, delete on notes to " + writer.name() +
                         "; grant select on notes to " + reader.name());
    }
    connection_config config(const temporary_role& role, const char* isolation) const {
        return with_settings(data.config(),
                             "-c role=" + role.name() +
                                 " -c app.tenant=blue -c default_transaction_isolation=" + isolation);
    }
    /// The row with id 1 and version 3: tenant, body, hidden, locked, mute.
    void put(const std::string& row = "'blue', 'old', false, false, false") {
        admin.run_script(
            "truncate notes; insert into notes (id, tenant, body, hidden, locked, mute, version) "
            "values (1, " +
            row + ", 3)");
    }
    std::optional<note> stored() { return repository<note>().find(admin, 1); }
};

} // namespace howdah::test
