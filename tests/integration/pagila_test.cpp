// SPDX-License-Identifier: BSL-1.0
//
// Real input: every table and view of the Pagila data set through typed row structs and repositories, its customers
// patched under versions, its rentals paged. Where the data set is not there the tests are skipped, visibly.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "pagila_database.hpp"
#include "pagila_rows.hpp"
#include "printed.hpp"
#include "sha256.hpp"
#include "test_database.hpp"

using namespace howdah;

namespace {

using texts = std::vector<std::string>;

// ---------------------------------------------------------------------------------------------------------------------
// Digests: the number of rows, then of each column, and of whole rows, the SHA-256 over its sorted texts. Sorted,
// because a view has no key; whole rows, because columns alone would not notice values that changed rows.

constexpr std::string_view null_mark = "\\N", separator = "\x1f";

/// The digests that the server makes of a relation with the columns of Row.
template <class Row> texts server_digests(executor& db) {
    const auto digest = [](const std::string& text) {
        return ", encode(sha256(convert_to(coalesce(string_agg(" + text + ", E'\\x1f' order by " + text +
               " collate \"C\"), ''), 'UTF8')), 'hex')";
    };
    std::string sql = "select array[count(*)::text", row;
    for (const auto& field : detail::description_of<Row>.fields) {
        // format() turns NULL into an empty text, so NULL is asked for first.
        const auto column = connection::quote_identifier(field.column);
        const auto text =
            "case when " + column + " is null then '\\N' else format('=%s', " + column + ") end";
        sql += digest(text);
        row += (row.empty() ? "" : " || E'\\x1f' || ") + ("(" + text + ")");
    }
    sql += digest(row) + "] from " + connection::quote_identifier(table<Row>::name);
    return query_one<texts>(db, sql);
}

template <class T> std::string printed_cell(const T& value) {
    if constexpr (detail::is_optional<T>) return value ? printed_cell(*value) : std::string(null_mark);
    else return '=' + tests::printed(value);
}

std::string digest(texts values) {
    std::sort(values.begin(), values.end());
    std::string all;
    for (std::size_t i = 0; i < values.size(); ++i) all.append(i ? separator : "").append(values[i]);
    return detail::sha256_hex(all);
}

/// Calls `visit(value)` for every field.
template <class Row, class Visit> void for_each_field(const Row& row, const Visit& visit) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (visit(detail::fields<Row>::template get<I>(row)), ...);
    }(std::make_index_sequence<detail::fields<Row>::count>{});
}

/// The same digests, made of rows that howdah has read.
template <class Row> texts digests(const std::vector<Row>& rows) {
    std::vector<texts> columns(detail::fields<Row>::count + 1);
    for (const Row& row : rows) {
        std::size_t column = 0;
        std::string whole;
        for_each_field(row, [&](const auto& value) {
            columns[column].push_back(printed_cell(value));
            whole.append(column ? separator : "").append(columns[column].back());
            ++column;
        });
        columns[column].push_back(std::move(whole));
    }
    texts all{std::to_string(rows.size())};
    for (auto& column : columns) all.push_back(digest(std::move(column)));
    return all;
}

template <class Row> bool equal_rows(const Row& left, const Row& right) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        using fields = detail::fields<Row>;
        return ((fields::template get<I>(left) == fields::template get<I>(right)) && ...);
    }(std::make_index_sequence<detail::fields<Row>::count>{});
}

/// All rows, asked for as text.
template <class Row> std::vector<Row> read_as_text(executor& db) {
    const auto sql = "select * from " + connection::quote_identifier(table<Row>::name);
    statement asked = sql;
    asked.encoding = format::text;
    const result answer = db.run(asked);
    REQUIRE(answer.encoding() == format::text);
    detail::row_reader reader(detail::description_of<Row>, answer);
    std::vector<Row> rows(answer.row_count());
    reader.read(rows.size(), rows.data(), sizeof(Row));
    return rows;
}

/// Whether each column may be NULL, by the catalog.
std::map<std::string, bool> nullable_columns(executor& db, const std::string& relation) {
    struct attribute {
        std::string name;
        bool nullable;
    };
    std::map<std::string, bool> out;
    for (const auto& column :
         query<attribute>(db,
                          "select attname::text as name, not attnotnull as nullable from pg_attribute"
                          " where attrelid = $1::text::regclass and attnum > 0 and not attisdropped",
                          relation))
        out.emplace(column.name, column.nullable);
    return out;
}

// ---------------------------------------------------------------------------------------------------------------------
// Customers under versions

struct customer_id {
    std::int32_t value;
};

struct customer_row {
    std::int32_t customer_id, store_id;
    std::string first_name, last_name;
    std::optional<std::string> email;
    std::int32_t address_id;
    bool activebool;
    date create_date;
    std::optional<timestamp> last_update;
    std::optional<std::int32_t> active;
    std::int32_t version;
    timestamp updated_at;
};

/// As a program has it: an id of its own type.
struct customer {
    ::customer_id customer_id;
    std::int32_t store_id;
    std::string first_name, last_name;
    std::optional<std::string> email;
    std::int32_t address_id;
    bool activebool;
    date create_date;
    std::optional<timestamp> last_update;
    std::optional<std::int32_t> active;
    std::int32_t version;
    timestamp updated_at;
};

struct customer_patch {
    change<std::string> last_name{};
    change<std::optional<std::string>> email{};
    change<bool> activebool{};
};

} // namespace

template <> struct howdah::table<customer_row> {
    static constexpr auto name = "customer", key = "customer_id", version = "version";
    static constexpr std::array<std::string_view, 2> read_only{"last_update", "updated_at"};
};

TEST_CASE("pagila: every table and view reads as the server has it, in both encodings") {
    if (pagila::is_skipped()) return;
    const auto base = pagila::loaded();
    auto db = base.connect();
    execute(db, "set max_parallel_workers_per_gather = 0");
    execute(db, "set jit = off");
    texts seen;
    std::size_t rows_read = 0;
    pagila::every_relation([&]<class Row>() {
        const std::string name(table<Row>::name);
        CAPTURE(name);
        seen.push_back(name);
        const auto sql = "select * from " + connection::quote_identifier(name);
        const auto rows = query<strict<Row>>(db, sql);
        const auto expected = server_digests<Row>(db);
        CHECK(rows.size() > 0);
        CHECK(digests(rows) == expected);
        // The other two ways may be compared row by row: nobody writes, and one process reads in one order.
        const auto as_text = read_as_text<Row>(db), found = repository<Row>{}.find_all(db);
        CHECK(std::equal(rows.begin(), rows.end(), as_text.begin(), as_text.end(), equal_rows<Row>));
        CHECK(std::equal(rows.begin(), rows.end(), found.begin(), found.end(), equal_rows<Row>));
        rows_read += rows.size();

        const auto nullable = nullable_columns(db, name);
        for (const auto& field : detail::description_of<Row>.fields) {
            CAPTURE(std::string(field.column));
            CHECK((field.codec->set_null != nullptr) == nullable.at(std::string(field.column)));
        }
    });
    std::sort(seen.begin(), seen.end());
    CHECK(seen == query<std::string>(
                      db, "select relname::text from pg_class where relkind in ('r', 'p', 'v', 'm')"
                          " and relnamespace = 'public'::regnamespace order by relname collate \"C\""));
    MESSAGE(seen.size(), " relations, ", rows_read, " rows");
}

TEST_CASE("pagila: a thousand patches of customers under versions lose nothing and change nothing else") {
    if (pagila::is_skipped()) return;
    const auto base = pagila::loaded();
    (void)migrate(base.config(), app::migrations);
    auto db = base.connect();
    db.run_script("alter table customer add column version integer not null default 1,"
                  " add column updated_at timestamptz not null default now();"
                  "select howdah_attach_touch('customer')");
    constexpr auto untouched =
        "select encode(sha256(string_agg(concat_ws('|', customer_id, store_id, first_name,"
        " address_id, create_date, active), ',' order by customer_id)::bytea), 'hex') from customer";
    const auto before = query_one<std::string>(db, untouched);

    const repository<customer, customer_row> customers;
    auto all = customers.find_all(db, {.order_by = {ascending<&customer::customer_id>()}});
    REQUIRE(all.size() == 599);
    for (std::size_t patched = 0; patched < 1'000; ++patched) {
        auto& known = all[patched % all.size()];
        customer_patch patch{.last_name = known.last_name + "-" + std::to_string(patched)};
        if (patched % 3 == 0) patch.email = std::nullopt;
        if (patched % 3 == 1)
            patch.email = std::optional<std::string>("c" + std::to_string(patched) + "@example.org");
        if (patched % 2 == 0) patch.activebool = !known.activebool;
        const auto saved = customers.patch(db, known.customer_id, known.version, patch);
        REQUIRE(saved);
        CHECK(saved->version == known.version + 1);
        CHECK(saved->updated_at > known.updated_at);
        CHECK(saved->last_name == patch.last_name.value());
        CHECK(saved->email == (patch.email.leaves() ? known.email : patch.email.value()));
        CHECK(saved->activebool == (patched % 2 == 0 ? !known.activebool : known.activebool));
        const auto stale = customers.patch(db, known.customer_id, known.version, patch);
        REQUIRE(stale.conflict());
        CHECK(stale.conflict()->current.version == saved->version);
        CHECK(stale.conflict()->current.last_name == saved->last_name);
        known = *saved;
    }

    CHECK(query_one<std::int64_t>(db, "select sum(version - 1) from customer") == 1'000);
    CHECK(query_one<std::string>(db, untouched) == before);
    const auto after = customers.find_all(db, {.order_by = {ascending<&customer::customer_id>()}});
    REQUIRE(after.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(after[i].version == all[i].version);
        CHECK(after[i].version == (i < 401 ? 3 : 2));
        CHECK(after[i].email == all[i].email);
        CHECK(after[i].updated_at == all[i].updated_at);
    }
}

TEST_CASE("pagila: keyset pages of rentals cover every row once, in the server's order") {
    if (pagila::is_skipped()) return;
    const auto base = pagila::loaded();
    auto db = base.connect();
    using pagila::rental;
    const repository<rental> rentals;
    struct paging {
        std::vector<order<rental>> by;
        std::string sql;
        std::size_t size;
    };
    const std::vector<paging> ways{
        {{}, "rental_id", 1'000},
        {{ascending<&rental::rental_date>()}, "rental_date, rental_id", 97},
        {{descending<&rental::staff_id>(), ascending<&rental::rental_date>()},
         "staff_id desc, rental_date, rental_id",
         4'011},
        {{descending<&rental::last_update>()}, "last_update desc, rental_id desc", 16'044},
    };
    for (const auto& way : ways) {
        CAPTURE(way.sql);
        const auto expected = query<std::int32_t>(db, "select rental_id from rental order by " + way.sql);
        REQUIRE(expected.size() == 16'044);
        repository<rental>::page_request asked{.order_by = way.by, .size = way.size};
        std::vector<std::int32_t> paged;
        std::size_t pages = 0;
        do {
            const auto page = rentals.find_page(db, asked);
            for (const auto& one : page.items) paged.push_back(one.rental_id);
            CHECK(page.items.size() == std::min(way.size, expected.size() - pages * way.size));
            asked.after = page.next;
            ++pages;
        } while (asked.after && paged.size() <= expected.size());
        CHECK(pages == (expected.size() + way.size - 1) / way.size);
        CHECK((paged == expected));
        CHECK(std::set<std::int32_t>(paged.begin(), paged.end()).size() == expected.size());
    }
}
