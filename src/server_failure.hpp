// SPDX-License-Identifier: BSL-1.0
//
// What libpq says of a failure, as an exception of the closed list.
#pragma once

#include <string_view>

#include <howdah/error.hpp>

#include "pq_handles.hpp"

namespace howdah::detail {

/// Every field of a server's error or notice.
[[nodiscard]] server_message message_of(const PGresult* result, std::string_view statement);

/// Throws server_error for a result that holds an error with a SQLSTATE.
[[noreturn]] void throw_server_error(const PGresult* result, std::string_view statement);

/// The exception for a connection that could not be opened. `verbose_text` is libpq's message at verbosity
/// VERBOSE, which holds the SQLSTATE that libpq otherwise hides.
[[nodiscard]] connection_error connect_failure(std::string_view verbose_text, std::string_view host);

/// The exception for an open connection that broke.
[[nodiscard]] connection_error lost_connection(const PGconn* handle, bool during_commit);

} // namespace howdah::detail
