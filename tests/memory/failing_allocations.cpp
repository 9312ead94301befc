// SPDX-License-Identifier: BSL-1.0
#include "failing_allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

using howdah::test::shortage;
using howdah::test::victims;

std::atomic<bool> armed{false}, failed{false};
std::atomic<long> left{0};
std::atomic<shortage> how{shortage::once};
std::atomic<victims> whose{victims::this_thread};
thread_local bool armed_here = false;

bool fails() noexcept {
    if (!armed.load(std::memory_order_relaxed)) return false;
    if (armed_here != (whose == victims::this_thread)) return false;
    const long still = left.fetch_sub(1) - 1;
    if (still > 0 || (still < 0 && how == shortage::once)) return false;
    failed = true;
    return true;
}

void* allocate(std::size_t size, std::size_t alignment) noexcept {
    if (fails()) return nullptr;
    if (size == 0) size = 1;
    if (alignment == 0) return std::malloc(size);
    return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void* allocate_or_throw(std::size_t size, std::size_t alignment = 0) {
    if (void* const found = allocate(size, alignment)) return found;
    throw std::bad_alloc();
}

} // namespace

namespace howdah::test {

failing_allocation::failing_allocation(std::size_t nth, shortage kind, victims threads) noexcept {
    left = static_cast<long>(nth);
    how = kind;
    whose = threads;
    failed = false;
    armed_here = true;
    armed = true;
}

void failing_allocation::end() noexcept {
    armed = false;
    armed_here = false;
}

bool failing_allocation::happened() const noexcept {
    return failed;
}

} // namespace howdah::test

void* operator new(std::size_t size) {
    return allocate_or_throw(size);
}
void* operator new[](std::size_t size) {
    return allocate_or_throw(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size, 0);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size, 0);
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* given) noexcept {
    std::free(given);
}
void operator delete[](void* given) noexcept {
    std::free(given);
}
void operator delete(void* given, std::size_t) noexcept {
    std::free(given);
}
void operator delete[](void* given, std::size_t) noexcept {
    std::free(given);
}
void operator delete(void* given, std::align_val_t) noexcept {
    std::free(given);
}
void operator delete[](void* given, std::align_val_t) noexcept {
    std::free(given);
}
void operator delete(void* given, std::size_t, std::align_val_t) noexcept {
    std::free(given);
}
void operator delete[](void* given, std::size_t, std::align_val_t) noexcept {
    std::free(given);
}
