// SPDX-License-Identifier: BSL-1.0
#include <howdah/parameters.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace howdah {

namespace {

/// libpq frames a message with a 32-bit length; a value or a whole message of a gigabyte is refused by the
/// server anyway.
constexpr std::size_t most_bytes = (std::size_t{1} << 30) - 1024;

} // namespace

[[gnu::hot]] parameters::parameters() noexcept {} // NOLINT: the entries are left as they are
parameters::parameters(format encoding) noexcept : encoding_(encoding) {}      // NOLINT: the same
parameters::parameters(const parameters& other) : encoding_(other.encoding_) { // NOLINT: the same
    append(other);
}
parameters::parameters(parameters&& other) noexcept { // NOLINT: the same
    *this = std::move(other);
}
[[gnu::hot]] parameters::~parameters() = default;

parameters& parameters::operator=(const parameters& other) {
    return *this = parameters(other);
}

parameters& parameters::operator=(parameters&& other) noexcept {
    bytes_ = std::move(other.bytes_);
    std::copy_n(other.few_.begin(), std::min(other.size_, few_.size()),
                few_.begin()); // the others are not set
    many_ = std::move(other.many_);
    checked_ = std::move(other.checked_);
    size_ = std::exchange(other.size_, 0);
    encoding_ = other.encoding_;
    return *this;
}

[[gnu::hot]] std::span<const parameters::entry> parameters::entries() const noexcept {
    return {many_.empty() ? few_.data() : many_.data(), size_};
}
[[gnu::hot]] std::span<const parameters::checked_value> parameters::checked() const noexcept {
    return checked_;
}

inline void parameters::append(const entry& one) {
    if (size_ < few_.size()) {
        few_[size_++] = one;
        return;
    }
    if (many_.empty()) many_.assign(few_.begin(), few_.end());
    many_.push_back(one);
    ++size_;
}

[[gnu::always_inline]] inline void parameters::add_leaf(const erased_codec& with, const void* leaf,
                                                        format encoding) {
    const auto before = bytes_.size();
    try {
        with.encode(leaf, encoding, bytes_);
        const auto length = bytes_.size() - before;
        if (bytes_.size() > most_bytes && sent_bytes() > most_bytes)
            throw usage_error("the values of one statement must stay below one gigabyte");
        bytes_.write(std::int8_t{0}); // text values end with a NUL byte for libpq
        append({with.parameter_type, static_cast<int>(length), before, encoding, nullptr});
    } catch (const usage_error& refusal) {
        bytes_.shrink(before);
        throw usage_error("parameter $" + std::to_string(size_ + 1) + ": " + refusal.what());
    } catch (...) {
        bytes_.shrink(before);
        throw;
    }
}

[[gnu::hot]] void parameters::add_erased(const erased_codec& with, const void* value) {
    if (size_ == max_count)
        throw usage_error("a statement takes 65,535 parameters at most: send arrays, or several statements");
    const auto encoding = encoding_ == format::text ? format::text : with.parameter_format;
    const void* leaf = with.look ? with.look(value) : value;
    if (!leaf) append({with.parameter_type, -1, 0, encoding, nullptr});
    else if (with.parts.attributes) add_struct(with, leaf);
    else add_leaf(with, leaf, encoding);
}

[[gnu::cold]] void parameters::add_struct(const erased_codec& with, const void* leaf) {
    checked_.push_back({size_, &with, 0, 0}); // first, so that nothing throws when the value is there
    try {
        add_leaf(with, leaf, format::text);
    } catch (...) {
        checked_.pop_back();
        throw;
    }
    if (encoding_ == format::text) return;
    auto& added = checked_.back();
    added.open = bytes_.size();
    try {
        with.encode(leaf, format::binary, bytes_);
        added.open_size = bytes_.size() - added.open;
    } catch (...) {
        bytes_.shrink(added.open); // the text can be sent
    }
}

/// Without the open forms, which do not go beside the texts.
std::size_t parameters::sent_bytes() const noexcept {
    std::size_t sent = bytes_.size();
    for (const auto& one : checked_) sent -= one.open_size;
    return sent;
}

void parameters::add_encoded(oid type, std::string_view bytes) {
    if (size_ == max_count)
        throw usage_error("a statement takes 65,535 parameters at most: send arrays, or several statements");
    if (bytes.size() > most_bytes)
        throw usage_error("the values of one statement must stay below one gigabyte");
    append({type, static_cast<int>(bytes.size()), 0, format::binary, bytes.data()});
}

void parameters::append(const parameters& others) {
    if (size_ + others.size() > max_count)
        throw usage_error("a statement takes 65,535 parameters at most: send arrays, or several statements");
    if (bytes_.size() + others.bytes_.size() > most_bytes && sent_bytes() + others.sent_bytes() > most_bytes)
        throw usage_error("the values of one statement must stay below one gigabyte");
    const auto shift = bytes_.size(), begin = size_;
    bytes_.write(others.bytes_.view());
    for (auto copied : others.entries()) {
        copied.offset += shift;
        append(copied);
    }
    for (const auto& one : others.checked_)
        checked_.push_back({begin + one.index, one.codec, shift + one.open, one.open_size});
}

} // namespace howdah
