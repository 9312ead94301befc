// SPDX-License-Identifier: BSL-1.0
//
// Opening a session: the libpq handshake in small steps through the wait seam, then the settings that howdah
// relies on.
#include <array>
#include <cstring>
#include <string_view>

#include "server_failure.hpp"
#include "session.hpp"

namespace howdah {

namespace {

bool is_connection_string(std::string_view url) noexcept {
    return url.starts_with("postgresql://") || url.starts_with("postgres://") || url.find('=') != url.npos;
}

/// libpq quotes parts of the url, and so of the password, when it refuses one: its text is not passed on.
void check(const connection_config& config) {
    if (config.connect_timeout.count() <= 0 || config.statement_timeout.count() <= 0 ||
        config.cancel_timeout.count() <= 0)
        throw usage_error("connection_config: connect_timeout, statement_timeout and cancel_timeout must be "
                          "above zero; every wait "
                          "has a deadline");
    if (config.statement_cache_size == 0)
        throw usage_error("connection_config: statement_cache_size must be at least 1; prepare_statements = "
                          "false switches it off");
    if (config.url.empty()) return;
    char* refusal = nullptr;
    const std::unique_ptr<PQconninfoOption, detail::free_options> options(
        is_connection_string(config.url) ? PQconninfoParse(config.url.c_str(), &refusal) : nullptr);
    PQfreemem(refusal);
    if (!options)
        throw usage_error(
            "connection_config: the url is neither a URI (postgresql://user@host/database) nor a keyword "
            "string "
            "(host=/run/postgresql dbname=app); see the PostgreSQL manual, section \"Connection Strings\"");
}

std::string host_of(const PGconn* handle) {
    const char* host = PQhost(handle);
    const char* port = PQport(handle);
    return host && *host ? std::string(host) + ":" + (port ? port : "") : std::string();
}

detail::connection_handle start(const connection_config& config) {
    // Later entries win, so the url overrides the defaults before it; the encoding after it is not up for
    // choice.
    const std::array<std::pair<const char*, const char*>, 7> options{
        {{"keepalives_idle", "30"},
         {"keepalives_interval", "10"},
         {"keepalives_count", "3"},
         {"tcp_user_timeout", "60000"},
         {"fallback_application_name", config.application_name.c_str()},
         {"dbname", config.url.c_str()},
         {"client_encoding", "UTF8"}}};
    std::array<const char*, options.size() + 1> keywords{}, values{};
    for (std::size_t i = 0; i < options.size(); ++i) {
        keywords[i] = options[i].first;
        values[i] = options[i].second;
    }
    return detail::connection_handle(PQconnectStartParams(keywords.data(), values.data(), 1));
}

/// Called by libpq in the middle of its work, which no exception may cross: a notice for which there is no memory is
/// dropped.
void receive_notice(void* of, const PGresult* notice) noexcept {
    const auto& config = *static_cast<const connection_config*>(of);
    if (!config.on_notice) return;
    try {
        config.on_notice(detail::message_of(notice, {}));
    } catch (...) {
    }
}

bool starts_with(const char* text, const char* begin) noexcept {
    return text && std::strncmp(text, begin, std::strlen(begin)) == 0;
}

} // namespace

connection::session::session(connection_config configuration)
    : seam(configuration.wait_with ? *configuration.wait_with : own_waiter), config(std::move(configuration)),
      statements(config.statement_cache_size) {}

void connection::session::open() {
    check(config);
    const deadline until = deadline_in(config.connect_timeout);
    handle = start(config);
    if (!handle) throw std::bad_alloc();
    PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE); // the only way to a refusal's SQLSTATE
    PQsetNoticeReceiver(handle.get(), &receive_notice, &config);
    auto step = PQstatus(handle.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (step != PGRES_POLLING_OK) {
        if (step == PGRES_POLLING_FAILED)
            throw detail::connect_failure(PQerrorMessage(handle.get()), host_of(handle.get()));
        const auto what = step == PGRES_POLLING_READING ? interest::read : interest::write;
        if (!seam.wait(PQsocket(handle.get()), what, until))
            throw connection_error(connection_failure::timeout,
                                   "cannot connect to " + host_of(handle.get()) + ": no answer within " +
                                       std::to_string(config.connect_timeout.count()) +
                                       " ms; is the address right, and does a firewall drop the packets?");
        step = PQconnectPoll(handle.get());
    }
    PQsetErrorVerbosity(handle.get(), PQERRORS_DEFAULT);
    PQsetnonblocking(handle.get(), 1);
    cancel_handle = std::shared_ptr<PGcancel>(PQgetCancel(handle.get()), detail::free_cancel{});
    pin_settings();
}

void connection::session::pin_settings() {
    const auto setting = [&](const char* name) { return PQparameterStatus(handle.get(), name); };
    // The server reports these on connecting: a round trip is spent only where its defaults differ.
    const char* zone = setting("TimeZone");
    if (!starts_with(zone, "UTC") && !starts_with(zone, "Etc/UTC")) pins += "SET TimeZone = 'UTC';";
    if (!starts_with(setting("DateStyle"), "ISO")) pins += "SET DateStyle = 'ISO, MDY';";
    if (!starts_with(setting("IntervalStyle"), "postgres")) pins += "SET IntervalStyle = 'postgres';";
    if (!starts_with(setting("standard_conforming_strings"), "on"))
        pins += "SET standard_conforming_strings = on;";
    if (!pins.empty()) simple(pins, deadline_in(config.connect_timeout));
}

} // namespace howdah
