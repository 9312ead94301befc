// SPDX-License-Identifier: BSL-1.0
//
// The same lines with libpqxx, at its best: prepared, columns by index; uuid and instants, for which it has nothing, by
// howdah's parsers.
#include <pqxx/pqxx>

#include <memory>
#include <tuple>

#include "run.hpp"

namespace bench {

namespace {

template <class Row> void read_common(const pqxx::row& from, Row& into) {
    into.id = howdah::uuid::parse({from[0].c_str(), from[0].size()});
    into.tenant = from[1].as<std::int64_t>();
    into.email = {from[2].c_str(), from[2].size()};
    into.name = {from[3].c_str(), from[3].size()};
    if (!from[4].is_null()) into.picture.emplace(from[4].c_str(), from[4].size());
    into.version = from[5].as<std::int32_t>();
}

howdah::timestamp instant(const pqxx::field& from) {
    return howdah::parse_timestamp({from.c_str(), from.size()});
}

account read(const pqxx::row& from) {
    account row;
    read_common(from, row);
    row.score = from[6].as<double>();
    row.active = from[7].as<bool>();
    row.created_at = instant(from[8]);
    row.updated_at = instant(from[9]);
    if (!from[10].is_null()) row.last_login_at = instant(from[10]);
    return row;
}

void fetch(run& here) {
    pqxx::connection db(url());
    db.prepare("first", select_first);
    pqxx::nontransaction tx(db);
    here.measure([&] {
        const auto answer = tx.exec_prepared("first", here.size());
        std::vector<account> all;
        all.reserve(answer.size());
        for (const auto& row : answer) all.push_back(read(row));
        here.take(all);
    });
}

void views(run& here) {
    pqxx::connection db(url());
    db.prepare("first", select_first);
    pqxx::nontransaction tx(db);
    here.measure([&] {
        const auto answer = tx.exec_prepared("first", here.size());
        for (const auto& one : answer) {
            account_view row;
            read_common(one, row);
            here.take(row);
        }
    });
}

using text = std::string;
using streamed = std::tuple<text, std::int64_t, text, text, std::unique_ptr<text>, std::int32_t, double, bool,
                            text, text, std::unique_ptr<text>>;

/// COPY as text. What is called a table name here goes into the statement as it is, so it can be a query.
template <class Each> void stream_rows(run& here, Each each) {
    pqxx::connection db(url());
    pqxx::work tx(db);
    here.measure([&] {
        pqxx::stream_from rows(tx, "(" + select_first_literally(here.size()) + ")");
        streamed from;
        account row;
        while (rows >> from) {
            auto& [id, tenant, email, name, picture, version, score, active, created, updated, login] = from;
            row.id = howdah::uuid::parse(id);
            row.tenant = tenant;
            row.email.swap(email);
            row.name.swap(name);
            if (picture) row.picture = std::move(*picture);
            else row.picture.reset();
            row.version = version;
            row.score = score;
            row.active = active;
            row.created_at = howdah::parse_timestamp(created);
            row.updated_at = howdah::parse_timestamp(updated);
            if (login) row.last_login_at = howdah::parse_timestamp(*login);
            else row.last_login_at.reset();
            each(row);
        }
        rows.complete();
    });
}

void stream(run& here) {
    stream_rows(here, [&](const account& row) { here.take(row); });
}

void fetch_streamed(run& here) {
    std::vector<account> all;
    stream_rows(here, [&](account& row) { all.push_back(std::move(row)); });
    here.take(all);
}

void point(run& here) {
    pqxx::connection db(url());
    db.prepare("one", select_one);
    pqxx::nontransaction tx(db);
    std::vector<text> ids;
    for (const auto& id : keys(here)) ids.push_back(id.text());
    here.measure([&] {
        for (const auto& id : ids) here.take(read(tx.exec_prepared1("one", id)));
    });
}

/// Its pipeline joins texts with semicolons; values become part of them.
void pipeline(run& here) {
    pqxx::connection db(url());
    pqxx::nontransaction tx(db);
    std::vector<text> ids;
    for (const auto& id : keys(here)) ids.push_back(id.text());
    here.measure([&] {
        pqxx::pipeline all(tx);
        all.retain(static_cast<int>(pipeline_statements));
        for (std::size_t begin = 0; begin < ids.size(); begin += pipeline_statements) {
            const auto batch =
                std::span(ids).subspan(begin, std::min(pipeline_statements, ids.size() - begin));
            for (const auto& id : batch)
                all.insert("select " BENCH_COLUMNS " from account where id = " + tx.quote(id));
            all.complete();
            while (!all.empty()) here.take(read(all.retrieve().second.front()));
        }
    });
}

/// COPY as text: its quickest way to insert.
void insert(run& here) {
    pqxx::connection db(url());
    pqxx::work tx(db);
    const auto rows = rows_to_insert(here);
    here.measure([&] {
        const std::vector<text> columns{"id",         "tenant",     "email",        "name",
                                        "picture",    "version",    "score",        "active",
                                        "created_at", "updated_at", "last_login_at"};
        pqxx::stream_to to(tx, "inserted", columns);
        for (const auto& row : std::span(rows).first(static_cast<std::size_t>(here.size()))) {
            const auto login = row.last_login_at ? howdah::format_timestamp(*row.last_login_at) : text();
            to << std::make_tuple(
                row.id.text(), row.tenant, row.email, row.name, row.picture ? row.picture->c_str() : nullptr,
                row.version, row.score, row.active, howdah::format_timestamp(row.created_at),
                howdah::format_timestamp(row.updated_at), row.last_login_at ? login.c_str() : nullptr);
        }
        to.complete();
        tx.commit();
    });
    here.take_stored();
}

constexpr line lines[] = {
    {"fetch", fetch},    {"fetch-streamed", fetch_streamed},
    {"views", views},    {"stream", stream},
    {"point", point},    {"pipeline", pipeline},
    {"copy-in", insert},
};

} // namespace

} // namespace bench

int main(int count, char** arguments) {
    return bench::main_of(bench::lines, count, arguments);
}
