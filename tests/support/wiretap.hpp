// SPDX-License-Identifier: BSL-1.0
//
// A connection whose messages to the server are overheard: in which format values are sent (PostgreSQL manual, "Message
// Formats", Bind).
#pragma once

#include <doctest/doctest.h>

#include <mutex>
#include <string>
#include <vector>

#include "meddling_proxy.hpp"

namespace howdah::test {

class wiretap {
public:
    explicit wiretap(connection_config config)
        : to_(config),
          proxy_(
              to_, [](const backend_message& message) { return meddling_proxy::instead{message.framed()}; },
              [this](std::string_view said) {
                  const std::lock_guard lock(mutex_);
                  said_ += said;
              }),
          db(proxy_.before(std::move(config))) {}

    /// The formats of the values of the statement that was sent last: 't' or 'b' each.
    [[nodiscard]] std::string formats() {
        const std::lock_guard lock(mutex_);
        std::string last;
        // The first message has no letter.
        std::size_t at = load_big_endian<std::uint32_t>(said_.data());
        while (said_.size() - at >= 5) {
            const std::size_t size = load_big_endian<std::uint32_t>(said_.data() + at + 1);
            if (said_[at] == 'B') last = formats_in(std::string_view(said_).substr(at + 5, size - 4));
            at += 1 + size;
        }
        return last;
    }

private:
    static std::string formats_in(std::string_view bind) {
        for (int name = 0; name < 2; ++name) bind.remove_prefix(bind.find('\0') + 1);
        byte_reader in(bind);
        std::string formats;
        for (auto left = in.read<std::int16_t>(); left > 0; --left)
            formats += in.read<std::int16_t>() == 0 ? 't' : 'b';
        return formats;
    }

    std::mutex mutex_;
    std::string said_;
    connection to_;
    meddling_proxy proxy_;

public:
    connection db; ///< one connection, and no other
};

} // namespace howdah::test
