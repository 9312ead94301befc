// SPDX-License-Identifier: BSL-1.0
#include <howdah/testing/database.hpp>

namespace howdah::testing {

namespace {

// Ordinary and partitioned tables, those of extensions left out. The server quotes the names.
constexpr std::string_view tables_query = R"(
    select pg_catalog.format('%I.%I', n.nspname, c.relname)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and c.relpersistence <> 't'
      and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and (pg_catalog.cardinality($1::text[]) = 0 or n.nspname = any ($1::text[]))
      and not (c.relname = any ($2::text[]) or n.nspname || '.' || c.relname = any ($2::text[]))
      and not exists (select 1 from pg_catalog.pg_depend d
                      where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid
                        and d.deptype = 'e')
    order by 1)";

} // namespace

std::size_t truncate_all(executor& on, const truncate_options& options) {
    const result tables = on.run(tables_query, howdah::bind(options.schemas, options.keep));
    if (tables.empty()) return 0;
    std::string command = "truncate ";
    for (std::size_t row = 0; row < tables.row_count(); ++row) {
        if (row > 0) command += ", ";
        command += tables.value<std::string>(row, 0);
    }
    command += " restart identity cascade";
    statement truncate{command};
    truncate.prepare = false;
    on.run(truncate);
    return tables.row_count();
}

} // namespace howdah::testing
