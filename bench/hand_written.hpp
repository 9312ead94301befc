// SPDX-License-Identifier: BSL-1.0
//
// What howdah is measured against: libpq as an expert would write it for this one table. Prepared once, binary, columns
// by index, values converted in place; lengths and NULLs are asked for only where the column needs it, and nothing
// that the server sends is checked.
#pragma once

#include <memory>
#include <vector>

#include "account.hpp"

struct pg_conn;
struct pg_result;

namespace bench {

class hand_written {
public:
    /// Connects and prepares. Ends the program with a message on any failure, here and below.
    explicit hand_written(const char* url);
    [[nodiscard]] std::vector<account> first(std::int64_t rows);
    [[nodiscard]] account one(const howdah::uuid& id);

private:
    struct close {
        void operator()(pg_conn* connection) const noexcept;
    };
    std::unique_ptr<pg_conn, close> connection_;
};

} // namespace bench
