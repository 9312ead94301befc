// SPDX-License-Identifier: BSL-1.0
//
// Every table and view of the Pagila data set as a row struct, and every_relation(), which visits them all. A field is
// optional exactly where the catalog allows NULL; that is everywhere in a view.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <howdah/howdah.hpp>

namespace pagila {

using howdah::timestamp;
using id = std::int32_t;
using text = std::string;
template <class T> using maybe = std::optional<T>;

enum class rating { g, pg, pg_13, r, nc_17 };

// clang-format off
struct actor { id actor_id; text first_name, last_name; timestamp last_update; };
struct category { id category_id; text name; timestamp last_update; };
struct country { id country_id; text country; timestamp last_update; };
struct city { id city_id; text city; id country_id; timestamp last_update; };
struct film_actor { id actor_id, film_id; timestamp last_update; };
struct film_category { id film_id, category_id; timestamp last_update; };
struct inventory { id inventory_id, film_id, store_id; timestamp last_update; };
struct language { id language_id; text name; timestamp last_update; };
struct store { id store_id, manager_staff_id, address_id; timestamp last_update; };
// clang-format on

struct address {
    id address_id;
    text address;
    maybe<text> address2;
    text district;
    id city_id;
    maybe<text> postal_code;
    text phone;
    timestamp last_update;
};

struct customer {
    id customer_id, store_id;
    text first_name, last_name;
    maybe<text> email;
    id address_id;
    bool activebool;
    howdah::date create_date;
    maybe<timestamp> last_update;
    maybe<std::int32_t> active;
};

struct film {
    id film_id;
    text title;
    maybe<text> description;
    maybe<std::int32_t> release_year; // of the domain year
    id language_id;
    maybe<id> original_language_id;
    std::int16_t rental_duration;
    howdah::numeric rental_rate;
    maybe<std::int16_t> length;
    howdah::numeric replacement_cost;
    maybe<pagila::rating> rating;
    timestamp last_update;
    maybe<std::vector<text>> special_features;
    text fulltext; // a tsvector
};

/// The partitioned table (Month 0) and its partitions.
template <int Month> struct payment {
    id payment_id, customer_id, staff_id, rental_id;
    howdah::numeric amount;
    timestamp payment_date;
};

struct rental {
    id rental_id;
    timestamp rental_date;
    id inventory_id, customer_id;
    maybe<timestamp> return_date;
    id staff_id;
    timestamp last_update;
};

struct staff {
    id staff_id;
    text first_name, last_name;
    id address_id;
    maybe<text> email;
    id store_id;
    bool active;
    text username;
    maybe<text> password;
    timestamp last_update;
    maybe<std::vector<std::byte>> picture;
};

struct actor_info {
    maybe<id> actor_id;
    maybe<text> first_name, last_name, film_info;
};
struct sales_by_store {
    maybe<text> store, manager;
    maybe<howdah::numeric> total_sales;
};

/// The same columns twice: a view, and (Kept) a materialized view.
template <bool Kept> struct sales_by_category {
    maybe<text> category;
    maybe<howdah::numeric> total_sales;
};

struct customer_list {
    maybe<id> id_;
    maybe<text> name, address, zip_code, phone, city, country, notes;
    maybe<id> sid;
};

struct staff_list {
    maybe<id> id_;
    maybe<text> name, address, zip_code, phone, city, country;
    maybe<id> sid;
};

template <bool Nicer> struct film_list {
    maybe<id> fid;
    maybe<text> title, description, category;
    maybe<howdah::numeric> price;
    maybe<std::int16_t> length;
    maybe<pagila::rating> rating;
    maybe<text> actors;
};

inline constexpr std::array<std::string_view, 8> payment_names{
    "payment",          "payment_p2022_01", "payment_p2022_02", "payment_p2022_03",
    "payment_p2022_04", "payment_p2022_05", "payment_p2022_06", "payment_p2022_07"};

/// Calls visit.operator()<Row>() for every relation.
template <class Visit> void every_relation(Visit&& visit) {
    const auto all = [&]<class... Row>() { (visit.template operator()<Row>(), ...); };
    all.template operator()<actor, category, country, city, film_actor, film_category, inventory, language,
                            store, address, customer, film, rental, staff>();
    all.template operator()<payment<0>, payment<1>, payment<2>, payment<3>, payment<4>, payment<5>,
                            payment<6>, payment<7>>();
    all.template operator()<actor_info, sales_by_store, sales_by_category<false>, sales_by_category<true>,
                            customer_list, staff_list, film_list<false>, film_list<true>>();
}

} // namespace pagila

namespace howdah {

template <> struct enum_labels<pagila::rating> {
    using r = pagila::rating;
    static constexpr std::array<std::pair<r, std::string_view>, 5> values{
        {{r::g, "G"}, {r::pg, "PG"}, {r::pg_13, "PG-13"}, {r::r, "R"}, {r::nc_17, "NC-17"}}};
};

// clang-format off
template <> struct table<pagila::actor> { static constexpr auto name = "actor", key = "actor_id"; };
template <> struct table<pagila::category> { static constexpr auto name = "category", key = "category_id"; };
template <> struct table<pagila::country> { static constexpr auto name = "country", key = "country_id"; };
template <> struct table<pagila::city> { static constexpr auto name = "city", key = "city_id"; };
template <> struct table<pagila::film_actor> { static constexpr auto name = "film_actor", key = "actor_id"; };
template <> struct table<pagila::film_category> { static constexpr auto name = "film_category", key = "film_id"; };
template <> struct table<pagila::inventory> { static constexpr auto name = "inventory", key = "inventory_id"; };
template <> struct table<pagila::language> { static constexpr auto name = "language", key = "language_id"; };
template <> struct table<pagila::store> { static constexpr auto name = "store", key = "store_id"; };
template <> struct table<pagila::address> { static constexpr auto name = "address", key = "address_id"; };
template <> struct table<pagila::customer> { static constexpr auto name = "customer", key = "customer_id"; };
template <> struct table<pagila::film> { static constexpr auto name = "film", key = "film_id"; };
template <> struct table<pagila::rental> { static constexpr auto name = "rental", key = "rental_id"; };
template <> struct table<pagila::staff> { static constexpr auto name = "staff", key = "staff_id"; };
template <> struct table<pagila::actor_info> { static constexpr auto name = "actor_info", key = "actor_id"; };
template <> struct table<pagila::sales_by_store> { static constexpr auto name = "sales_by_store", key = "store"; };
// clang-format on

template <int Month> struct table<pagila::payment<Month>> {
    static constexpr std::string_view name = pagila::payment_names[Month], key = "payment_id";
};
template <bool Kept> struct table<pagila::sales_by_category<Kept>> {
    static constexpr auto name = Kept ? "rental_by_category" : "sales_by_film_category", key = "category";
};
template <bool Nicer> struct table<pagila::film_list<Nicer>> {
    static constexpr auto name = Nicer ? "nicer_but_slower_film_list" : "film_list", key = "fid";
};
template <> struct table<pagila::customer_list> {
    static constexpr auto name = "customer_list", key = "id";
    static constexpr std::array<howdah::renamed, 1> renamed{{{"zip_code", "zip code"}}};
};
template <> struct table<pagila::staff_list> {
    static constexpr auto name = "staff_list", key = "id";
    static constexpr std::array<howdah::renamed, 1> renamed{{{"zip_code", "zip code"}}};
};

} // namespace howdah
