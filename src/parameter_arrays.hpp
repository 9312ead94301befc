// SPDX-License-Identifier: BSL-1.0
//
// parameters as libpq takes them.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include <howdah/error.hpp>
#include <howdah/parameters.hpp>

namespace howdah::detail {

/// The values of one statement, wherever they are kept.
struct bound_values {
    std::span<const parameters::entry> entries;
    const char* bytes = nullptr; ///< where their offsets begin
    std::span<const parameters::checked_value> checked;

    bound_values() noexcept = default;
    bound_values(const parameters& from) noexcept // NOLINT: it is a view of them
        : entries(from.entries()), bytes(from.bytes()), checked(from.checked()) {}
};

/// libpq's parallel arrays; on the stack for the usual number of parameters. They point to the bytes of `from`.
class parameter_arrays {
public:
    explicit parameter_arrays(const bound_values& from) : count(static_cast<int>(from.entries.size())) {
        if (from.entries.size() > few) {
            many_.reset(room_for(from.entries.size()));
            values = reinterpret_cast<const char**>(many_.get());
            lengths = reinterpret_cast<int*>(values + from.entries.size());
            formats = lengths + from.entries.size();
        }
        for (std::size_t i = 0; i < from.entries.size(); ++i) {
            const auto& entry = from.entries[i];
            values[i] = entry.length < 0 ? nullptr
                        : entry.outside  ? entry.outside
                                         : from.bytes + entry.offset;
            lengths[i] = entry.length;
            formats[i] = static_cast<int>(entry.encoding);
        }
    }
    parameter_arrays(const parameter_arrays&) = delete;
    parameter_arrays& operator=(const parameter_arrays&) = delete;

private:
    [[gnu::noinline]] static std::byte* room_for(std::size_t count) {
        return new std::byte[count * (sizeof(const char*) + 2 * sizeof(int))];
    }

    static constexpr std::size_t few = 16;
    const char* few_values_[few];
    int few_lengths_[few], few_formats_[few];
    std::unique_ptr<std::byte[]> many_;

public:
    int count;
    const char** values = few_values_;
    int *lengths = few_lengths_, *formats = few_formats_;
};

/// A text with a NUL behind it, as libpq wants it. Short ones take no memory: those that undo something among them.
class terminated_text {
public:
    explicit terminated_text(std::string_view text) {
        char* const to = text.size() < sizeof few_ ? few_ : room_for(text.size() + 1);
        to[text.copy(to, text.size())] = '\0';
        text_ = to;
    }
    terminated_text(const terminated_text&) = delete;
    terminated_text& operator=(const terminated_text&) = delete;
    [[nodiscard]] const char* c_str() const noexcept { return text_; }

private:
    [[gnu::noinline]] char* room_for(std::size_t size) {
        many_.reset(new char[size]);
        return many_.get();
    }

    char few_[64];
    std::unique_ptr<char[]> many_;
    const char* text_;
};

inline void refuse_nul(std::string_view text) {
    if (text.find('\0') != text.npos) throw usage_error("a statement cannot hold a NUL byte");
}

} // namespace howdah::detail
