// SPDX-License-Identifier: BSL-1.0
#include <howdah/uuid.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <pthread.h>
#include <sys/random.h>

#include "uuid_stamp.hpp"

namespace howdah {

namespace {

// ---------------------------------------------------------------------------------------------------------------------
// Text

constexpr std::size_t text_size = 36;
constexpr std::array<std::uint8_t, 4> hyphens{8, 13, 18, 23};
/// Where the two digits of each byte begin.
constexpr std::array<std::uint8_t, 16> places{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};

constexpr std::uint8_t no_digit = 0xFF;

constexpr auto digit_values = [] {
    std::array<std::uint8_t, 256> out{};
    out.fill(no_digit);
    for (std::size_t i = 0; i < 10; ++i) out['0' + i] = static_cast<std::uint8_t>(i);
    for (std::size_t i = 0; i < 6; ++i) out['a' + i] = out['A' + i] = static_cast<std::uint8_t>(10 + i);
    return out;
}();

std::uint8_t digit_value(char c) noexcept {
    return digit_values[static_cast<unsigned char>(c)];
}

// Sixteen characters in a register: every processor that GCC and clang compile for has such, or they write it out.
using characters [[gnu::vector_size(16)]] = std::uint8_t;
using pairs [[gnu::vector_size(16)]] = std::uint16_t;
using half [[gnu::vector_size(8)]] = std::uint8_t;

/// Reads sixteen hexadecimal digits. Where all bits of `good` stay set, they are.
void read_digits(const char* from, std::uint8_t* to, characters& good) noexcept {
    characters digits;
    std::memcpy(&digits, from, sizeof digits);
    const characters lower = digits | 0x20;
    const auto decimal = static_cast<characters>((digits >= '0') & (digits <= '9'));
    const auto letter = static_cast<characters>((lower >= 'a') & (lower <= 'f'));
    good &= decimal | letter;
    const characters values = (digits & 0x0F) + (letter & 9);
    pairs both;
    std::memcpy(&both, &values, sizeof both);
    if constexpr (std::endian::native == std::endian::little) both = both << 4 | both >> 8;
    else both = both >> 4 | both;
    const auto bytes = __builtin_convertvector(both & 0xFF, half);
    std::memcpy(to, &bytes, sizeof bytes);
}

/// Reads without a branch for any digit.
bool read_text(std::string_view text, std::array<std::uint8_t, 16>& out) noexcept {
    if (text.size() != text_size) return false;
    const char* const at = text.data();
    char first[16], second[16];
    std::memcpy(first, at, 8);
    std::memcpy(first + 8, at + 9, 4);
    std::memcpy(first + 12, at + 14, 4);
    std::memcpy(second, at + 19, 4);
    std::memcpy(second + 4, at + 24, 12);
    characters good = characters{} == 0;
    read_digits(first, out.data(), good);
    read_digits(second, out.data() + 8, good);
    std::uint64_t all[2];
    std::memcpy(all, &good, sizeof all);
    return (all[0] & all[1]) == UINT64_MAX && at[8] == '-' && at[13] == '-' && at[18] == '-' && at[23] == '-';
}

[[noreturn]] void refuse_text(std::string_view text) {
    for (std::size_t i = 0; i < std::min(text.size(), text_size); ++i) {
        const bool hyphen = std::find(hyphens.begin(), hyphens.end(), i) != hyphens.end();
        if (hyphen && text[i] != '-')
            throw decode_error("expected a hyphen of a UUID (8-4-4-4-12 digits)", std::string(text), i);
        if (!hyphen && digit_value(text[i]) == no_digit)
            throw decode_error("expected a hexadecimal digit of a UUID", std::string(text), i);
    }
    throw decode_error("a UUID has 36 characters, this has " + std::to_string(text.size()), std::string(text),
                       std::min(text.size(), text_size));
}

// ---------------------------------------------------------------------------------------------------------------------
// Random bits

/// Counts forks, so that a child does not give out the random bytes that its parent holds as well.
std::atomic<unsigned> forks{0};

void fill_random(void* to, std::size_t size) {
    auto* at = static_cast<char*>(to);
    while (size > 0) {
        const auto got = getrandom(at, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            throw error("the operating system gave no random bytes (getrandom, errno " +
                        std::to_string(errno) + ")");
        at += got;
        size -= static_cast<std::size_t>(got);
    }
}

/// A thread's supply of random bytes: one system call for many identifiers.
class random_supply {
public:
    std::array<std::uint8_t, 16> take() {
        if (const auto now = forks.load(std::memory_order_relaxed); left_ == 0 || now != forks_) refill(now);
        std::array<std::uint8_t, 16> out;
        left_ -= out.size();
        std::memcpy(out.data(), bytes_.data() + left_, out.size());
        return out;
    }

private:
    void refill(unsigned now) {
        left_ = 0;
        fill_random(bytes_.data(), bytes_.size());
        left_ = bytes_.size();
        forks_ = now;
    }
    std::array<std::uint8_t, 512> bytes_;
    std::size_t left_ = 0;
    unsigned forks_ = 0;
};

std::array<std::uint8_t, 16> random_bytes() {
    static const int watching = pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1); });
    if (watching != 0) throw error("pthread_atfork failed with " + std::to_string(watching));
    static thread_local random_supply supply;
    return supply.take();
}

/// RFC 9562, 4.1 and 4.2: the variant 10 and the version.
uuid mark(std::array<std::uint8_t, 16> bytes, unsigned version) noexcept {
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | version << 4);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
    return uuid{bytes};
}

std::uint64_t unix_milliseconds() noexcept {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    return static_cast<std::uint64_t>(ms) & 0xFFFF'FFFF'FFFF;
}

std::atomic<std::uint64_t> last_stamp{0};

} // namespace

uuid uuid::parse(std::string_view text) {
    uuid out;
    if (!read_text(text, out.bytes_)) refuse_text(text);
    return out;
}

std::optional<uuid> uuid::try_parse(std::string_view text) noexcept {
    uuid out;
    if (!read_text(text, out.bytes_)) return std::nullopt;
    return out;
}

std::string uuid::text() const {
    std::string out(text_size, '-');
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
        out[places[i]] = "0123456789abcdef"[bytes_[i] >> 4];
        out[places[i] + 1u] = "0123456789abcdef"[bytes_[i] & 0xF];
    }
    return out;
}

uuid uuid::v4() {
    return mark(random_bytes(), 4);
}

uuid uuid::v7() {
    auto bytes = random_bytes();
    const auto seed = static_cast<std::uint64_t>(bytes[6]) << 8 | bytes[7];
    const auto stamp = detail::next_stamp(last_stamp, unix_milliseconds(), seed);
    for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(stamp >> (56 - 8 * i));
    // The counter: twelve bits after the version, four after the variant.
    bytes[6] = static_cast<std::uint8_t>(stamp >> 12 & 0x0F);
    bytes[7] = static_cast<std::uint8_t>(stamp >> 4);
    bytes[8] = static_cast<std::uint8_t>((stamp & 0x0F) << 2 | (bytes[8] & 0x03));
    return mark(bytes, 7);
}

namespace {

void decode_binary(std::string_view bytes, wire, void* value) {
    std::array<std::uint8_t, 16> out;
    if (bytes.size() != out.size())
        throw decode_error("a binary uuid has 16 bytes, this has " + std::to_string(bytes.size()), {},
                           std::min(bytes.size(), out.size()));
    std::memcpy(out.data(), bytes.data(), out.size());
    *static_cast<uuid*>(value) = uuid{out};
}

void decode_text(std::string_view bytes, wire, void* value) {
    *static_cast<uuid*>(value) = uuid::parse(bytes);
}

} // namespace

namespace detail {

using uuid_codec = compiled_codec<uuid, oids::uuid>;

template <> std::string uuid_codec::name() {
    return "howdah::uuid";
}
template <> decode_function uuid_codec::decoder(wire from) noexcept {
    if (from.type != oids::uuid) return nullptr;
    return from.encoding == format::binary ? decode_binary : decode_text;
}
template <> void uuid_codec::encode(const uuid& value, format encoding, byte_writer& to) {
    if (encoding == format::text) return to.write(value.text());
    to.write(std::string_view(reinterpret_cast<const char*>(value.bytes().data()), value.bytes().size()));
}

} // namespace detail

} // namespace howdah

std::size_t std::hash<howdah::uuid>::operator()(const howdah::uuid& id) const noexcept {
    std::uint64_t halves[2];
    std::memcpy(halves, id.bytes().data(), sizeof halves);
    // The second half of version 7 ids is random, the first half rises: multiply to spread it, then mix.
    auto mixed = (halves[0] * 0x9E3779B97F4A7C15u) ^ halves[1];
    mixed ^= mixed >> 32;
    return static_cast<std::size_t>(mixed * 0xD6E8FEB86659FD93u);
}
