// SPDX-License-Identifier: BSL-1.0
//
// The same lines with SOCI, at its best: prepared, columns by index, in vectors where that is quicker; uuid and
// instants as text, through howdah's parsers.
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "run.hpp"

namespace bench {

namespace {

constexpr const char* select_first_named = "select " BENCH_COLUMNS " from account where n <= :n";
constexpr const char* select_one_named = "select " BENCH_COLUMNS " from account where id = :id";

/// One row as SOCI can hold it.
struct cells {
    std::string id, email, name, picture, active, created_at, updated_at, last_login_at;
    long long tenant = 0;
    int version = 0;
    double score = 0;
    soci::indicator has_picture = soci::i_null, has_login = soci::i_null;

    void into_account(account& row) {
        row.id = howdah::uuid::parse(id);
        row.tenant = tenant;
        row.email.swap(email);
        row.name.swap(name);
        if (has_picture == soci::i_ok) row.picture = picture;
        else row.picture.reset();
        row.version = version;
        row.score = score;
        row.active = active == "t";
        row.created_at = howdah::parse_timestamp(created_at);
        row.updated_at = howdah::parse_timestamp(updated_at);
        if (has_login == soci::i_ok) row.last_login_at = howdah::parse_timestamp(last_login_at);
        else row.last_login_at.reset();
    }
};

template <class Prepared> void bind_into(Prepared& to, cells& row) {
    using soci::into;
    to, into(row.id), into(row.tenant), into(row.email), into(row.name), into(row.picture, row.has_picture),
        into(row.version), into(row.score), into(row.active), into(row.created_at), into(row.updated_at),
        into(row.last_login_at, row.has_login);
}

/// Many rows, column by column.
struct columns {
    std::vector<std::string> id, email, name, picture, active, created_at, updated_at, last_login_at;
    std::vector<long long> tenant;
    std::vector<int> version;
    std::vector<double> score;
    std::vector<soci::indicator> has_picture, has_login;

    template <class Each> void each_vector(Each each) {
        for (auto* one : {&id, &email, &name, &picture, &active, &created_at, &updated_at, &last_login_at})
            each(*one);
        each(tenant), each(version), each(score), each(has_picture), each(has_login);
    }
    void resize(std::size_t size) {
        each_vector([&](auto& one) { one.resize(size); });
    }
    cells at(std::size_t i) {
        return {std::move(id[i]),
                std::move(email[i]),
                std::move(name[i]),
                std::move(picture[i]),
                std::move(active[i]),
                std::move(created_at[i]),
                std::move(updated_at[i]),
                std::move(last_login_at[i]),
                tenant[i],
                version[i],
                score[i],
                has_picture[i],
                has_login[i]};
    }
};

/// In vectors of a thousand rows, out of a whole result: its single-row mode cannot (4.0.3 refuses it).
template <class Each> void each_row(run& here, soci::session& sql, Each each) {
    constexpr std::size_t batch = 1'000;
    columns some;
    some.resize(batch);
    using soci::into;
    soci::statement rows =
        (sql.prepare << select_first_named, soci::use(here.size(), "n"), into(some.id), into(some.tenant),
         into(some.email), into(some.name), into(some.picture, some.has_picture), into(some.version),
         into(some.score), into(some.active), into(some.created_at), into(some.updated_at),
         into(some.last_login_at, some.has_login));
    rows.execute();
    while (rows.fetch()) {
        for (std::size_t i = 0; i < some.id.size(); ++i) each(some.at(i));
        some.resize(batch);
    }
}

void fetch(run& here) {
    soci::session sql(soci::postgresql, url());
    here.measure([&] {
        std::vector<account> all;
        each_row(here, sql, [&](cells row) { row.into_account(all.emplace_back()); });
        here.take(all);
    });
}

void stream(run& here) {
    soci::session sql(soci::postgresql, url());
    here.measure([&] {
        account row;
        each_row(here, sql, [&](cells from) {
            from.into_account(row);
            here.take(row);
        });
    });
}

void point(run& here) {
    soci::session sql(soci::postgresql, url());
    std::vector<std::string> ids;
    for (const auto& id : keys(here)) ids.push_back(id.text());
    cells one;
    std::string id;
    auto prepared = (sql.prepare << select_one_named, soci::use(id, "id"));
    bind_into(prepared, one);
    soci::statement select(prepared);
    here.measure([&] {
        for (const auto& wanted : ids) {
            id = wanted;
            if (!select.execute(true)) die("SOCI: no row");
            account row;
            one.into_account(row);
            here.take(row);
        }
    });
}

/// One prepared statement, executed for every element of the vectors.
void insert(run& here) {
    soci::session sql(soci::postgresql, url());
    const auto rows = rows_to_insert(here);
    columns some;
    using soci::use;
    soci::transaction tx(sql);
    here.measure([&] {
        const auto wanted = std::span(rows).first(static_cast<std::size_t>(here.size()));
        for (std::size_t begin = 0; begin < wanted.size(); begin += insert_rows) {
            const auto batch = wanted.subspan(begin, std::min(insert_rows, wanted.size() - begin));
            some.each_vector([](auto& one) { one.clear(); });
            for (const auto& row : batch) {
                some.id.push_back(row.id.text());
                some.tenant.push_back(row.tenant);
                some.email.push_back(row.email);
                some.name.push_back(row.name);
                some.picture.push_back(row.picture.value_or(""));
                some.has_picture.push_back(row.picture ? soci::i_ok : soci::i_null);
                some.version.push_back(row.version);
                some.score.push_back(row.score);
                some.active.push_back(row.active ? "t" : "f");
                some.created_at.push_back(howdah::format_timestamp(row.created_at));
                some.updated_at.push_back(howdah::format_timestamp(row.updated_at));
                some.last_login_at.push_back(row.last_login_at ? howdah::format_timestamp(*row.last_login_at)
                                                               : "");
                some.has_login.push_back(row.last_login_at ? soci::i_ok : soci::i_null);
            }
            soci::statement insert =
                (sql.prepare << "insert into inserted (" BENCH_COLUMNS
                                ") values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k)",
                 use(some.id), use(some.tenant), use(some.email), use(some.name),
                 use(some.picture, some.has_picture), use(some.version), use(some.score), use(some.active),
                 use(some.created_at), use(some.updated_at), use(some.last_login_at, some.has_login));
            insert.execute(true);
        }
        tx.commit();
    });
    here.take_stored();
}

constexpr line lines[] = {
    {"fetch", fetch},
    {"stream", stream},
    {"point", point},
    {"copy-in", insert},
};

} // namespace

} // namespace bench

int main(int count, char** arguments) {
    return bench::main_of(bench::lines, count, arguments);
}
