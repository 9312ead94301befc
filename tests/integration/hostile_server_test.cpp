// SPDX-License-Identifier: BSL-1.0
//
// Answers that no PostgreSQL gives: cut off, with other columns than were described, with cells, arrays and catalogue
// rows that make no sense. All of them are errors of howdah or values, and the program goes on. Under AddressSanitizer
// this also shows that nothing is read beyond what has come. HOWDAH_LONG_TESTS=1 makes the rounds many.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <howdah/composite.hpp>
#include <howdah/copy.hpp>
#include <howdah/copy_views.hpp>
#include <howdah/interval.hpp>
#include <howdah/json.hpp>
#include <howdah/numeric.hpp>
#include <howdah/pipeline.hpp>
#include <howdah/query.hpp>
#include <howdah/range.hpp>
#include <howdah/repository.hpp>
#include <howdah/stream.hpp>
#include <howdah/uuid.hpp>
#include <howdah/views.hpp>

#include "meddling_proxy.hpp"
#include "test_database.hpp"

namespace {

using namespace std::chrono_literals;
using howdah::connection;
using howdah::load_big_endian;
using howdah::store_big_endian;
using howdah::test::backend_message;
using howdah::test::meddling_proxy;

struct hostile_place {
    std::string town;
    std::optional<std::int32_t> number;
};

} // namespace

template <> struct howdah::composite<hostile_place> {
    static constexpr auto name = "hostile_place";
};

namespace {

struct hostile_store {
    std::int64_t id = 0;
    std::string name;
    std::int32_t version = 1;
};

struct stored {
    std::int64_t id = 0;
    std::string name;
};

struct renaming {
    std::int64_t id = 0;
    std::int32_t version = 0;
    std::string name;
};

struct hostile_row {
    std::int64_t id = 0;
    std::int32_t amount = 0;
    std::optional<std::string> name;
    std::string text;
    bool yes = false;
    double ratio = 0;
    howdah::timestamp at;
    std::optional<howdah::timestamp> seen;
    howdah::uuid key;
    howdah::numeric price;
    howdah::interval pause;
    std::vector<std::int32_t> numbers;
    std::vector<std::optional<std::string>> texts;
    howdah::range<std::int32_t> span;
    std::vector<hostile_place> places;
};

struct hostile_view {
    std::int64_t id = 0;
    std::string_view text;
    std::optional<std::string_view> name;
    bool yes = false;
};

} // namespace

template <> struct howdah::table<hostile_store> {
    static constexpr auto name = "hostile_store", key = "id", version = "version";
};

namespace {

constexpr auto* columns =
    "select n as id, n::int as amount, case when n % 3 > 0 then 'name ' || n end as name, repeat('t', n::int "
    "* 7) "
    "as text, n % 2 = 0 as yes, n / 7.0::float8 as ratio, timestamptz '2026-01-01Z' + n * interval '1 h' as "
    "at, "
    "case when n % 2 = 0 then timestamptz '2026-01-01Z' end as seen, "
    "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid as key, n * 1.25 as price, n * interval '1 day' as pause, "
    "array[1, n::int, 3] as numbers, array['a', null, repeat('c', n::int)] as texts, "
    "int4range(1, n::int + 1) as span, array[row('here', n)::hostile_place, row('there', "
    "null)::hostile_place] as "
    "places from generate_series(1::bigint, 9) n";

howdah::testing::database& data() {
    static auto made = [] {
        auto fresh = howdah::test::fresh_database();
        fresh.connect().run_script(
            "create type hostile_place as (town text, number int);"
            "create table hostile_store (id bigint, name text, version int not null default 1)");
        return fresh;
    }();
    return made;
}

/// The offsets of the cells of a DataRow (of their lengths), as it says itself.
std::vector<std::size_t> cells_of(const std::string& body) {
    std::vector<std::size_t> found;
    for (std::size_t at = 2; at + 4 <= body.size();) {
        found.push_back(at);
        const auto size = load_big_endian<std::int32_t>(body.data() + at);
        at += 4 + (size > 0 ? static_cast<std::size_t>(size) : 0);
    }
    return found;
}

class damage {
public:
    explicit damage(unsigned seed) : random_(seed), wait_(below(24)) {}

    meddling_proxy::instead operator()(const backend_message& message) {
        if (done_ || wait_-- > 0) return {message.framed()};
        done_ = true;
        auto changed = message;
        auto& body = changed.body;
        switch (below(9)) {
        case 0: flip(body); break;
        case 1: body.resize(below(body.size() + 1)); break;
        case 2: body.append(1 + below(9), '\0'); break;
        case 3: return {message.framed() + message.framed()};
        case 4: return {""};
        case 5: return {message.framed().substr(0, below(body.size() + 5)), true};
        case 6: set_count(body); break;
        default:
            if (message.kind == 'D') damage_cell(body);
            else if (message.kind == 'd') set_number(body);
            else if (message.kind == 'T') damage_column(body);
            else done_ = false; // a message with more to break will come
        }
        return {changed.framed()};
    }

private:
    std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }

    std::int32_t odd_number() {
        constexpr std::array<std::int32_t, 10> odd{0, -1, 1, 2, 7, -2, 64, 0x7FFFFFFF, -0x7FFFFFFF, 0x10000};
        return odd[below(odd.size())];
    }
    void flip(std::string& body) {
        if (!body.empty()) body[below(body.size())] ^= static_cast<char>(1U << below(8));
    }
    void set_count(std::string& body) {
        if (body.size() >= 2) store_big_endian(static_cast<std::int16_t>(odd_number()), body.data());
    }
    void set_number(std::string& body) {
        if (body.size() >= 4) store_big_endian(odd_number(), body.data() + below(body.size() - 3));
    }
    /// Another content of a cell, with the length that it has then: this is what reaches the decoders.
    void damage_cell(std::string& body) {
        const auto cells = cells_of(body);
        if (cells.empty()) return;
        const auto at = cells[below(cells.size())];
        const auto old = std::max(load_big_endian<std::int32_t>(body.data() + at), 0);
        std::string cell = body.substr(at + 4, static_cast<std::size_t>(old));
        std::int32_t size = -1;
        switch (below(5)) {
        case 0: cell.clear(); break; // NULL
        case 1: cell.resize(below(cell.size() + 1)); break;
        case 2: cell.append(1 + below(20), '\1'); break;
        case 3: set_number(cell); break;
        default: flip(cell);
        }
        if (!cell.empty() || below(2) == 0) size = static_cast<std::int32_t>(cell.size());
        std::string length(4, '\0');
        store_big_endian(size, length.data());
        body.replace(at, 4 + static_cast<std::size_t>(old), length + cell);
    }
    /// Behind the name of a column stand its table, attribute, type, size, modifier and format.
    void damage_column(std::string& body) {
        const auto name = body.find('\0', 2 + below(body.size() - 2));
        if (name == body.npos || body.size() - name < 19) return;
        if (below(2) == 0) store_big_endian(std::int16_t{0}, body.data() + name + 17);
        else
            store_big_endian(std::array{23, 20, 25, 1007, 2249, 1114, 1700, 16'500, 0}[below(9)],
                             body.data() + name + 7);
    }

    std::mt19937 random_;
    std::size_t wait_;
    bool done_ = false;
};

/// Runs the exchange often, each time with another message of the server damaged.
template <class Exchange> void survives(Exchange exchange) {
    const auto first = std::random_device{}();
    const char* const set = std::getenv("HOWDAH_LONG_TESTS");
    const unsigned rounds = set && std::string_view(set) == "1" ? 3'000 : 20;
    auto direct = data().connect();
    int refused = 0;
    for (unsigned seed = first; seed != first + rounds; ++seed) {
        CAPTURE(seed);
        damage harm(seed);
        const meddling_proxy proxy(direct, [&](const backend_message& message) { return harm(message); });
        auto config = proxy.before(data().config());
        config.statement_timeout = 150ms;
        config.cancel_timeout = 100ms;
        const howdah::test::no_leaks_counted of_libpq;
        try {
            connection db(config);
            for (int i = 0; i < 2; ++i) exchange(db); // the second time without describing
        } catch (const howdah::error&) {
            ++refused;
        }
    }
    CHECK(refused > 0);
    CHECK(refused < static_cast<int>(rounds)); // some harm none, such as a flipped letter
}

template <class Rows> std::size_t length_of(const Rows& rows) {
    std::size_t length = 0;
    for (const auto& row : rows) length += row.text.size();
    return length;
}

} // namespace

TEST_CASE("a hostile answer to a query is an error or a value") {
    survives([](connection& db) { (void)length_of(howdah::query<hostile_row>(db, columns)); });
}

TEST_CASE("a hostile answer to a stream is an error or a value") {
    survives([](connection& db) {
        std::size_t length = 0;
        for (const auto& row : howdah::stream<hostile_row>(db, columns)) length += row.text.size();
        (void)length;
    });
}

TEST_CASE("a hostile answer that is read as views is an error or a value") {
    survives([](connection& db) { (void)length_of(howdah::query_views<hostile_view>(db, columns)); });
}

TEST_CASE("a hostile COPY out is an error or a value") {
    survives([](connection& db) { (void)length_of(howdah::copy_out<hostile_row>(db, columns)); });
}

TEST_CASE("a hostile COPY out that is read as views is an error or a value") {
    survives([](connection& db) { (void)length_of(howdah::copy_views<hostile_view>(db, columns)); });
}

TEST_CASE("a hostile answer to a COPY in is an error") {
    survives([](connection& db) {
        (void)howdah::copy_in(db, {.table = "hostile_store"}, std::vector<stored>{{1, "a"}, {2, "b"}});
    });
}

TEST_CASE("hostile answers to a repository are errors or values") {
    const howdah::repository<hostile_store> rows;
    std::int64_t id = 0;
    survives([&](connection& db) {
        const std::vector<hostile_store> many{{++id, "a", {}}, {++id, "b", {}}};
        (void)rows.insert_many(db, many);
        const auto one = rows.get(db, id);
        (void)rows.update_if_version(db, id, one.version, howdah::set<&hostile_store::name>("c"));
        (void)rows.update_many_if_version(db, std::vector<renaming>{{id, one.version, "d"}});
    });
}

TEST_CASE("hostile answers to a pipeline are errors or values") {
    survives([](connection& db) {
        howdah::pipeline batch(db);
        const auto rows = batch.query<hostile_row>(columns);
        const auto stored = batch.execute("insert into hostile_store values ($1, $2)", std::int64_t{1}, "x");
        const auto one = batch.query_one<std::int32_t>("select 1");
        batch.run();
        (void)length_of(rows.get());
        (void)stored.get();
        (void)one.get();
    });
}

namespace {

/// Answers the second execution of a statement otherwise than it was described.
template <class Change> howdah::error answer_changed_by(Change change) {
    auto direct = data().connect();
    std::atomic<bool> second{false};
    const meddling_proxy proxy(direct, [&](const backend_message& message) {
        auto changed = message;
        if (second) change(changed);
        return meddling_proxy::instead{changed.framed()};
    });
    connection db(proxy.before(data().config()));
    struct three {
        std::int32_t a, b;
        std::int64_t c;
    };
    const auto* const text = "select n as a, n as b, n::bigint as c from generate_series(1, 600) n";
    for (int i = 0; i < 2; ++i)
        REQUIRE(howdah::query<three>(db, text).size() == 600); // lengths are known now
    second = true;
    try {
        (void)howdah::query<three>(db, text);
    } catch (const howdah::error& failure) {
        return failure;
    }
    FAIL("it was read");
    throw 0; // not reached
}

} // namespace

TEST_CASE("an answer with fewer columns than were described is refused") {
    const auto failure = answer_changed_by([](backend_message& message) {
        if (message.kind != 'T' && message.kind != 'D') return;
        store_big_endian(std::int16_t{1}, message.body.data());
        if (message.kind == 'D') message.body.resize(2 + 4 + 4);
        else message.body.resize(message.body.find('\0', 2) + 19);
    });
    CHECK(std::string_view(failure.what()).find("there is no column \"b\"") != std::string_view::npos);
}

TEST_CASE("an answer in another encoding than was asked for is refused, and not read beyond its cells") {
    const auto failure = answer_changed_by([](backend_message& message) {
        if (message.kind == 'T')
            for (auto name = message.body.find('\0', 2); name != message.body.npos;
                 name = message.body.find('\0', name + 19))
                store_big_endian(std::int16_t{0}, message.body.data() + name + 17);
        if (message.kind != 'D') return;
        std::string row{'\0', '\3'};
        for (int i = 0; i < 3; ++i) row += {'\0', '\0', '\0', '\1', 'x'};
        message.body = row;
    });
    CHECK(std::string_view(failure.what()).find("x") != std::string_view::npos);
}

TEST_CASE("a COPY that the server begins otherwise, or once more, is a lost connection and no endless loop") {
    auto direct = data().connect();
    for (const bool at_its_end : {false, true}) {
        CAPTURE(at_its_end);
        const meddling_proxy proxy(direct, [&](const backend_message& message) {
            auto changed = message;
            if (message.kind == 'G' && !at_its_end) changed.kind = 'H';
            if (message.kind != 'C' || !at_its_end || !message.body.starts_with("COPY"))
                return meddling_proxy::instead{changed.framed()};
            return meddling_proxy::instead{backend_message{'G', {'\1', '\0', '\0'}}.framed() +
                                           message.framed()};
        });
        connection db(proxy.before(data().config()));
        CHECK_THROWS_AS((void)howdah::copy_in(db, {.table = "hostile_store"}, std::vector<stored>{{1, "a"}}),
                        howdah::connection_error);
        CHECK(db.state() == howdah::session_state::broken);
    }
}

TEST_CASE("a server that describes fewer parameters than a statement has is refused") {
    auto direct = data().connect();
    const meddling_proxy proxy(direct, [&](const backend_message& message) {
        auto changed = message;
        if (message.kind == 't') changed.body = {'\0', '\0'};
        return meddling_proxy::instead{changed.framed()};
    });
    connection db(proxy.before(data().config()));
    CHECK_THROWS_AS((void)howdah::copy_in(db, {.table = "hostile_store"}, std::vector<stored>{{1, "a"}}),
                    howdah::decode_error);
    const howdah::repository<hostile_store> rows;
    CHECK_THROWS_AS((void)rows.insert_many(db, std::vector<hostile_store>{{1, "a"}, {2, "b"}}),
                    howdah::decode_error);
}
