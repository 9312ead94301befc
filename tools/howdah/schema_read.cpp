// SPDX-License-Identifier: BSL-1.0
//
// The questions to pg_catalog (PostgreSQL manual, chapter "System Catalogs"). With an empty search_path the server
// qualifies every name, so that the answers do not depend on who asks.
#include <algorithm>
#include <map>
#include <tuple>

#include <howdah/query.hpp>

#include "schema.hpp"

namespace howdah::cli {
namespace {

/// Relations of users: not the server's, not an extension's, not the history.
constexpr const char* chosen = R"(
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass
                      and d.objid = c.oid and d.deptype = 'e')
      and (n.nspname, c.relname) <> ($1::text, $2::text)
      and (pg_catalog.cardinality($3::text[]) = 0 or n.nspname = any ($3::text[])))";

struct relation_row {
    std::int64_t id;
    std::string schema, name, kind, remarks, definition;
};
struct column_row {
    std::int64_t relation;
    std::string name, type, default_value, identity, generated;
    bool not_null, in_primary_key;
};
struct item_row {
    std::int64_t relation;
    std::string name, definition;
};

class schema_reader {
public:
    schema_reader(executor& on, const schema_choice& choice) : on_(on), choice_(choice) {}

    database_schema read() {
        relations();
        columns();
        // PostgreSQL 18 has a constraint for each NOT NULL, which the column says already.
        items(&schema_relation::constraints,
              "select conrelid::bigint as relation, conname::text as name, pg_get_constraintdef(oid) as "
              "definition"
              " from pg_catalog.pg_constraint where conrelid <> 0 and contype <> 't' and conparentid = 0"
              " and (contype <> 'n' or connoinherit or not convalidated) order by 1, 2");
        items(&schema_relation::indexes,
              "select indrelid::bigint as relation, c.relname::text as name, pg_get_indexdef(indexrelid) ||"
              " case when indisvalid then '' else ' -- INVALID' end as definition"
              " from pg_catalog.pg_index join pg_catalog.pg_class c on c.oid = indexrelid"
              " where not exists (select from pg_catalog.pg_constraint k where k.conindid = indexrelid"
              " and k.contype in ('p', 'u', 'x')) order by 1, 2");
        items(&schema_relation::triggers,
              "select tgrelid::bigint as relation, tgname::text as name, pg_get_triggerdef(oid) ||"
              " case tgenabled when 'D' then ' -- disabled' else '' end as definition"
              " from pg_catalog.pg_trigger where not tgisinternal order by 1, 2");
        items(
            &schema_relation::policies,
            "select polrelid::bigint as relation, polname::text as name, case when polpermissive then '' else"
            " 'as restrictive ' end || 'for ' || case polcmd when 'r' then 'select' when 'a' then 'insert'"
            " when 'w' then 'update' when 'd' then 'delete' else 'all' end || ' to ' ||"
            " coalesce((select string_agg(quote_ident(rolname), ', ' order by rolname) from "
            "pg_catalog.pg_roles"
            " where oid = any (polroles)), 'public') || coalesce(' using (' || pg_get_expr(polqual, "
            "polrelid) || ')',"
            " '') || coalesce(' with check (' || pg_get_expr(polwithcheck, polrelid) || ')', '') as "
            "definition"
            " from pg_catalog.pg_policy order by 1, 2");
        items(&schema_relation::rules,
              "select ev_class::bigint as relation, rulename::text as name, pg_get_ruledef(oid) as definition"
              " from pg_catalog.pg_rewrite where rulename <> '_RETURN' order by 1, 2");
        references();
        others();
        return std::move(out_);
    }

private:
    template <class Row> std::vector<Row> ask(const std::string& text) {
        return query<Row>(on_, text, choice_.history_schema, choice_.history_table, choice_.schemas);
    }

    void relations() {
        auto rows = ask<relation_row>(
            "select c.oid::bigint as id, n.nspname::text as schema, c.relname::text as name,"
            " case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign "
            "table'"
            " else case c.relpersistence when 'u' then 'unlogged table' else 'table' end end as kind,"
            " concat_ws(', ', 'partition by ' || pg_get_partkeydef(c.oid), (select 'inherits ' || string_agg("
            "inhparent::regclass::text, ', ' order by inhseqno) from pg_catalog.pg_inherits where inhrelid = "
            "c.oid),"
            " lower(pg_get_expr(c.relpartbound, c.oid)), case when c.relrowsecurity then 'row security' end,"
            " case when c.relforcerowsecurity then 'forced row security' end) as remarks,"
            " case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) else '' end as definition" +
            std::string(chosen) + " and c.relkind in ('r', 'p', 'v', 'm', 'f')");
        // Not by the server: its order depends on the database's collation.
        std::sort(rows.begin(), rows.end(), [](const auto& left, const auto& right) {
            return std::tie(left.schema, left.name) < std::tie(right.schema, right.name);
        });
        for (auto& row : rows) {
            index_[row.id] = out_.relations.size();
            out_.relations.push_back({.id = row.id,
                                      .schema = row.schema,
                                      .name = row.name,
                                      .kind = row.kind,
                                      .remarks = row.remarks,
                                      .definition = row.definition});
        }
    }

    schema_relation* find(std::int64_t id) {
        const auto at = index_.find(id);
        return at == index_.end() ? nullptr : &out_.relations[at->second];
    }

    void columns() {
        for (auto& row : ask<column_row>(
                 "select c.oid::bigint as relation, a.attname::text as name, format_type(a.atttypid, "
                 "a.atttypmod) ||"
                 " case when a.attcollation <> t.typcollation then ' collate ' || "
                 "a.attcollation::regcollation::text else"
                 " '' end as type, coalesce(pg_get_expr(d.adbin, d.adrelid), '') as default_value,"
                 " a.attidentity::text as identity, a.attgenerated::text as generated, a.attnotnull as "
                 "not_null,"
                 " exists (select from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype = "
                 "'p'"
                 " and a.attnum = any (k.conkey)) as in_primary_key"
                 " from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid"
                 " left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum,"
                 " lateral (select c.oid" +
                 std::string(chosen) +
                 " and c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm', 'f')) c"
                 " where a.attnum > 0 and not a.attisdropped order by 1, a.attnum"))
            if (auto* const of = find(row.relation))
                of->columns.push_back({row.name, row.type, row.default_value, row.identity, row.generated,
                                       row.not_null, row.in_primary_key});
    }

    void items(std::vector<schema_item> schema_relation::* member, const char* text) {
        for (auto& row : query<item_row>(on_, text))
            if (auto* const of = find(row.relation)) (of->*member).push_back({row.name, row.definition});
        for (auto& relation : out_.relations)
            std::sort((relation.*member).begin(), (relation.*member).end(),
                      [](const auto& left, const auto& right) { return left.name < right.name; });
    }

    void references() {
        for (auto& row : query<item_row>(on_, "select conrelid::bigint as relation, conname::text as name, "
                                              "n.nspname || '.' || c.relname as"
                                              " definition from pg_catalog.pg_constraint k join "
                                              "pg_catalog.pg_class c on c.oid = k.confrelid"
                                              " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
                                              " where k.contype = 'f' and k.conparentid = 0 order by 1, 2"))
            if (auto* const of = find(row.relation)) of->references.push_back({row.name, row.definition});
    }

    void add(std::vector<schema_object> rows) {
        std::sort(rows.begin(), rows.end(),
                  [](const auto& left, const auto& right) { return left.name < right.name; });
        for (auto& row : rows) out_.others.push_back(std::move(row));
    }

    void others() {
        // The choice, for catalogs that are not pg_class.
        const std::string of_user =
            "n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' and $1 <> '' and $2 <> ''"
            " and (cardinality($3::text[]) = 0 or n.nspname = any ($3::text[]))"
            " and not exists (select from pg_catalog.pg_depend d where d.objid = o.oid and d.deptype = 'e')";
        add(ask<schema_object>(
            "select 'extension' as kind, extname::text as name, ''::text as definition from"
            " pg_catalog.pg_extension where extname <> 'plpgsql' and $1 <> '' and $2 <> '' and"
            " cardinality($3::text[]) = 0"));
        add(ask<schema_object>(
            "select 'enum' as kind, n.nspname || '.' || o.typname as name, (select "
            "string_agg(quote_literal(enumlabel), ', '"
            " order by enumsortorder) from pg_catalog.pg_enum where enumtypid = o.oid) as definition from "
            "pg_catalog.pg_type o"
            " join pg_catalog.pg_namespace n on n.oid = o.typnamespace where o.typtype = 'e' and " +
            of_user));
        add(ask<schema_object>(
            "select 'domain' as kind, n.nspname || '.' || o.typname as name, format_type(o.typbasetype, "
            "o.typtypmod) ||"
            " case when o.typnotnull then ' not null' else '' end || coalesce(' default ' || o.typdefault, "
            "'') ||"
            " coalesce((select string_agg(' ' || pg_get_constraintdef(k.oid), '' order by conname) from"
            " pg_catalog.pg_constraint k where contypid = o.oid and contype = 'c'), '') as definition from"
            " pg_catalog.pg_type o"
            " join pg_catalog.pg_namespace n on n.oid = o.typnamespace where o.typtype = 'd' and " +
            of_user));
        add(ask<schema_object>("select 'type' as kind, n.nspname || '.' || o.typname as name, (select "
                               "string_agg(quote_ident(attname) || ' ' ||"
                               " format_type(atttypid, atttypmod), ', ' order by attnum) from "
                               "pg_catalog.pg_attribute where attrelid = o.typrelid"
                               " and attnum > 0 and not attisdropped) as definition from pg_catalog.pg_type "
                               "o join pg_catalog.pg_namespace n on"
                               " n.oid = o.typnamespace join pg_catalog.pg_class c on c.oid = o.typrelid and "
                               "c.relkind = 'c' where " +
                               of_user));
        add(ask<schema_object>(
            "select 'sequence' as kind, n.nspname || '.' || o.relname as name, format_type(s.seqtypid, null) "
            "|| ' start ' ||"
            " s.seqstart || ' increment ' || s.seqincrement || case when s.seqcycle then ' cycle' else '' "
            "end as definition"
            " from pg_catalog.pg_class o join pg_catalog.pg_namespace n on n.oid = o.relnamespace join"
            " pg_catalog.pg_sequence s on s.seqrelid = o.oid where " +
            of_user +
            " and not exists (select from pg_catalog.pg_depend d where d.objid = o.oid and d.deptype in "
            "('i', 'a'))"));
        add(ask<schema_object>("select case o.prokind when 'p' then 'procedure' when 'a' then 'aggregate' "
                               "else 'function' end as kind,"
                               " n.nspname || '.' || o.proname || '(' || "
                               "pg_get_function_identity_arguments(o.oid) || ')' as name,"
                               " case when o.prokind = 'a' then coalesce(pg_get_function_result(o.oid), '') "
                               "else pg_get_functiondef(o.oid) end"
                               " as definition from pg_catalog.pg_proc o join pg_catalog.pg_namespace n on "
                               "n.oid = o.pronamespace where " +
                               of_user));
    }

    executor& on_;
    const schema_choice& choice_;
    database_schema out_;
    std::map<std::int64_t, std::size_t> index_;
};

} // namespace

database_schema read_schema(executor& on, const schema_choice& choice) {
    database_schema out;
    on.run_together([&](executor& together) {
        execute(together, "set transaction isolation level repeatable read, read only");
        execute(together, "set local search_path = ''");
        out = schema_reader(together, choice).read();
    });
    return out;
}

} // namespace howdah::cli
