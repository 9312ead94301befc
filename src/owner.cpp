// SPDX-License-Identifier: BSL-1.0
#include <howdah/detail/owner.hpp>

#include <atomic>

namespace howdah::detail {

[[gnu::hot]] void keep(shared_block& block) noexcept {
    std::atomic_ref(block.owners).fetch_add(1, std::memory_order_relaxed);
}

[[gnu::hot]] void drop(shared_block& block) noexcept {
    if (std::atomic_ref(block.owners).fetch_sub(1, std::memory_order_acq_rel) == 1) block.destroy(&block);
}

} // namespace howdah::detail
