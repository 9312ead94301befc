// SPDX-License-Identifier: BSL-1.0
#include "server_failure.hpp"

#include <array>
#include <charconv>
#include <cstring>

namespace howdah::detail {

namespace {

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code); // null for any field that the server left out
    return text ? std::string(text) : std::string();
}

struct failure_text {
    connection_failure kind;
    const char* says;
    const char* next_step;
};

constexpr std::array<failure_text, 9> failure_texts{{
    {connection_failure::refused, "nobody accepts connections there",
     "is the server running, and are host and port right?"},
    {connection_failure::name_resolution, "the host name is not known",
     "check the host in the url, and the name service"},
    {connection_failure::authentication, "the server refused the user or the password",
     "check user, password and pg_hba.conf"},
    {connection_failure::no_such_database, "the database does not exist",
     "create it, or correct its name in the url"},
    {connection_failure::tls, "TLS could not be agreed as asked for",
     "check sslmode, the certificates and the host name in them"},
    {connection_failure::too_many_connections, "the server has no connection left",
     "raise max_connections or make the pools smaller"},
    {connection_failure::starting_up, "the server is starting, stopping or recovering",
     "try again in a moment"},
    {connection_failure::protocol, "the other side does not speak PostgreSQL's protocol",
     "check host and port"},
    {connection_failure::other, "the attempt failed",
     "check the url; full_message() has the words of libpq or of the server"},
}};

const failure_text& text_of(connection_failure kind) noexcept {
    for (const auto& entry : failure_texts)
        if (entry.kind == kind) return entry;
    return failure_texts.back();
}

/// "FATAL:  28P01: password ..." -> 28P01: the form that verbosity VERBOSE gives to a server's refusal.
std::optional<sqlstate_code> find_sqlstate(std::string_view text) noexcept {
    for (std::size_t at = text.find(":  "); at != text.npos; at = text.find(":  ", at + 1)) {
        const auto rest = text.substr(at + 3);
        if (rest.size() < 6 || rest[5] != ':') continue;
        const auto code = rest.substr(0, 5);
        if (code.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == code.npos)
            return sqlstate_code(code);
    }
    return std::nullopt;
}

connection_failure kind_of(const sqlstate_code& state) noexcept {
    if (state.condition_class() == "28") return connection_failure::authentication;
    if (state == sqlstates::invalid_catalog_name) return connection_failure::no_such_database;
    if (state == sqlstates::too_many_connections) return connection_failure::too_many_connections;
    if (state == sqlstates::cannot_connect_now || state == sqlstates::admin_shutdown)
        return connection_failure::starting_up;
    if (state.condition_class() == "08") return connection_failure::protocol;
    return connection_failure::other;
}

/// Where the server gave no code, libpq's own text is all there is.
connection_failure kind_of_text(std::string_view text) noexcept {
    const auto says = [&](const char* part) { return text.find(part) != text.npos; };
    if (says("translate host name") || says("Name or service not known"))
        return connection_failure::name_resolution;
    if (says("SSL") || says("certificate") || says("TLS")) return connection_failure::tls;
    if (says("received invalid response") || says("expected authentication request"))
        return connection_failure::protocol;
    if (says("password") || says("authentication") || says("channel binding"))
        return connection_failure::authentication;
    if (says("refused") || says("No such file") || says("No route") || says("unreachable"))
        return connection_failure::refused;
    if (says("server closed the connection") || says("reset by peer")) return connection_failure::lost;
    return connection_failure::other;
}

} // namespace

server_message message_of(const PGresult* result, std::string_view statement) {
    constexpr std::size_t most_statement = 64 * 1024; // an error is no place for a whole bulk load
    server_message out;
    out.severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    out.sqlstate = sqlstate_code(field(result, PG_DIAG_SQLSTATE));
    out.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    out.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    out.hint = field(result, PG_DIAG_MESSAGE_HINT);
    out.context = field(result, PG_DIAG_CONTEXT);
    out.schema = field(result, PG_DIAG_SCHEMA_NAME);
    out.table = field(result, PG_DIAG_TABLE_NAME);
    out.column = field(result, PG_DIAG_COLUMN_NAME);
    out.data_type = field(result, PG_DIAG_DATATYPE_NAME);
    out.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
    const auto position = field(result, PG_DIAG_STATEMENT_POSITION);
    std::from_chars(position.data(), position.data() + position.size(), out.position);
    out.statement = std::string(statement.substr(0, most_statement));
    return out;
}

void throw_server_error(const PGresult* result, std::string_view statement) {
    throw server_error(message_of(result, statement));
}

connection_error connect_failure(std::string_view verbose_text, std::string_view host) {
    const auto state = find_sqlstate(verbose_text);
    const auto kind = state ? kind_of(*state) : kind_of_text(verbose_text);
    const auto& text = text_of(kind);
    std::string what = "cannot connect";
    if (!host.empty()) what.append(" to ").append(host);
    what.append(": ").append(text.says).append("; ").append(text.next_step);
    return connection_error(kind, what, std::string(verbose_text), state);
}

connection_error lost_connection(const PGconn* handle, bool during_commit) {
    const char* text = PQerrorMessage(handle);
    if (during_commit)
        return connection_error(
            connection_failure::lost,
            "the connection was lost before COMMIT was answered: the transaction may or may not have been "
            "applied; read the data before trying again",
            text, std::nullopt, true);
    return connection_error(
        connection_failure::lost,
        "the connection to the server was lost; open another one and run the transaction again", text);
}

} // namespace howdah::detail
