// SPDX-License-Identifier: BSL-1.0
#include "type_catalogue.hpp"

#include <algorithm>

namespace howdah::detail {

namespace {

// Names and operators are qualified: the search path of the session may put others first.
#define HOWDAH_TYPE_QUERY(MULTIRANGES, RANGE_OF_MULTIRANGE)                                                  \
    "WITH RECURSIVE needed (type) AS ("                                                                      \
    " SELECT pg_catalog.unnest($1::pg_catalog.oid[])"                                                        \
    " UNION SELECT part.type FROM needed"                                                                    \
    " JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) needed.type"                                 \
    " CROSS JOIN LATERAL (SELECT t.typelem UNION ALL SELECT t.typbasetype"                                   \
    " UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid OPERATOR(pg_catalog.=) "     \
    "t.oid" MULTIRANGES " UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attrelid "      \
    "OPERATOR(pg_catalog.=) t.typrelid"                                                                      \
    " AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped) part (type)"            \
    " WHERE part.type OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid)"                                        \
    "SELECT t.oid, n.nspname, t.typname, t.typtype::pg_catalog.text, t.typarray, t.typelem, t.typbasetype,"  \
    " EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.oid OPERATOR(pg_catalog.=) t.typelem"                 \
    " AND e.typarray OPERATOR(pg_catalog.=) t.oid),"                                                         \
    " (SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid OPERATOR(pg_catalog.=) "              \
    "t.oid)," RANGE_OF_MULTIRANGE " ARRAY(SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid " \
    "OPERATOR(pg_catalog.=) t.typrelid"                                                                      \
    " AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped ORDER BY a.attnum),"     \
    " ARRAY(SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) "       \
    "t.typrelid"                                                                                             \
    " AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped ORDER BY a.attnum)"      \
    " FROM needed JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) needed.type"                     \
    " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace"

constexpr std::size_t most_records = 4096;

type_kind kind_of(std::string_view letter, bool is_array) noexcept {
    if (is_array) return type_kind::array;
    switch (letter.empty() ? '\0' : letter[0]) {
    case 'c': return type_kind::composite;
    case 'd': return type_kind::domain;
    case 'e': return type_kind::enumeration;
    case 'm': return type_kind::multirange;
    case 'p': return type_kind::pseudo;
    case 'r': return type_kind::range;
    default: return type_kind::base;
    }
}

/// One record, its references still without details.
type_details read_record(const result& from, std::size_t row) {
    type_details out;
    out.type = from.value<oid>(row, 0);
    out.schema = from.value<std::string>(row, 1);
    out.name = from.value<std::string>(row, 2);
    out.kind = kind_of(from.value<std::string>(row, 3), from.value<bool>(row, 7));
    out.array = from.value<oid>(row, 4);
    if (out.kind == type_kind::array) out.element.type = from.value<oid>(row, 5);
    if (out.kind == type_kind::domain) out.base.type = from.value<oid>(row, 6);
    out.subtype.type = from.value<std::optional<oid>>(row, 8).value_or(0);
    out.range.type = from.value<std::optional<oid>>(row, 9).value_or(0);
    if (out.kind != type_kind::composite) return out;
    auto names = from.value<std::vector<std::string>>(row, 10);
    const auto types = from.value<std::vector<oid>>(row, 11);
    if (names.size() != types.size())
        throw decode_error("the attributes of a type changed under the catalogue query");
    for (std::size_t i = 0; i < names.size(); ++i)
        out.attributes.push_back({std::move(names[i]), {types[i]}});
    return out;
}

using by_number = std::unordered_map<oid, const type_details*>;

void link(type_details::reference& to, const by_number& known) noexcept {
    const auto found = known.find(to.type);
    // A built-in type says all by its number.
    if (to.type >= oids::first_user_defined && found != known.end()) to.details = found->second;
}

void link_parts(type_details& of, const by_number& known) noexcept {
    for (auto* part : {&of.element, &of.base, &of.subtype, &of.range}) link(*part, known);
    for (auto& attribute : of.attributes) link(attribute.type, known);
}

/// Refuses records that contain themselves, which no PostgreSQL makes: decoders would never come to an end.
class circle_search {
public:
    void visit(const type_details& type) {
        const auto [entry, fresh] = done_.try_emplace(&type, false);
        if (!fresh && !entry->second) throw decode_error("the catalogue has a type that contains itself");
        if (!fresh) return;
        if (done_.size() > most_records) throw decode_error("the catalogue has a type of too many parts");
        for (const auto* part : {&type.element, &type.base, &type.subtype, &type.range}) visit(*part);
        for (const auto& attribute : type.attributes) visit(attribute.type);
        done_[&type] = true;
    }

private:
    void visit(const type_details::reference& part) {
        if (part.details) visit(*part.details);
    }
    std::unordered_map<const type_details*, bool> done_; // false: under way
};

} // namespace

const char* type_query(int server_version) noexcept {
    static constexpr auto with_multiranges =
        HOWDAH_TYPE_QUERY(" UNION ALL SELECT r.rngtypid FROM pg_catalog.pg_range r WHERE r.rngmultitypid "
                          "OPERATOR(pg_catalog.=) t.oid",
                          " (SELECT r.rngtypid FROM pg_catalog.pg_range r WHERE r.rngmultitypid "
                          "OPERATOR(pg_catalog.=) t.oid),");
    static constexpr auto without = HOWDAH_TYPE_QUERY("", " NULL::pg_catalog.oid,");
    return server_version >= 140000 ? with_multiranges : without;
}
#undef HOWDAH_TYPE_QUERY

const type_details* type_catalogue::find(oid type) const noexcept {
    const auto found = by_number_.find(type);
    return found == by_number_.end() ? nullptr : found->second;
}

bool type_catalogue::is_full() const noexcept {
    return records_ && records_->size() > most_records;
}

void type_catalogue::add(const result& answer) {
    std::vector<std::unique_ptr<type_details>> fresh;
    auto known = by_number_;
    for (std::size_t row = 0; row < answer.row_count(); ++row) {
        fresh.push_back(std::make_unique<type_details>(read_record(answer, row)));
        known[fresh.back()->type] = fresh.back().get();
    }
    for (const auto& each : fresh) link_parts(*each, known);
    circle_search circles;
    for (const auto& each : fresh) circles.visit(*each);
    if (!records_) records_ = std::make_shared<records>();
    records_->reserve(records_->size() + fresh.size());
    for (auto& each : fresh) records_->push_back(std::move(each));
    by_number_ = std::move(known);
}

void type_catalogue::forget() noexcept {
    by_number_.clear();
    if (is_full()) records_.reset();
}

} // namespace howdah::detail
