// SPDX-License-Identifier: BSL-1.0
//
// Owners of one pointer: `owned` has it alone, copies of `shared` have it together. In the place of std::unique_ptr and
// std::shared_ptr in the headers that <howdah/howdah.hpp> consists of, because <memory> alone would be a seventh of
// what including it costs.
//
// An owner may be used by one thread at a time; copies of one `shared` by several at once.
#pragma once

#include <concepts>
#include <cstddef>
#include <utility>

namespace howdah::detail {

/// The only owner of what it points at, which Destroy ends. Movable; null after a move.
template <class T, void (*Destroy)(T*) noexcept> class owned {
public:
    owned() noexcept = default;
    explicit owned(T* object) noexcept : object_(object) {}
    owned(owned&& other) noexcept : object_(other.release()) {}
    owned& operator=(owned&& other) noexcept {
        T* const taken = other.release(); // first, for a move into itself
        if (object_ != nullptr) Destroy(object_);
        object_ = taken;
        return *this;
    }
    ~owned() {
        if (object_ != nullptr) Destroy(object_);
    }

    [[nodiscard]] T* get() const noexcept { return object_; }
    [[nodiscard]] T& operator*() const noexcept { return *object_; }
    [[nodiscard]] T* operator->() const noexcept { return object_; }
    [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }
    /// Gives it up without ending it.
    [[nodiscard]] T* release() noexcept {
        T* const released = object_;
        object_ = nullptr;
        return released;
    }

private:
    T* object_ = nullptr;
};

/// What several owners keep alive.
struct shared_block {
    void (*destroy)(shared_block* block) noexcept;
    std::size_t owners = 1; ///< changed by keep() and drop() alone
};
void keep(shared_block& block) noexcept;
/// Ends the block with its last owner.
void drop(shared_block& block) noexcept;

template <class Kept> struct shared_block_of : shared_block {
    template <class... Arguments>
    explicit shared_block_of(Arguments&&... arguments)
        : shared_block{&end}, kept{std::forward<Arguments>(arguments)...} {}
    static void end(shared_block* block) noexcept { delete static_cast<shared_block_of*>(block); }
    Kept kept;
};

/// A std::shared_ptr, told by what only that has: named without the header that declares it.
template <class Pointer, class T>
concept shared_pointer_to = requires(const Pointer& pointer) {
    typename Pointer::weak_type;
    pointer.use_count();
    { pointer.get() } -> std::convertible_to<T*>;
};

/// One of the owners of what it points at, or null. Converts from and to std::shared_ptr.
template <class T> class shared {
public:
    shared() noexcept = default;
    shared(std::nullptr_t) noexcept {}
    /// Points at `object`, which lives as long as `keeper` does.
    template <class Keeper>
    shared(Keeper keeper, T* object)
        : object_(object), block_(new shared_block_of<Keeper>(std::move(keeper))) {}
    template <shared_pointer_to<T> Pointer> shared(Pointer pointer) : object_(pointer.get()) {
        if (object_ != nullptr) block_ = new shared_block_of<Pointer>(std::move(pointer));
    }
    /// The object inside of a block of its own, or of one that keeps it alive; takes over the block's one owner.
    shared(T* object, shared_block* block) noexcept : object_(object), block_(block) {}

    shared(const shared& other) noexcept : object_(other.object_), block_(other.block_) {
        if (block_ != nullptr) keep(*block_);
    }
    shared(shared&& other) noexcept : object_(other.object_), block_(other.block_) { other.forget(); }
    /// From an owner of something that converts: to const, to void.
    template <class Other>
        requires(!std::same_as<Other, T> && std::convertible_to<Other*, T*>)
    shared(shared<Other> other) noexcept : object_(other.object_), block_(other.block_) {
        other.forget();
    }
    shared& operator=(shared other) noexcept {
        T* const object = other.object_;
        shared_block* const block = other.block_;
        other.object_ = object_;
        other.block_ = block_;
        object_ = object;
        block_ = block;
        return *this;
    }
    ~shared() {
        if (block_ != nullptr) drop(*block_);
    }

    [[nodiscard]] T* get() const noexcept { return object_; }
    [[nodiscard]] auto& operator*() const noexcept { return *object_; }
    [[nodiscard]] T* operator->() const noexcept { return object_; }
    [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }
    [[nodiscard]] friend bool operator==(const shared& one, std::nullptr_t) noexcept {
        return one.object_ == nullptr;
    }

    template <class Pointer>
        requires requires { typename Pointer::weak_type; } && std::constructible_from<Pointer, Pointer, T*>
    operator Pointer() const {
        if (object_ == nullptr) return {};
        return Pointer(object_, [kept = *this](T*) noexcept {});
    }

private:
    template <class> friend class shared;
    void forget() noexcept {
        object_ = nullptr;
        block_ = nullptr;
    }

    T* object_ = nullptr;
    shared_block* block_ = nullptr;
};

/// A new T that is owned by what comes back.
template <class T, class... Arguments> [[nodiscard]] shared<T> make_shared_object(Arguments&&... arguments) {
    auto* const block = new shared_block_of<T>(std::forward<Arguments>(arguments)...);
    return shared<T>(&block->kept, block);
}

} // namespace howdah::detail
