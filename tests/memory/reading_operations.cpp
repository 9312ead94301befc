// SPDX-License-Identifier: BSL-1.0
#include <algorithm>

#include <howdah/copy.hpp>
#include <howdah/copy_views.hpp>
#include <howdah/load_children.hpp>
#include <howdah/maps.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/query.hpp>
#include <howdah/repository.hpp>
#include <howdah/stream.hpp>
#include <howdah/time.hpp>
#include <howdah/uuid.hpp>
#include <howdah/views.hpp>

#include "operation_rows.hpp"
#include "operations.hpp"

namespace howdah::test {

namespace {

const repository<item> items;

constexpr const char* all_items = "select * from items order by id";
constexpr const char* all_views = "select id, title, body from items order by id";
constexpr const char* few_items = "select * from items where id <= $1 order by id";

constexpr const char* some_items =
    "select * from items where id <= $1 and $2::text like '%''%' and $3::text is null order by id";

bool is_item(const item& one, std::int32_t id) noexcept {
    return one.id == id && one.title.starts_with("the title of item number ") &&
           one.body.starts_with("a body that no short string holds, ") && one.tags.size() == 2 &&
           one.tags[1] == "and another of such length";
}

bool are_items(const std::vector<item>& all, std::size_t count) noexcept {
    for (std::size_t i = 0; i < all.size(); ++i)
        if (!is_item(all[i], static_cast<std::int32_t>(i + 1))) return false;
    return all.size() == count;
}

/// Every row of a range, or the first few of it.
template <class Rows> bool reads_items(Rows&& rows, int most) {
    std::int32_t id = 0;
    for (const item& one : rows) {
        if (!is_item(one, ++id)) return false;
        if (id == most) return true;
    }
    return id == 8;
}

struct sent_values {
    std::int64_t number;
    std::string text;
    timestamp at;
    uuid key;
    std::vector<std::int32_t> numbers;
    std::optional<std::string> nothing;
};
const std::string sent_text(long_text);
const uuid sent_key = uuid::parse("0193e5a2-0000-7000-8000-000000000001");
const timestamp sent_at = parse_timestamp("2026-01-24 03:04:05+00");
const std::vector<std::int32_t> sent_numbers{3, 1, 4, 1, 5, 9, 2, 6};
const std::optional<std::string> sent_nothing;

bool typed_parameters(executor& on) {
    const auto answer = query_one<sent_values>(
        on,
        "select $1::int8 as number, $2::text as text, $3::timestamptz as at, $4::uuid as key,"
        " $5::int4[] as numbers, $6::text as nothing",
        42, sent_text, sent_at, sent_key, sent_numbers, sent_nothing);
    return answer.number == 42 && answer.text == long_text && answer.at == sent_at &&
           answer.key == sent_key && answer.numbers == sent_numbers && !answer.nothing;
}

const spot sent_spot{7, std::string(long_text)};
const std::vector<spot> sent_spots{sent_spot, sent_spot};

bool types_of_users(executor& on) {
    const auto answer =
        query_one<spotted>(on, "select $1::mood as feeling, $2::spot as place, $3::spot[] as places",
                           mood::content, sent_spot, sent_spots);
    return answer.feeling == mood::content && answer.place.x == 7 && answer.place.label == long_text &&
           answer.places.size() == 2 && answer.places[1].label == long_text;
}

bool one_and_optional(executor& on) {
    const auto count = query_one<std::int64_t>(on, "select count(*) from items");
    const auto found = query_optional<item>(on, "select * from items where id = $1", 7);
    const auto none = query_optional<item>(on, "select * from items where id = $1", 700);
    return count == 8 && found && is_item(*found, 7) && !none;
}

bool unnamed_statement(executor& on) {
    statement once(all_items);
    once.prepare = false;
    return are_items(query<item>(on, once), 8);
}

/// More of them than the connection keeps prepared.
bool evicted_statements(executor& on) {
    constexpr const char* texts[] = {"select 1 + $1::int4", "select 2 + $1::int4", "select 3 + $1::int4",
                                     "select 4 + $1::int4", "select 5 + $1::int4", "select 6 + $1::int4"};
    bool right = true;
    for (std::int32_t i = 0; i < 6; ++i) right = query_one<std::int32_t>(on, texts[i], 10) == 11 + i && right;
    return right;
}

bool maps(executor& on) {
    const auto by_id = query_map<&item::id>(on, few_items, 5);
    const auto groups = query_groups<&line::item>(on, "select * from lines order by id");
    return by_id.size() == 5 && is_item(by_id.at(3), 3) && groups.size() == 3 && groups.at(1).size() == 2;
}

bool views(const row_views<item_view>& seen) {
    std::int32_t id = 0;
    for (const item_view& one : seen)
        if (one.id != ++id || !one.title.starts_with("the title of item number ")) return false;
    return id == 8;
}

const std::vector<item> parents = [] {
    std::vector<item> some(3);
    for (std::int32_t i = 0; i < 3; ++i) some[static_cast<std::size_t>(i)].id = i + 1;
    return some;
}();

bool children(executor& on) {
    const auto found = load_children<&line::item>(on, parents, &item::id);
    return found.size() == 3 && found[0].size() == 2 && found[2].size() == 2 &&
           found[1][0].label.starts_with("the label of a line");
}

bool repository_reads(executor& on) {
    const auto found = items.find(on, 7);
    const auto page = items.find_page(on, {.order_by = {ascending<&item::title>()}, .size = 3});
    return found && is_item(*found, 7) && page.items.size() == 3 && page.next && items.count(on) == 8 &&
           items.exists(on, 8) && !items.exists(on, 41);
}

bool pipelined_reads(executor& on) {
    pipeline batch(on);
    const auto some = batch.query<item>(few_items, 4);
    const auto text = batch.query_one<std::string>("select $1::text", sent_text);
    const auto none = batch.query_optional<item>("select * from items where id = $1", 700);
    const auto again = batch.query<item>(few_items, 2);
    batch.run();
    return are_items(some.get(), 4) && text.get() == long_text && !none.get() && are_items(again.get(), 2);
}

bool copied_with_values(executor& on) {
    const std::string text = "it's a text that no short string holds";
    return are_items(copy_out<item>(on, some_items, 3, text, std::optional<std::string>{}), 3);
}

constexpr operation reading[] = {
    {"query of structs", [](executor& on) { return are_items(query<item>(on, all_items), 8); }},
    {"query_one and query_optional", &one_and_optional},
    {"typed parameters", &typed_parameters},
    {"types of users", &types_of_users},
    {"a statement that is not prepared", &unnamed_statement},
    {"more statements than are kept", &evicted_statements},
    {"maps", &maps},
    {"views", [](executor& on) { return views(query_views<item_view>(on, all_views)); }},
    {"views over a COPY", [](executor& on) { return views(copy_views<item_view>(on, all_views)); }},
    {"a stream", [](executor& on) { return reads_items(stream<item>(on, all_items), 99); }},
    {"a stream left early", [](executor& on) { return reads_items(stream<item>(on, all_items), 3); }},
    {"query_streamed", [](executor& on) { return are_items(query_streamed<item>(on, all_items), 8); }},
    {"copy_out", [](executor& on) { return are_items(copy_out<item>(on, all_items), 8); }},
    {"copy_stream", [](executor& on) { return reads_items(copy_stream<item>(on, all_items), 99); }},
    {"copy_stream left early", [](executor& on) { return reads_items(copy_stream<item>(on, all_items), 3); }},
    {"copy_out with values", &copied_with_values},
    {"a pipeline", &pipelined_reads},
    {"load_children", &children},
    {"a repository's questions", &repository_reads},
};

/// The operation is to throw this. What comes out instead, bad_alloc for one, is not caught.
template <class Failure, class Work> bool is_refused(Work work) {
    try {
        static_cast<void>(work());
        return false;
    } catch (const Failure&) {
        return true;
    }
}

bool refused_in_pipeline(executor& on) {
    pipeline batch(on);
    const auto before = batch.query_one<std::string>("select $1::text", sent_text);
    const auto bad = batch.execute("insert into items values (41, $1, $1), (41, $1, $1)", sent_text);
    const auto behind = batch.query<item>(few_items, 2);
    return is_refused<server_error>([&] { batch.run(); }) && before.get() == long_text &&
           is_refused<server_error>([&] { return bad.get(); }) &&
           behind.outcome() == pipeline_outcome::not_run;
}

bool refused_late_in_stream(executor& on) {
    return is_refused<server_error>([&] {
        for ([[maybe_unused]] const auto one :
             stream<std::int32_t>(on, "select 1 / (2000 - n) from generate_series(1, 3000) n")) {
        }
    });
}

const std::vector<new_item> twice_the_same{{900, std::string(long_text), "first", {}},
                                           {901, std::string(long_text), "second", {}}};

constexpr operation failing[] = {
    {"a statement that the server refuses",
     [](executor& on) {
         return is_refused<server_error>([&] { return query<item>(on, "select * from no_such_table"); });
     },
     true},
    {"a statement that fails when it runs",
     [](executor& on) {
         return is_refused<server_error>(
             [&] { return query_one<std::int32_t>(on, "select 1 / $1::int4", 0); });
     },
     true},
    {"a struct that does not fit",
     [](executor& on) {
         return is_refused<decode_error>(
             [&] { return query<item>(on, "select id, title as name from items"); });
     }},
    {"a value that does not fit",
     [](executor& on) {
         return is_refused<decode_error>(
             [&] { return query<std::string>(on, "select nullif(id, 3)::text from items"); });
     }},
    {"a missing row",
     [](executor& on) { return is_refused<row_count_error>([&] { return items.get(on, 700); }); }},
    {"a violation of a constraint",
     [](executor& on) {
         return is_refused<server_error>(
             [&] { execute(on, "insert into items values ($1, $2, $2)", 1, sent_text); });
     },
     true},
    {"a pipeline that fails", &refused_in_pipeline, true},
    {"a stream that fails", &refused_late_in_stream, true},
    {"copy_out that fails",
     [](executor& on) {
         return is_refused<server_error>([&] {
             static_cast<void>(
                 copy_out<std::int32_t>(on, "select 1 / (2000 - n) from generate_series(1, 3000) n"));
         });
     },
     true},
    {"copy_in that fails",
     [](executor& on) { return is_refused<server_error>([&] { copy_in(on, twice_the_same); }); }, true},
};

} // namespace

std::span<const operation> reading_operations() {
    return reading;
}
std::span<const operation> failing_operations() {
    return failing;
}

} // namespace howdah::test
