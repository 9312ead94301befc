// SPDX-License-Identifier: BSL-1.0
#include "lent_buffers.hpp"

#include <utility>

#include "session.hpp"

namespace howdah::detail {

namespace {

/// What a connection that nobody uses may hold.
constexpr std::size_t most_bytes_kept = std::size_t{1} << 20;

} // namespace

lent_buffers::lent_buffers(connection& on, std::size_t count)
    : on_(on), buffers_(std::exchange(session_access::of(on).spare_buffers, {})) {
    if (buffers_.size() < count) buffers_.resize(count);
}

lent_buffers::~lent_buffers() {
    std::size_t bytes = 0;
    for (const auto& one : buffers_) bytes += one.capacity();
    if (bytes > most_bytes_kept) return;
    if (auto* const session = session_access::usable(on_)) session->spare_buffers = std::move(buffers_);
}

} // namespace howdah::detail
