// SPDX-License-Identifier: BSL-1.0
#include <howdah/connection_url.hpp>

#include <memory>
#include <string_view>

#include <howdah/error.hpp>

#include "pq_handles.hpp"

namespace howdah {
namespace {

using option_list = std::unique_ptr<PQconninfoOption, detail::free_options>;

option_list read(const std::string& url) {
    char* reason = nullptr; // names values, so nobody is told
    option_list options(PQconninfoParse(url.c_str(), &reason));
    PQfreemem(reason);
    if (!options)
        throw usage_error(
            "the connection string cannot be read; it is postgresql://user@host:port/database or "
            "host=... dbname=..., with %XX for special characters in a URI");
    return options;
}

/// Calls `see(keyword, value)` for everything that the string says.
template <class See> void for_each_given(const option_list& options, See&& see) {
    for (const auto* option = options.get(); option->keyword; ++option)
        if (option->val) see(std::string_view(option->keyword), std::string_view(option->val));
}

std::string default_of(std::string_view keyword) {
    const option_list defaults(PQconndefaults());
    std::string found;
    if (defaults)
        for_each_given(defaults, [&](std::string_view name, std::string_view value) {
            if (name == keyword) found.assign(value);
        });
    return found;
}

bool is_secret(std::string_view keyword) noexcept {
    return keyword == "password" || keyword == "sslpassword";
}

std::string percent_encoded(std::string_view text, std::string_view also_plain = {}) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (plain.find(c) != plain.npos || also_plain.find(c) != also_plain.npos) out += c;
        else out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

/// The parts of a URI, encoded.
struct uri_parts {
    std::string user{}, password{}, host{}, port{}, database{}, query{};
};

uri_parts split(const std::string& url, bool with_secrets) {
    uri_parts parts;
    for_each_given(read(url), [&](std::string_view keyword, std::string_view value) {
        const auto secret = is_secret(keyword) && !with_secrets;
        const auto text = secret ? std::string("***") : percent_encoded(value);
        if (keyword == "user") parts.user = text;
        else if (keyword == "password") parts.password = text;
        // One address, without a directory and without several hosts, can stand in its usual place.
        else if (keyword == "host" && value.find_first_of("/,@") == value.npos)
            parts.host = value.find(':') == value.npos ? text : "[" + percent_encoded(value, ":") + "]";
        else if (keyword == "port" && value.find(',') == value.npos) parts.port = text;
        else if (keyword == "dbname") parts.database = text;
        else
            parts.query.append(parts.query.empty() ? "?" : "&")
                .append(keyword)
                .append("=")
                .append(secret ? text : percent_encoded(value, "/,:"));
    });
    return parts;
}

std::string uri(const std::string& url, bool with_secrets) {
    const auto parts = split(url, with_secrets);
    std::string out = "postgresql://";
    out += parts.user;
    if (!parts.password.empty()) out.append(":").append(parts.password);
    if (!parts.user.empty() || !parts.password.empty()) out += '@';
    out += parts.host;
    if (!parts.port.empty()) out.append(":").append(parts.port);
    return out.append("/").append(parts.database).append(parts.query);
}

} // namespace

connection_target target_of(const std::string& url) {
    connection_target target;
    for_each_given(read(url), [&](std::string_view keyword, std::string_view value) {
        if (keyword == "host" || (keyword == "hostaddr" && target.host.empty())) target.host.assign(value);
        else if (keyword == "port") target.port.assign(value);
        else if (keyword == "user") target.user.assign(value);
        else if (keyword == "dbname") target.database.assign(value);
        else if (keyword == "password") target.has_password = true;
    });
    if (target.host.empty()) target.host = default_of("host");
    if (target.port.empty()) target.port = default_of("port");
    if (target.user.empty()) target.user = default_of("user");
    if (target.database.empty()) target.database = default_of("dbname");
    if (target.database.empty()) target.database = target.user;
    return target;
}

std::string redacted_url(const std::string& url) {
    return uri(url, false);
}
std::string complete_url(const std::string& url) {
    return uri(url, true);
}

std::string with_database(const std::string& url, const std::string& database) {
    std::string out;
    const auto add = [&](std::string_view keyword, std::string_view value) {
        if (!out.empty()) out += ' ';
        out.append(keyword).append("='");
        for (const char c : value) {
            if (c == '\'' || c == '\\') out += '\\';
            out += c;
        }
        out += '\'';
    };
    for_each_given(read(url), [&](std::string_view keyword, std::string_view value) {
        if (keyword != "dbname") add(keyword, value);
    });
    add("dbname", database);
    return out;
}

} // namespace howdah
