// SPDX-License-Identifier: BSL-1.0
//
// What a codec has to stand, without a server: values that come back as they were sent, and cells that nobody sent.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec_checks.hpp"

namespace howdah::tests {

/// Bytes in memory of exactly their size, so that a sanitizer sees every read beyond them.
class exact_copy {
public:
    explicit exact_copy(std::string_view bytes) : size_(bytes.size()), data_(new char[size_]) {
        if (size_ > 0) std::memcpy(data_.get(), bytes.data(), size_);
    }
    [[nodiscard]] std::string_view view() const { return {data_.get(), size_}; }

private:
    std::size_t size_;
    std::unique_ptr<char[]> data_;
};

/// Decodes what may be anything: a value or a decode_error, nothing else. True if it was a value.
template <class T> bool survives(wire from, std::string_view cell) {
    const exact_copy alone(cell);
    T value{};
    try {
        decode_value(codec_for<T>, from, alone.view(), &value);
        return true;
    } catch (const decode_error&) {
        return false;
    }
}

/// Every prefix of a good cell, a cell with one byte changed, and bytes without any sense.
template <class T> void survives_damage(wire from, std::string cell, seeded& random) {
    for (std::size_t size = 0; size < cell.size(); ++size) survives<T>(from, cell.substr(0, size));
    if (!cell.empty()) cell[random.below(cell.size())] = static_cast<char>(random.below(256));
    survives<T>(from, cell);
    std::string noise(random.below(64), '\0');
    for (char& each : noise) each = static_cast<char>(random.below(random.coin() ? 256 : 4));
    survives<T>(from, noise);
}

/// No binary cell that was cut off is taken for a value.
template <class T> void refuses_prefixes(oid type, const T& value) {
    const auto cell = encoded(value, format::binary);
    for (std::size_t size = 0; size < cell.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(survives<T>({type, format::binary}, cell.substr(0, size)));
    }
    CHECK_FALSE(survives<T>({type, format::binary}, cell + '\0'));
}

/// A value that is drawn comes back in both encodings, alone and in arrays with NULLs, and stands damage.
template <class Draw> void check_drawn(oid type, seeded& random, const Draw& draw, int times = 300) {
    using T = std::remove_cvref_t<decltype(draw(random))>;
    using array = std::vector<std::optional<T>>;
    for (int i = 0; i < times; ++i) {
        const T value = draw(random);
        const array values{value, std::nullopt, draw(random)};
        for (const auto encoding : {format::text, format::binary}) {
            if (encoding == format::binary && detail::sent_as_text_only<T>) continue;
            const auto cell = encoded(value, encoding);
            CAPTURE(cell);
            REQUIRE((decoded<T>({type, encoding}, cell) == value));
            survives_damage<T>({type, encoding}, cell, random);
            if (type >= oids::first_user_defined) continue;
            const wire from{array_of(type), encoding};
            const auto cells = encoded(values, encoding);
            REQUIRE((decoded<array>(from, cells) == values));
            if (i % 10 == 0) survives_damage<array>(from, cells, random);
        }
    }
}

} // namespace howdah::tests
