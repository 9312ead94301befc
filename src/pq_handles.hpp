// SPDX-License-Identifier: BSL-1.0
//
// Owners of libpq's handles.
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace howdah::detail {

struct close_connection {
    void operator()(PGconn* handle) const noexcept { PQfinish(handle); }
};
struct clear_result {
    void operator()(PGresult* handle) const noexcept { PQclear(handle); }
};
struct free_cancel {
    void operator()(PGcancel* handle) const noexcept { PQfreeCancel(handle); }
};
struct free_options {
    void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

using connection_handle = std::unique_ptr<PGconn, close_connection>;
using result_handle = std::unique_ptr<PGresult, clear_result>;

} // namespace howdah::detail
