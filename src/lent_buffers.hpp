// SPDX-License-Identifier: BSL-1.0
//
// Memory that values are written into before they are sent. It stays with the connection: to have it from the system
// and to give it back takes longer than filling it.
#pragma once

#include <cstddef>
#include <vector>

#include <howdah/bytes.hpp>
#include <howdah/connection.hpp>

namespace howdah::detail {

/// Some buffers of a connection, which has them again when this goes, unless they have become large.
class lent_buffers {
public:
    lent_buffers(connection& on, std::size_t count);
    lent_buffers(const lent_buffers&) = delete;
    lent_buffers& operator=(const lent_buffers&) = delete;
    ~lent_buffers();

    [[nodiscard]] byte_writer& operator[](std::size_t index) noexcept { return buffers_[index]; }
    [[nodiscard]] const byte_writer& operator[](std::size_t index) const noexcept { return buffers_[index]; }

private:
    connection& on_;
    std::vector<byte_writer> buffers_;
};

} // namespace howdah::detail
