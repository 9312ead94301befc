// SPDX-License-Identifier: BSL-1.0
#include "sql_statement.hpp"

#include <algorithm>
#include <array>

namespace howdah::detail {
namespace {

constexpr auto npos = std::string_view::npos;

bool accept_guard(sql_reader& from) noexcept {
    return from.accept("if not exists") || from.accept("if exists");
}

void read_names(sql_reader& from, sql_statement& out) {
    do {
        from.accept("only");
        if (auto name = from.name(); !name.empty()) out.tables.push_back(std::move(name));
        from.accept("*");
        if (from.sees("(")) from.skip(); // argument types of a function
    } while (from.accept(","));
}

void read_create_table(sql_reader& from, sql_statement& out) {
    out.verb = "create table";
    out.guarded = accept_guard(from);
    out.tables.push_back(from.name());
    out.actions = split_at_commas(from.group());
}

void read_create_index(sql_reader& from, sql_statement& out) {
    out.verb = "create index";
    out.concurrently = from.accept("concurrently");
    out.guarded = accept_guard(from);
    if (!from.sees("on")) out.index = from.name();
    from.accept("on");
    from.accept("only");
    out.tables.push_back(from.name());
}

/// CREATE TRIGGER, RULE and POLICY: the table stands behind ON (of a rule: behind TO).
void read_create_on(sql_reader& from, sql_statement& out) {
    const auto at = find_words(from.rest(), out.is("create rule") ? "to" : "on");
    if (at == npos) return;
    sql_reader rest(from.rest().subspan(at + 1));
    rest.accept("only");
    out.tables.push_back(rest.name());
}

bool read_create(sql_reader& from, sql_statement& out) {
    if (!from.accept("create")) return false;
    from.accept("or replace");
    from.accept_any("global|local");
    from.accept_any("temporary|temp|unlogged|unique|constraint|recursive|trusted|procedural");
    if (from.accept("table")) read_create_table(from, out);
    else if (from.accept("index")) read_create_index(from, out);
    else {
        const bool materialized = from.accept("materialized");
        out.verb = "create ";
        if (materialized) out.verb += "materialized ";
        if (!from.done()) out.verb += from.rest().front().text;
        from.skip();
        out.guarded = accept_guard(from);
        if (materialized) out.tables.push_back(from.name());
        if (out.is("create trigger") || out.is("create rule") || out.is("create policy"))
            read_create_on(from, out);
    }
    return true;
}

bool read_alter(sql_reader& from, sql_statement& out) {
    if (!from.accept("alter")) return false;
    out.verb = "alter ";
    if (from.accept("materialized")) out.verb += "materialized ";
    if (from.accept("foreign")) out.verb += "foreign ";
    if (!from.done()) out.verb += from.rest().front().text;
    from.skip();
    out.guarded = accept_guard(from);
    const bool on_table = out.is("alter policy") || out.is("alter trigger") || out.is("alter rule");
    if (on_table) {
        read_create_on(from, out);
    } else {
        from.accept("only");
        out.tables.push_back(from.name());
        from.accept("*");
        out.actions = split_at_commas(from.rest());
    }
    return true;
}

bool read_drop(sql_reader& from, sql_statement& out) {
    if (!from.accept("drop")) return false;
    out.verb = "drop ";
    if (from.accept("materialized")) out.verb += "materialized ";
    if (from.accept("foreign")) out.verb += "foreign ";
    if (!from.done()) out.verb += from.rest().front().text;
    from.skip();
    out.concurrently = from.accept("concurrently");
    out.guarded = accept_guard(from);
    if (out.is("drop trigger") || out.is("drop policy") || out.is("drop rule")) {
        (void)from.name();
        from.accept("on");
    }
    read_names(from, out);
    return true;
}

/// The options in parentheses, and the bare words, that may stand before the tables.
void skip_options(sql_reader& from) noexcept {
    while (from.sees("(") || from.sees("verbose") || from.sees("full") || from.sees("freeze") ||
           from.sees("analyze")) {
        if (from.sees("(")) from.skip();
        else from.accept_any("verbose|full|freeze|analyze");
    }
}

bool read_maintenance(sql_reader& from, sql_statement& out) {
    static constexpr std::array<std::string_view, 7> verbs{
        "truncate", "vacuum", "analyze", "cluster", "reindex", "refresh materialized view", "lock"};
    const auto* const verb =
        std::find_if(verbs.begin(), verbs.end(), [&](std::string_view one) { return from.sees(one); });
    if (verb == verbs.end()) return false;
    from.accept(*verb);
    out.verb = *verb;
    if (out.is("vacuum") &&
        (from.sees("full") ||
         has_words(from.rest().first(std::min<std::size_t>(from.rest().size(), 8)), "full")))
        out.verb = "vacuum full";
    skip_options(from);
    if (out.is("reindex") && !from.done() && !from.sees("table")) {
        out.verb += ' ' + from.rest().front().text; // index, schema, database, system: not a table's name
        from.skip();
    }
    from.accept("table");
    out.concurrently = from.accept("concurrently");
    read_names(from, out);
    return true;
}

bool read_change(sql_reader& from, sql_statement& out) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> verbs{
        {{"insert into", "insert"},
         {"delete from", "delete"},
         {"update", "update"},
         {"merge into", "merge"},
         {"copy", "copy"}}};
    const auto begins = [&](const auto& one) { return from.sees(one.first); };
    const auto* const found = std::find_if(verbs.begin(), verbs.end(), begins);
    if (found == verbs.end()) return false;
    from.accept(found->first);
    out.verb = found->second;
    from.accept("only");
    out.tables.push_back(from.name());
    return true;
}

/// WITH a as (...), b as (...): what counts is the command behind.
void skip_with(sql_reader& from) noexcept {
    if (!from.accept("with")) return;
    from.accept("recursive");
    do {
        from.skip();                     // the name
        if (from.sees("(")) from.skip(); // its columns
        from.accept("as");
        from.accept_any("materialized|not materialized");
        from.skip();
    } while (from.accept(","));
}

} // namespace

sql_statement classify(sql_pieces pieces) {
    sql_statement out{.pieces = pieces};
    sql_reader from(pieces);
    skip_with(from);
    if (read_create(from, out) || read_alter(from, out) || read_drop(from, out) || read_change(from, out) ||
        read_maintenance(from, out))
        return out;
    if (from.accept("comment on table") || from.accept("comment on column")) {
        out.verb = "comment on";
        out.tables.push_back(from.name());
        return out;
    }
    for (const auto& piece : from.rest().first(std::min<std::size_t>(from.rest().size(), 2)))
        if (piece.names()) out.verb += (out.verb.empty() ? "" : " ") + piece.text;
    return out;
}

alter_action read_action(sql_pieces action) {
    sql_reader from(action);
    alter_action out;
    static constexpr std::string_view constraints = "check|foreign key|unique|primary key|exclude";
    const auto constraint_kind = [&] {
        out.what = "add constraint";
        for (const std::string_view kind : {"check", "foreign key", "unique", "primary key", "exclude"})
            if (from.sees(kind)) out.what.append(" ").append(kind);
        from.accept_any(constraints);
    };
    const auto word = [&] { // the rest of what it is, for the table of locks
        out.what += from.done() ? "" : ' ' + from.rest().front().text;
    };
    if (from.accept("add constraint")) {
        out.name = from.name();
        constraint_kind();
    } else if (from.sees("add check") || from.sees("add foreign") || from.sees("add unique") ||
               from.sees("add primary") || from.sees("add exclude")) {
        from.accept("add");
        constraint_kind();
    } else if (from.accept_any("drop constraint|validate constraint|alter constraint|rename constraint")) {
        out.what = action[0].text + " constraint";
        (void)accept_guard(from);
        out.name = from.name();
    } else if (from.accept_any("add|drop|rename")) {
        out.what = action[0].text;
        if (from.accept("to")) out.what += " to";
        else {
            from.accept("column");
            (void)accept_guard(from);
            out.what += " column";
            out.name = from.name();
        }
    } else if (from.accept("alter")) {
        from.accept("column");
        out.name = from.name();
        out.what = "alter column";
        if (from.sees("type")) out.what += " set data type";
        else if (from.sees("set") || from.sees("drop") || from.sees("reset") || from.sees("add")) {
            for (int words = 0; words < 3 && !from.done() && from.rest().front().kind == sql_token_kind::word;
                 ++words) {
                word();
                from.skip();
            }
            out.rest = from.rest();
            return out;
        }
        from.accept("type");
    } else {
        for (int words = 0; words < 5 && !from.done() && from.rest().front().kind == sql_token_kind::word;
             ++words) {
            out.what += (out.what.empty() ? "" : " ") + from.rest().front().text;
            from.skip();
        }
    }
    out.rest = from.rest();
    return out;
}

namespace {

bool begins_constraint(sql_reader at) noexcept {
    return at.accept_any(
        "not null|null|constraint|check|default|generated|unique|primary|references|collate|storage|"
        "compression|not deferrable|deferrable|initially");
}

/// Goes on to the next constraint, group by group.
sql_pieces until_constraint(sql_reader& from) noexcept {
    const auto begin = from.rest();
    while (!from.done() && !begins_constraint(from)) from.skip();
    return begin.first(begin.size() - from.rest().size());
}

} // namespace

column_definition read_column(sql_pieces element) {
    column_definition out;
    sql_reader from(element);
    if (from.accept_any("constraint|primary key|unique|check|foreign key|exclude|like")) return out;
    out.name = from.name();
    out.type = until_constraint(from);
    static constexpr std::array<std::string_view, 6> serials{"serial",  "bigserial", "smallserial",
                                                             "serial4", "serial8",   "serial2"};
    out.serial = !out.type.empty() &&
                 std::find(serials.begin(), serials.end(), out.type.front().text) != serials.end();
    while (!from.done()) {
        if (from.accept("default")) {
            const auto begin = from.rest();
            from.skip(); // a default may be NULL, which looks like a constraint
            (void)until_constraint(from);
            out.default_value = begin.first(begin.size() - from.rest().size());
        } else if (from.accept("not null")) out.not_null = true;
        else if (from.accept("generated")) {
            out.identity = has_words(from.rest(), "as identity");
            out.generated = !out.identity;
        } else if (from.accept("references")) out.references = true;
        else if (from.accept("check")) out.checked = true;
        else if (from.accept("unique")) out.unique = true;
        else if (from.accept("primary")) out.unique = out.not_null = true;
        else from.skip();
    }
    return out;
}

bool is_zoneless_timestamp(sql_pieces type) noexcept {
    sql_reader from(type);
    from.accept("pg_catalog .");
    if (!from.accept("timestamp")) return false;
    if (from.sees("(")) from.skip();
    return !from.sees("with time zone");
}

std::string volatile_call(sql_pieces expression) {
    static constexpr std::array<std::string_view, 30> steady{"now",
                                                             "transaction_timestamp",
                                                             "statement_timestamp",
                                                             "current_setting",
                                                             "date_trunc",
                                                             "to_char",
                                                             "timezone",
                                                             "coalesce",
                                                             "cast",
                                                             "lower",
                                                             "upper",
                                                             "md5",
                                                             "jsonb_build_object",
                                                             "jsonb_build_array",
                                                             "json_build_object",
                                                             "json_build_array",
                                                             "make_date",
                                                             "make_interval",
                                                             "make_timestamptz",
                                                             "to_timestamp",
                                                             "to_date",
                                                             "round",
                                                             "nullif",
                                                             "greatest",
                                                             "least",
                                                             "extract",
                                                             "row",
                                                             "numeric",
                                                             "varchar",
                                                             "decode"};
    for (std::size_t i = 0; i + 1 < expression.size(); ++i) {
        if (!expression[i].names() || !expression[i + 1].is("(")) continue;
        if (i > 0 && expression[i - 1].is(":")) continue; // ::numeric(10, 2)
        if (std::find(steady.begin(), steady.end(), expression[i].text) == steady.end())
            return expression[i].text;
    }
    return {};
}

} // namespace howdah::detail
