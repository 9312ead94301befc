// SPDX-License-Identifier: BSL-1.0
//
// Random values of the types with headers of their own through their codecs and back, alone and in arrays, and random
// damage to what the codecs read. A failure prints its seed; HOWDAH_TEST_SEED=seed repeats it.
#include <doctest/doctest.h>

#include "codec_damage.hpp"
#include "value_draw_more.hpp"

using namespace howdah;
using namespace howdah::tests;

TEST_CASE("times, intervals and numbers come back as they were sent, and damage is a decode error at worst") {
    seeded random;
    CAPTURE(random.seed);
    check_drawn(oids::time, random, draw_time_of_day);
    check_drawn(oids::timetz, random, draw_offset_time);
    check_drawn(oids::interval, random, draw_interval);
    check_drawn(oids::numeric, random, draw_numeric);
    check_drawn(oids::pg_lsn, random, draw_lsn);
    check_drawn(oids::character, random, draw_char);
    check_drawn(oids::varbit, random, draw_varbit);
    check_drawn(oids::uuid, random, draw_uuid);
    check_drawn(oids::date, random, draw_date);
    check_drawn(oids::timestamp, random, draw_time<local_timestamp>);
    check_drawn(oids::timestamptz, random, draw_time<timestamp>);
}

TEST_CASE("addresses come back as they were sent, and damage is a decode error at worst") {
    seeded random;
    CAPTURE(random.seed);
    check_drawn(oids::inet, random, draw_inet);
    check_drawn(oids::cidr, random, draw_cidr);
    check_drawn(oids::macaddr, random, draw_macaddr<macaddr>);
    check_drawn(oids::macaddr8, random, draw_macaddr<macaddr8>);
}

TEST_CASE("documents come back as they were sent, and damage is a decode error at worst") {
    seeded random;
    CAPTURE(random.seed);
    check_drawn(oids::first_user_defined, random, draw_hstore);
    check_drawn(oids::xml, random, draw_xml);
    check_drawn(oids::jsonpath, random, draw_jsonpath);
    check_drawn(oids::tsvector, random, draw_tsvector);
    check_drawn(oids::tsquery, random, draw_tsquery);
}

TEST_CASE("no binary cell that was cut off, or that goes on, is taken for a value") {
    refuses_prefixes(oids::boolean, true);
    refuses_prefixes(oids::int2, std::int16_t{7});
    refuses_prefixes(oids::int4, std::int32_t{7});
    refuses_prefixes(oids::int8, std::int64_t{7});
    refuses_prefixes(oids::float4, 7.0F);
    refuses_prefixes(oids::float8, 7.0);
    refuses_prefixes(oids::numeric, numeric("-123456.0789"));
    refuses_prefixes(oids::uuid, uuid::v4());
    refuses_prefixes(oids::date, date{});
    refuses_prefixes(oids::timestamp, local_timestamp{});
    refuses_prefixes(oids::timestamptz, timestamp{});
    refuses_prefixes(oids::timestamptz, or_infinity<timestamp>(or_infinity<timestamp>::kind::infinity));
    refuses_prefixes(array_of(oids::interval),
                     std::vector<std::optional<interval>>{interval{}, std::nullopt});
    refuses_prefixes(array_of(oids::inet), std::vector{inet(), inet::parse("::1")});
    refuses_prefixes(array_of(oids::xml), std::vector{xml("<a/>"), xml()});
    refuses_prefixes(array_of(oids::boolean), std::vector<bool>{true, false});
}
