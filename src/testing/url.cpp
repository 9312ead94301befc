// SPDX-License-Identifier: BSL-1.0
#include "testing/url.hpp"

#include <algorithm>

namespace howdah::testing {

namespace {

constexpr std::string_view unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

/// A value of a keyword string (PostgreSQL manual, "Keyword/Value Connection Strings").
std::string quoted_value(std::string_view value) {
    std::string out = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

/// The parameters of a URI without "dbname", which would win over the path.
std::string without_dbname(std::string_view query) {
    std::string kept;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const std::string_view one = query.substr(0, end);
        if (!one.starts_with("dbname=")) kept.append(kept.empty() ? "?" : "&").append(one);
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return kept;
}

} // namespace

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (unreserved.find(c) != std::string_view::npos) out += c;
        else out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

std::string with_database(std::string_view url, std::string_view database) {
    const auto scheme = url.find("://");
    if (!url.starts_with("postgres") || scheme == std::string_view::npos)
        return std::string(url) + " dbname=" + quoted_value(database); // the last of several counts
    const auto query = std::min(url.find('?', scheme), url.size());
    const auto path = std::min(url.find('/', scheme + 3), query);
    std::string out(url.substr(0, path));
    out.append("/").append(percent_encode(database));
    if (query < url.size()) out += without_dbname(url.substr(query + 1));
    return out;
}

} // namespace howdah::testing
