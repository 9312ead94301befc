// SPDX-License-Identifier: BSL-1.0
//
// capture_seeds DIRECTORY: writes cells as a real server sends them to DIRECTORY/TARGET/server_N, for the fuzz targets
// to begin with. scripts/fuzz --capture runs it.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include <howdah/query.hpp>
#include <howdah/testing/database.hpp>

namespace {

using howdah::format;

constexpr int alone = -1; // a target of one decoder has no choice to make

struct seed {
    std::string_view target;
    int decoder; ///< its place in the target's list: the first byte of the input
    format encoding;
    const char* expression;
};

// clang-format off
constexpr seed seeds[] = {
    {"numbers", 0, format::text, "true"},
    {"numbers", 1, format::binary, "false"},
    {"numbers", 2, format::text, "(-32768)::int2"},
    {"numbers", 5, format::binary, "2147483647"},
    {"numbers", 6, format::text, "9223372036854775807"},
    {"numbers", 11, format::binary, "4294967295"},
    {"numbers", 12, format::text, "'1e-45'::float4"},
    {"numbers", 13, format::binary, "'NaN'::float4"},
    {"numbers", 14, format::text, "'-1.7976931348623157e308'::float8"},
    {"numbers", 15, format::binary, "'-Infinity'::float8"},
    {"bytea", alone, format::text, R"('\x00ff5c27'::bytea)"},
    {"bytea", alone, format::text, R"('a\\b\001'::bytea from set_config('bytea_output', 'escape', false))"},
    {"uuid", 0, format::text, "'01890a5d-ac96-774b-bcce-b302099a8057'::uuid"},
    {"uuid", 1, format::binary, "'01890a5d-ac96-774b-bcce-b302099a8057'::uuid"},
    {"timestamp_text", 0, format::text, "'2026-01-24 03:04:05.123456+00'::timestamptz"},
    {"timestamp_text", 0, format::text, "to_json('1840-02-29 23:59:59+05:53:28'::timestamptz)"},
    {"timestamp_text", 0, format::text, "'0044-03-15 12:00:00+00 BC'::timestamptz"},
    {"timestamp_text", 1, format::text, "'-infinity'::timestamptz"},
    {"local_timestamp_text", 0, format::text, "'2026-01-24 03:04:05.5'::timestamp"},
    {"local_timestamp_text", 0, format::text, "to_json('294246-12-31 23:59:59.999999'::timestamp)"},
    {"local_timestamp_text", 1, format::text, "'infinity'::timestamp"},
    {"date_text", 0, format::text, "'2024-02-29'::date"},
    {"date_text", 0, format::text, "'5874897-12-31'::date"},
    {"date_text", 1, format::text, "'infinity'::date"},
    {"date_text", 2, format::text, "'0001-01-01 BC'::date"},
    {"times_binary", 0, format::binary, "'2026-01-24 03:04:05.123456+00'::timestamptz"},
    {"times_binary", 1, format::binary, "'4713-01-01 00:00:00 BC'::timestamp"},
    {"times_binary", 2, format::binary, "'5874897-12-31'::date"},
    {"times_binary", 4, format::binary, "'-infinity'::timestamp"},
    {"times_binary", 6, format::binary, "'2024-02-29'::date"},
    {"times_binary", 7, format::binary, "'24:00:00'::time"},
    {"times_binary", 8, format::binary, "'03:04:05.678-15:59:59'::timetz"},
    {"times_binary", 9, format::binary, "'-1 mons +3 days -04:05:06.789'::interval"},
    {"time_of_day_text", 0, format::text, "'24:00:00'::time"},
    {"time_of_day_text", 0, format::text, "'03:04:05.678901'::time"},
    {"time_of_day_text", 1, format::text, "'03:04:05-15:59:59'::timetz"},
    {"time_of_day_text", 1, format::text, "'23:59:59.5+05:30'::timetz"},
    {"interval_text", alone, format::text, "'-1 years -2 mons +3 days -04:05:06.789'::interval"},
    {"interval_text", alone, format::text,
     "'-14 mons 3 days -04:05:06.789'::interval from set_config('intervalstyle', 'postgres_verbose', false)"},
    {"interval_text", alone, format::text,
     "'14 mons -3 days 04:05:06.789'::interval from set_config('intervalstyle', 'iso_8601', false)"},
    {"interval_text", alone, format::text,
     "'14 mons -3 days 04:05:06.789'::interval from set_config('intervalstyle', 'sql_standard', false)"},
    {"interval_text", alone, format::text,
     "'-3 days -04:05:06'::interval from set_config('intervalstyle', 'sql_standard', false)"},
    {"interval_text", alone, format::text,
     "'100:00:00'::interval from set_config('intervalstyle', 'postgres', false)"},
    {"numeric_text", alone, format::text, "-12345678901234567890.000100"},
    {"numeric_text", alone, format::text, "'NaN'::numeric"},
    {"numeric_text", alone, format::text, "1e40::numeric"},
    {"numeric_binary", alone, format::binary, "-12345678901234567890.000100"},
    {"numeric_binary", alone, format::binary, "'-Infinity'::numeric"},
    {"numeric_binary", alone, format::binary, "1e-40::numeric"},
    {"numeric_binary", alone, format::binary, "0.00"},
    {"inet_text", 0, format::text, "'192.168.0.7/24'::inet"},
    {"inet_text", 0, format::text, "'2001:db8::ff00:42:8329'::inet"},
    {"inet_text", 0, format::text, "'::ffff:10.1.2.3/120'::inet"},
    {"inet_text", 1, format::text, "'10.0.0.0/8'::cidr"},
    {"inet_binary", 0, format::binary, "'192.168.0.7/24'::inet"},
    {"inet_binary", 0, format::binary, "'2001:db8::ff00:42:8329'::inet"},
    {"inet_binary", 1, format::binary, "'fe80::/10'::cidr"},
    {"small", 0, format::text, "'08:00:2b:01:02:03'::macaddr"},
    {"small", 1, format::binary, "'08:00:2b:01:02:03'::macaddr"},
    {"small", 2, format::text, "'08:00:2b:ff:fe:01:02:03'::macaddr8"},
    {"small", 3, format::binary, "'08:00:2b:ff:fe:01:02:03'::macaddr8"},
    {"small", 4, format::text, "'16/B374D848'::pg_lsn"},
    {"small", 5, format::binary, "'16/B374D848'::pg_lsn"},
    {"small", 6, format::binary, "'r'::\"char\""},
    {"bit_string", 0, format::text, "B'101100001'::varbit"},
    {"bit_string", 1, format::binary, "B'101100001'::varbit"},
    {"bit_string", 1, format::binary, "B''::varbit"},
    {"hstore_text", alone, format::text, R"('a=>1, b=>NULL, "c\"d\\e"=>"", ""=>"x"'::hstore)"},
    {"hstore_text", alone, format::text, "''::hstore"},
    {"hstore_binary", alone, format::binary, R"('a=>1, b=>NULL, "c\"d\\e"=>"", ""=>"x"'::hstore)"},
    {"hstore_binary", alone, format::binary, "''::hstore"},
    {"array_text", 0, format::text, R"(array['a', 'NULL', 'b "c" \', '', '{x,y}'])"},
    {"array_text", 1, format::text, "array['a', null, '']"},
    {"array_text", 2, format::text, "array[1, null, -3]"},
    {"array_text", 3, format::text, "array[true, false]"},
    {"array_text", 5, format::text, "array['1 day'::interval, null, '-1 mons +00:00:01']"},
    {"array_text", 7, format::text, "array['NaN', 0.1, null]::float8[]"},
    {"array_binary", 0, format::binary, "array['a', 'NULL', '']"},
    {"array_binary", 1, format::binary, "array['a', null, '']"},
    {"array_binary", 2, format::binary, "array[1, null, -3]"},
    {"array_binary", 3, format::binary, "array[true, false]"},
    {"array_binary", 4, format::binary, R"(array['\x00ff'::bytea, ''])"},
    {"array_binary", 5, format::binary, "array['1 day'::interval, null]"},
    {"array_binary", 6, format::binary, "array[1.50, -1e10]"},
    {"array_binary", 7, format::binary, "'{}'::float8[]"},
    {"array_text", 8, format::text, "'[0:1][2:3]={{1,2},{3,NULL}}'::int4[]"},
    {"array_text", 8, format::text, "'{{{1,2}},{{3,4}}}'::int4[]"},
    {"array_text", 9, format::text, R"('{{a,"b c"},{"","NULL"}}'::text[])"},
    {"array_binary", 8, format::binary, "'[0:1][2:3]={{1,2},{3,NULL}}'::int4[]"},
    {"array_binary", 9, format::binary, R"('{{a,"b c"},{"","NULL"}}'::text[])"},
    {"composite", 0, format::text, R"(row(1, 'a "b" \, (c)'))"},
    {"composite", 0, format::text, "row(-1, null)"},
    {"composite", 1, format::binary, "row(1, 'a')"},
    {"composite", 2, format::text, "row(row(1, 'a'), array[row(2, null), row(3, '')], 1.50)"},
    {"composite", 3, format::binary, "row(row(1, 'a'), array[row(2, null), row(3, '')], 1.50)"},
    {"composite", 4, format::text, "array[row(2, null), null, row(3, '')]"},
    {"composite", 5, format::binary, "array[row(2, null), null, row(3, '')]"},
    {"composite", 6, format::text, "row(1, array[row(2, array[row(null, '{}'::text[])])])"},
    {"composite", 7, format::binary, "row(1, array[row(2, array[row(3, array[row(null, '{}'::record[])])])])"},
    {"documents", 0, format::text, "'caf\xC3\xA9'"},
    {"documents", 1, format::text, R"('{"a": [1, null, "\u20ac"]}'::jsonb)"},
    {"documents", 2, format::binary, R"('{"a": [1, null, "\u20ac"]}'::jsonb)"},
    {"documents", 4, format::binary, "'$.a[*] ? (@ > 1)'::jsonpath"},
    {"documents", 5, format::binary, "'<a b=\"c\"/>'::xml"},
    {"documents", 6, format::text, "to_tsvector('simple', 'fat rats')"},
    {"documents", 7, format::binary, "'sad'"},
    {"range_text", 0, format::text, "'[1,10)'::int4range"},
    {"range_text", 0, format::text, "'empty'::int4range"},
    {"range_text", 1, format::text, "'(1.50,]'::numrange"},
    {"range_text", 2, format::text, "'[2026-01-24 03:04:05.5+00,infinity)'::tstzrange"},
    {"range_text", 3, format::text, R"(format('%s,"b\"")', '["a (",')::text)"},
    {"range_text", 4, format::text, "'{[1,2),[5,)}'::int8multirange"},
    {"range_text", 5, format::text, "'{(,2024-02-29),[2024-03-01,2024-03-02)}'::datemultirange"},
    {"range_text", 6, format::text, "'{[a,b),(c,d]}'::text"},
    {"range_binary", 0, format::binary, "'[1,10)'::int4range"},
    {"range_binary", 0, format::binary, "'empty'::int4range"},
    {"range_binary", 1, format::binary, "'(1.50,]'::numrange"},
    {"range_binary", 2, format::binary, "'[2026-01-24 03:04:05.5+00,infinity)'::tstzrange"},
    {"range_binary", 3, format::binary, "'(,2024-02-29)'::daterange"},
    {"range_binary", 4, format::binary, "'{[1,2),[5,)}'::int8multirange"},
    {"range_binary", 5, format::binary, "'{(2024-02-29,2024-03-01],[2024-03-02,infinity]}'::tsmultirange"},
    {"range_binary", 6, format::binary, "array['[1,2)'::int4range, null, 'empty']"},
};
// clang-format on

/// COPY of a whole query.
struct copy_seed {
    char columns,
        split; ///< the first bytes of the input: how many columns, and how many bytes come at once but one
    const char* query;
};
constexpr copy_seed copies[] = {
    {3, 6, "select n, 'name ' || n as name, nullif(n % 3, 0) as rest from generate_series(1, 40) n"},
    {1, 0, "select ''::text"},
    {2, 90, "select 1, 'x' where false"},
    {0, 2, "select from generate_series(1, 20)"},
};

void write_file(const std::filesystem::path& file, const std::string& input) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << input;
}

void capture_copy(howdah::executor& db, const copy_seed& from, const std::filesystem::path& file) {
    // The server writes it, since howdah gives rows only.
    db.run("select set_config('seeds.query', $1, false)", howdah::bind(std::string(from.query)));
    db.run("do $$ begin execute format('copy (%s) to %L (format binary)', current_setting('seeds.query'), "
           "current_setting('data_directory') || '/copied'); end $$");
    const auto bytes =
        howdah::query_one<std::string>(db, "select encode(pg_read_binary_file('copied'), 'hex')");
    std::string input{from.columns, from.split};
    for (std::size_t i = 0; i < bytes.size(); i += 2)
        input += static_cast<char>(std::stoi(bytes.substr(i, 2), nullptr, 16));
    write_file(file, input);
}

void capture(howdah::executor& db, const seed& from, const std::filesystem::path& file) {
    const auto sql = std::string("select ") + from.expression;
    howdah::statement asked = sql;
    asked.encoding = from.encoding;
    const auto answer = db.run(asked);
    std::string input(from.decoder == alone ? 0 : 1, static_cast<char>(from.decoder));
    input += answer.cell_at(0, 0).value();
    write_file(file, input);
}

} // namespace

int main(int count, char** arguments) try {
    if (count != 2) {
        std::fputs("capture_seeds DIRECTORY\n", stderr);
        return 2;
    }
    const howdah::testing::template_database with_hstore{"seeds", {"create extension hstore"}};
    const howdah::testing::database base{with_hstore};
    auto db = base.connect();
    execute(db, "set timezone = 'UTC'");
    std::map<std::string_view, int> numbers;
    for (const auto& each : seeds)
        capture(db, each,
                std::filesystem::path(arguments[1]) / each.target /
                    ("server_" + std::to_string(++numbers[each.target])));
    for (const auto& each : copies)
        capture_copy(db, each,
                     std::filesystem::path(arguments[1]) / "copied_bytes" /
                         ("server_" + std::to_string(++numbers["copied_bytes"])));
    std::printf("%zu seeds for %zu targets\n", std::size(seeds) + std::size(copies), numbers.size());
} catch (const howdah::error& failure) {
    std::fprintf(stderr, "%s\n", failure.full_message().c_str());
    return 1;
}
