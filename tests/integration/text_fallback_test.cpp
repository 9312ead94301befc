// SPDX-License-Identifier: BSL-1.0
//
// A column that can only be read from text, a tsvector, among others: the whole result comes as text, by every way of
// reading, and every field has the value that it has from binary.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <howdah/composite.hpp>
#include <howdah/copy.hpp>
#include <howdah/json.hpp>
#include <howdah/numeric.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/range.hpp>
#include <howdah/repository.hpp>
#include <howdah/stream.hpp>
#include <howdah/text_search.hpp>
#include <howdah/time.hpp>
#include <howdah/tuple.hpp>
#include <howdah/uuid.hpp>
#include <howdah/views.hpp>

#include "test_database.hpp"

using namespace howdah;

namespace text_fallback {

struct place {
    std::int32_t x = 0;
    std::optional<std::string> label{};
    friend bool operator==(const place&, const place&) = default;
};
struct searched {
    std::int64_t id = 0;
    std::string title{};
    std::vector<std::byte> bytes{};
    std::optional<numeric> price{};
    timestamp at{};
    std::optional<date> day{};
    uuid key{};
    bool draft = false;
    double weight = 0;
    json data{};
    std::vector<std::optional<std::string>> tags{};
    range<std::int32_t> pages{};
    place where{};
    std::vector<place> others{};
    tsvector words{};
    std::vector<tsvector> parts{};
    friend bool operator==(const searched&, const searched&) = default;
};
struct indexed_place {
    std::string name{};
    tsvector words{};
    friend bool operator==(const indexed_place&, const indexed_place&) = default;
};
struct seen {
    std::int64_t id = 0;
    std::string_view title{};
    std::string_view words{};
};

} // namespace text_fallback

using namespace text_fallback;

template <> struct howdah::composite<place> {
    static constexpr auto name = "place";
};
template <> struct howdah::composite<indexed_place> {
    static constexpr auto name = "indexed_place";
};
template <> struct howdah::table<searched> {
    static constexpr auto name = "documents", key = "id";
};

namespace {

std::vector<searched> some() {
    searched full{.id = 1,
                  .title = "\\x41, \"{}'\n",
                  .bytes = {std::byte{0}, std::byte{'\\'}, std::byte{255}},
                  .price = numeric("NaN"),
                  .at = timestamp(std::chrono::microseconds(-1)),
                  .day = date(std::chrono::days(20'000)),
                  .key = uuid::v4(),
                  .draft = true,
                  .weight = 0.1,
                  .data = json(R"({"a": "\\"})"),
                  .tags = {"", std::nullopt, "NULL", "a,\"b\\"},
                  .pages = {1, 9},
                  .where = {1, "(a,\"b\\)"},
                  .others = {{2, ""}, {3, std::nullopt}},
                  .words = tsvector("'\\\\':3 'a':1A,2 'it''s':4"),
                  .parts = {tsvector("'a' 'b'"), tsvector("'\"'")}};
    return {full, searched{.id = 2, .pages = {}}};
}

struct stage {
    testing::database base = test::fresh_database();
    connection db = base.connect();
    repository<searched> documents;
    std::vector<searched> rows = some();
    static constexpr auto* all = "select * from documents order by id";

    stage() {
        db.run_script(
            "create type place as (x int4, label text); create type indexed_place as (name text, words "
            "tsvector); create table documents (id int8, title text, bytes bytea, price numeric, at "
            "timestamptz, day date, key uuid, draft bool, weight float8, data jsonb, tags text[], pages "
            "int4range, \"where\" place, others place[], words tsvector, parts tsvector[])");
    }
};

} // namespace

TEST_CASE_FIXTURE(stage, "rows with a tsvector are written and read by every way") {
    CHECK(documents.insert(db, rows[0]) == rows[0]);
    CHECK(documents.insert_many(db, std::vector{rows[1]}).at(0) == rows[1]);
    CHECK(query<searched>(db, all) == rows);
    CHECK(query<searched>(db, all) == rows); // prepared by now
    CHECK(documents.find_all(db).size() == 2);
    std::vector<searched> read;
    for (auto& one : stream<searched>(db, all)) read.push_back(one);
    CHECK(read == rows);
    CHECK(query_streamed<searched>(db, all) == rows);
    pipeline batch(db);
    const auto piped = batch.query<searched>(all);
    const auto beside = batch.query_one<std::int64_t>("select count(*) from documents");
    batch.run();
    CHECK(piped.get() == rows);
    CHECK(beside.get() == 2);
    auto config = base.config();
    config.prepare_statements = false;
    connection unprepared(config);
    CHECK(query<searched>(unprepared, all) == rows);
    std::size_t viewed = 0;
    for (const auto& one : query_views<seen>(db, "select id, title, words from documents order by id")) {
        CHECK(one.title == rows[viewed].title);
        CHECK(one.words == rows[viewed].words.text());
        ++viewed;
    }
    CHECK(viewed == 2);
}

TEST_CASE_FIXTURE(stage,
                  "the result is text with the tsvector, and binary without it or if nobody reads it") {
    (void)documents.insert_many(db, rows);
    statement asked = "select id, words from documents order by id";
    struct with_words {
        std::int64_t id;
        tsvector words;
    };
    struct without_words {
        std::int64_t id;
    };
    const auto encoding_of = [&](const detail::row_description& row) {
        asked.reading = detail::reading_of(row);
        return db.run(asked).encoding();
    };
    CHECK(encoding_of(detail::description_of<with_words>) == format::text);
    CHECK(encoding_of(detail::description_of<without_words>) == format::binary);
    // What was not read into structs is as it was asked for.
    asked.reading = {};
    CHECK_THROWS_AS((void)db.run(asked).value<tsvector>(0, 1), decode_error);
    asked.encoding = format::text;
    CHECK(db.run(asked).value<tsvector>(0, 1) == rows[0].words);
}

TEST_CASE_FIXTURE(stage, "COPY, which has no text here, says which column it cannot read or write") {
    CHECK_THROWS_WITH_AS((void)copy_out<searched>(db), doctest::Contains("column \"words\" (tsvector)"),
                         decode_error);
    CHECK_THROWS_WITH_AS((void)copy_in(db, rows),
                         doctest::Contains("column \"words\", row 0: tsvector has no binary form"),
                         usage_error);
    CHECK(db.state() == session_state::idle);
}

TEST_CASE_FIXTURE(stage, "a tsvector inside a struct sends the result as text, too, and the struct") {
    const indexed_place value{"a,\"b\\", tsvector("'\\\\':3 'it''s':4")};
    CHECK(query_one<indexed_place>(db, "select $1::indexed_place", value) == value);
    CHECK(query_one<std::vector<indexed_place>>(db, "select $1::indexed_place[]", std::vector{value, value})
              .at(1) == value);
    const auto [number, read] =
        query_one<std::tuple<std::int64_t, indexed_place>>(db, "select 1::int8, $1::indexed_place", value);
    CHECK(number == 1);
    CHECK(read == value);
}
