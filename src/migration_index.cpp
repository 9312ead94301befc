// SPDX-License-Identifier: BSL-1.0
#include "migration_index.hpp"

#include <algorithm>
#include <array>

#include "sql_lexer.hpp"
#include "sql_scanner.hpp"

namespace howdah::detail {
namespace {

using words = std::vector<std::string>;

bool begins(const words& command, std::initializer_list<std::string_view> with) {
    return command.size() >= with.size() && std::equal(with.begin(), with.end(), command.begin());
}

/// The tokens of a command without its comments.
class token_reader {
public:
    explicit token_reader(std::string_view text) : text_(text), scanner_(text) { step(); }

    [[nodiscard]] bool at_end() const noexcept { return token_.kind == sql_token_kind::end; }
    [[nodiscard]] std::string_view text() const noexcept {
        return text_.substr(token_.first, token_.last - token_.first);
    }
    /// Takes the token if it is this word.
    bool take(std::string_view word) {
        if (token_.kind != sql_token_kind::word || leading_words(text(), 1).front() != word) return false;
        step();
        return true;
    }
    /// Takes a name, with its schema if it has one, as it is written. Empty if there is none here.
    std::string take_name() {
        std::string out;
        while (token_.kind == sql_token_kind::word || token_.kind == sql_token_kind::quoted_identifier) {
            out += text();
            step();
            if (token_.kind != sql_token_kind::symbol || text() != ".") break;
            out += '.';
            step();
        }
        return out;
    }
    /// Takes ( ... ) if it stands here.
    void take_parentheses() {
        if (text() != "(") return;
        while (!at_end() && text() != ")") step();
        step();
    }
    [[nodiscard]] bool is_symbol(std::string_view symbol) const noexcept {
        return token_.kind == sql_token_kind::symbol && text() == symbol;
    }

private:
    void step() {
        do token_ = scanner_.next();
        while (token_.kind == sql_token_kind::comment);
    }
    std::string_view text_;
    sql_scanner scanner_;
    sql_token token_;
};

std::optional<concurrent_index> read_create(token_reader& tokens) {
    concurrent_index out;
    (void)tokens.take("unique");
    if (!tokens.take("index") || !tokens.take("concurrently")) return std::nullopt;
    if (tokens.take("if")) (void)tokens.take("not"), (void)tokens.take("exists");
    if (!tokens.take("on")) {
        out.index = tokens.take_name();
        if (!tokens.take("on")) return std::nullopt;
    }
    (void)tokens.take("only");
    out.table = tokens.take_name();
    return out;
}

std::optional<concurrent_index> read_drop(token_reader& tokens) {
    concurrent_index out;
    out.what = concurrent_index::action::drop;
    if (!tokens.take("index") || !tokens.take("concurrently")) return std::nullopt;
    if (tokens.take("if")) (void)tokens.take("exists");
    out.index = tokens.take_name();
    if (tokens.is_symbol(",")) return std::nullopt; // the server refuses several
    return out;
}

std::optional<concurrent_index> read_reindex(token_reader& tokens, std::string_view command) {
    concurrent_index out;
    out.what = concurrent_index::action::reindex;
    bool concurrently =
        tokens.is_symbol("(") && command.substr(0, command.find(')')).find_first_of("cC") != command.npos;
    tokens.take_parentheses();
    const bool table = tokens.take("table");
    if (!table && !tokens.take("index")) return std::nullopt;
    concurrently |= tokens.take("concurrently");
    if (!concurrently) return std::nullopt;
    (table ? out.table : out.index) = tokens.take_name();
    return out;
}

statement once(const std::string& text) {
    statement out(text);
    out.prepare = false;
    return out;
}

/// The indexes that a command is about. $1 is the table, $2 the index, as the command writes them.
constexpr const char* indexes_of =
    " from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) i.indexrelid"
    " join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace where ";
/// CREATE INDEX names it without schema: it is that of the table.
constexpr const char* named_on_table =
    "i.indrelid operator(pg_catalog.=) pg_catalog.to_regclass($1::pg_catalog.text)::pg_catalog.oid"
    " and c.relname operator(pg_catalog.=) (pg_catalog.parse_ident($2::pg_catalog.text))[1]::pg_catalog.name";
constexpr const char* named_alone = "$1::pg_catalog.text is null and c.oid operator(pg_catalog.=) "
                                    "pg_catalog.to_regclass($2::pg_catalog.text)::pg_catalog.oid";
/// What REINDEX CONCURRENTLY builds beside the indexes that it replaces, and what is left of those, also on the table
/// of its long values.
constexpr const char* rebuilt =
    "c.relname::pg_catalog.text operator(pg_catalog.~) '_cc(new|old)[0-9]*$' and i.indrelid "
    "operator(pg_catalog.=) any"
    " (array[pg_catalog.to_regclass($1::pg_catalog.text)::pg_catalog.oid, (select r.reltoastrelid"
    " from pg_catalog.pg_class r where r.oid operator(pg_catalog.=)"
    " pg_catalog.to_regclass($1::pg_catalog.text)::pg_catalog.oid), (select x.indrelid from "
    "pg_catalog.pg_index x"
    " where x.indexrelid operator(pg_catalog.=) "
    "pg_catalog.to_regclass($2::pg_catalog.text)::pg_catalog.oid)])";

/// to_regclass() refuses an empty name, and has no answer for none.
std::optional<std::string> or_null(const std::string& name) {
    return name.empty() ? std::nullopt : std::optional(name);
}

std::string selection(const concurrent_index& of) {
    if (of.what == concurrent_index::action::reindex) return rebuilt;
    return of.what == concurrent_index::action::create ? named_on_table : named_alone;
}

} // namespace

bool needs_no_transaction(std::string_view command) {
    const auto first = leading_words(command, 4);
    static constexpr std::array<std::array<std::string_view, 2>, 10> known{{{"vacuum", ""},
                                                                            {"create", "database"},
                                                                            {"drop", "database"},
                                                                            {"alter", "system"},
                                                                            {"create", "tablespace"},
                                                                            {"drop", "tablespace"},
                                                                            {"create", "subscription"},
                                                                            {"drop", "subscription"},
                                                                            {"reindex", "database"},
                                                                            {"reindex", "system"}}};
    for (const auto& each : known)
        if (each[1].empty() ? begins(first, {each[0]}) : begins(first, {each[0], each[1]})) return true;
    return read_concurrent_index(command).has_value();
}

std::optional<concurrent_index> read_concurrent_index(std::string_view command) {
    token_reader tokens(command);
    if (tokens.take("create")) return read_create(tokens);
    if (tokens.take("drop")) return read_drop(tokens);
    if (tokens.take("reindex")) return read_reindex(tokens, command);
    return std::nullopt;
}

index_standing find_index(connection& on, const concurrent_index& of) {
    if (of.index.empty() || of.what == concurrent_index::action::reindex) return index_standing::unknown;
    const std::string text = std::string("select i.indisvalid") + indexes_of + selection(of);
    const auto found = on.run(once(text), howdah::bind(or_null(of.table), or_null(of.index)));
    if (found.empty()) return index_standing::absent;
    return found.value<bool>(0, 0) ? index_standing::valid : index_standing::invalid;
}

void drop_leftovers(connection& on, const concurrent_index& of) {
    if (of.what == concurrent_index::action::drop || (of.index.empty() && of.table.empty())) return;
    if (of.what == concurrent_index::action::create && of.index.empty()) return;
    const std::string text = std::string("select pg_catalog.format('%I.%I', n.nspname, c.relname)") +
                             indexes_of + selection(of) + " and not i.indisvalid";
    const auto found = on.run(once(text), howdah::bind(or_null(of.table), or_null(of.index)));
    for (std::size_t i = 0; i < found.row_count(); ++i)
        on.run_script("drop index concurrently " + found.value<std::string>(i, 0));
}

} // namespace howdah::detail
