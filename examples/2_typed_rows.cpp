// SPDX-License-Identifier: BSL-1.0
//
// Shows: structs as rows, by name and without registration; enums, arrays, NULL, instants; what a wrong struct is told.
// Run:   2_typed_rows         (starts a PostgreSQL of its own)
//        DATABASE_URL=postgresql://localhost/app 2_typed_rows
#include <iostream>

#include <howdah/howdah.hpp>

#include <scratch.hpp>

// At home in a header of yours. The names of the fields are the names of the columns, in any order.
enum class mood { calm, playful, furious };

template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 3> values{
        {{mood::calm, "calm"}, {mood::playful, "playful"}, {mood::furious, "furious"}}};
};

struct elephant {
    std::int64_t id{};
    std::string name;
    mood temper{};
    std::vector<std::string> likes;
    std::optional<howdah::numeric> tonnes; // NULL: never weighed
    howdah::timestamp arrived;             // an instant, always UTC
};

struct herd {
    std::int64_t size{};
    std::optional<howdah::timestamp> latest; // of no elephant: NULL
};

struct weighed_elephant {
    std::string name;
    howdah::numeric tonnes;   // not optional
    std::int16_t shoe_size{}; // there is no such column
};

namespace {

void typed_rows(const example::scratch& place) {
    howdah::connection db{place.config()};
    db.run_script(R"(create type mood as enum ('calm', 'playful', 'furious');
                     create table elephants (id bigserial primary key, name text not null, temper mood not null,
                                             likes text[] not null, tonnes numeric, arrived timestamptz not null);)");

    const auto arrived = howdah::parse_timestamp("2026-01-24 08:30:00+05:30");
    const std::vector<std::string> likes{"mud", "bananas"};
    howdah::execute(
        db, "insert into elephants (name, temper, likes, tonnes, arrived) values ($1, $2, $3, $4, $5)",
        "Hathi", mood::calm, likes, howdah::numeric("5.40"), arrived);
    howdah::execute(
        db, "insert into elephants (name, temper, likes, tonnes, arrived) values ($1, $2, $3, $4, $5)",
        "Tantor", mood::playful, std::vector<std::string>{}, std::optional<howdah::numeric>{}, arrived);

    for (const elephant& one : howdah::query<elephant>(db, "select * from elephants order by name")) {
        std::cout << one.name << " is " << howdah::label_of(one.temper) << ", likes " << one.likes.size()
                  << " things, weighs " << (one.tonnes ? one.tonnes->text() + " t" : "nobody knows what")
                  << ", arrived " << howdah::format_rfc3339(one.arrived) << '\n';
    }

    const auto furious = howdah::query_one<herd>(
        db, "select count(*) as size, max(arrived) as latest from elephants where temper = $1",
        mood::furious);
    std::cout << furious.size << " are furious, the latest of them "
              << (furious.latest ? "is here" : "is nobody") << '\n';

    // A struct that does not fit is told everything at once, before any row is read.
    try {
        static_cast<void>(howdah::query<weighed_elephant>(db, "select name, tonnes::text from elephants"));
    } catch (const howdah::decode_error& misfit) {
        std::cout << misfit.what() << '\n';
    }
}

} // namespace

int main() {
    return example::run(typed_rows);
}
