// SPDX-License-Identifier: BSL-1.0
//
// What a connection string says, as libpq reads it: URIs ("postgresql://user@host/database") and keyword strings
// ("host=/tmp dbname=app") alike. PostgreSQL manual, section 34.1.1 (connection strings). Thread safe.
#pragma once

#include <string>

namespace howdah {

/// The place that a connection string leads to. What the string leaves open is taken from libpq's environment
/// variables (PGHOST, PGUSER, ...) and defaults, and is empty where those say nothing either.
struct connection_target {
    std::string host, port, user, database;
    bool has_password = false; ///< the string itself holds one
};

/// Throws usage_error, which repeats nothing of the string, if libpq cannot read it. So do the functions below.
[[nodiscard]] connection_target target_of(const std::string& url);

/// The connection string as a URI, with *** in the place of each password: for logs and people.
[[nodiscard]] std::string redacted_url(const std::string& url);

/// The connection string as a URI with everything in it, passwords included.
[[nodiscard]] std::string complete_url(const std::string& url);

/// The same server and user, another database: a keyword string for connecting. Holds the passwords of `url`.
[[nodiscard]] std::string with_database(const std::string& url, const std::string& database);

} // namespace howdah
