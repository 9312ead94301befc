// SPDX-License-Identifier: BSL-1.0
//
// The same lines with howdah, as its guide shows them.
#include <algorithm>
#include <charconv>
#include <span>

#include <howdah/connection.hpp>
#include <howdah/copy.hpp>
#include <howdah/copy_views.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/repository.hpp>
#include <howdah/stream.hpp>
#include <howdah/transaction.hpp>
#include <howdah/views.hpp>

#include "run.hpp"

/// A number that can only be read from text: one such column makes the whole result come as text.
struct text_number {
    std::int32_t value = 0;
    explicit operator std::uint64_t() const noexcept { return static_cast<std::uint64_t>(value); }
};
template <> struct howdah::codec<text_number> {
    static constexpr oid type = oids::int4, parameter_type = oids::inferred;
    static constexpr format parameter_format = format::text;
    static std::string name() { return "text_number"; }
    static decode_function decoder(wire from) noexcept {
        if (from.encoding == format::binary) return nullptr;
        return [](std::string_view bytes, wire, void* value) {
            std::from_chars(bytes.data(), bytes.data() + bytes.size(),
                            static_cast<text_number*>(value)->value);
        };
    }
};

template <> struct howdah::table<bench::account> {
    static constexpr auto name = "inserted", key = "id", version = "version";
};

namespace bench {

namespace {

void fetch(run& here) {
    howdah::connection db{{.url = url()}};
    here.measure([&] { here.take(howdah::query<account>(db, select_first, here.size())); });
}

void fetch_streamed(run& here) {
    howdah::connection db{{.url = url()}};
    here.measure([&] { here.take(howdah::query_streamed<account>(db, select_first, here.size())); });
}

void stream(run& here) {
    howdah::connection db{{.url = url()}};
    here.measure([&] {
        for (const auto& row : howdah::stream<account>(db, select_first, here.size())) here.take(row);
    });
}

void views(run& here) {
    howdah::connection db{{.url = url()}};
    here.measure([&] {
        const auto rows = howdah::query_views<account_view>(db, select_first, here.size());
        for (const auto& row : rows) here.take(row);
    });
}

void views_copy(run& here) {
    howdah::connection db{{.url = url()}};
    here.measure([&] {
        const auto rows = howdah::copy_views<account_view>(db, select_first, here.size());
        for (const auto& row : rows) here.take(row);
    });
}

void fetch_copy(run& here) {
    howdah::connection db{{.url = url()}};
    here.measure([&] { here.take(howdah::copy_out<account>(db, select_first, here.size())); });
}

void stream_copy(run& here) {
    howdah::connection db{{.url = url()}};
    here.measure([&] {
        for (const auto& row : howdah::copy_stream<account>(db, select_first, here.size())) here.take(row);
    });
}

void copy_in(run& here) {
    howdah::connection db{{.url = url()}};
    const auto rows = rows_to_insert(here);
    const auto wanted = std::span(rows).first(static_cast<std::size_t>(here.size()));
    here.measure([&] { howdah::copy_in(db, wanted); });
    here.take_stored();
}

/// As account, with one column that has no binary form.
struct text_account {
    howdah::uuid id{};
    std::int64_t tenant{};
    std::string email, name;
    std::optional<std::string> picture;
    text_number version{};
    double score{};
    bool active{};
    howdah::timestamp created_at{}, updated_at{};
    std::optional<howdah::timestamp> last_login_at;
};

void text_fallback(run& here) {
    howdah::connection db{{.url = url()}};
    here.measure([&] { here.take(howdah::query<text_account>(db, select_first, here.size())); });
}

void point(run& here) {
    howdah::connection db{{.url = url()}};
    const auto ids = keys(here);
    here.measure([&] {
        for (const auto& id : ids) here.take(howdah::query_one<account>(db, select_one, id));
    });
}

void pipeline(run& here) {
    howdah::connection db{{.url = url()}};
    const auto ids = keys(here);
    howdah::pipeline batch(db);
    std::vector<howdah::pipelined<account>> rows;
    here.measure([&] {
        for (std::size_t begin = 0; begin < ids.size(); begin += pipeline_statements) {
            rows.clear();
            for (const auto& id :
                 std::span(ids).subspan(begin, std::min(pipeline_statements, ids.size() - begin)))
                rows.push_back(batch.query_one<account>(select_one, id));
            batch.run();
            for (const auto& row : rows) here.take(row.get());
        }
    });
}

/// Calls each(transaction, a thousand rows).
template <class Each> void insert_batches(run& here, Each each) {
    howdah::connection db{{.url = url()}};
    const auto rows = batches_to_insert(here);
    db.run_script(make_server_keep_memory);
    { // once before what is measured: the connection learns the statement, which by hand is prepared there
        howdah::transaction undone(db);
        each(undone, rows[0]);
    }
    here.measure([&] {
        howdah::transaction tx(db);
        for (std::size_t i = 0; i < static_cast<std::size_t>(here.size()) / insert_rows; ++i)
            each(tx, rows[i]);
        tx.commit();
    });
    here.take_stored();
}

constexpr howdah::repository<account> accounts;

void insert_unnest(run& here) {
    insert_batches(here,
                   [](howdah::executor& on, const auto& rows) { accounts.insert_many_count(on, rows); });
}

void insert_returning(run& here) {
    insert_batches(here,
                   [](howdah::executor& on, const auto& rows) { (void)accounts.insert_many(on, rows); });
}

constexpr line lines[] = {
    {"fetch", fetch},
    {"fetch-streamed", fetch_streamed},
    {"views", views},
    {"views-copy", views_copy},
    {"fetch-copy", fetch_copy},
    {"stream-copy", stream_copy},
    {"stream", stream},
    {"text", text_fallback},
    {"point", point},
    {"pipeline", pipeline},
    {"copy-in", copy_in},
    {"insert-unnest", insert_unnest},
    {"insert-returning", insert_returning},
};

} // namespace

} // namespace bench

int main(int count, char** arguments) {
    return bench::main_of(bench::lines, count, arguments);
}
