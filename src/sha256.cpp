// SPDX-License-Identifier: BSL-1.0
#include "sha256.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace howdah::detail {

namespace {

constexpr std::size_t block_size = 64;

// FIPS 180-4, 4.2.2: fractional parts of the cube roots of the first 64 primes.
constexpr std::array<std::uint32_t, 64> constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using state = std::array<std::uint32_t, 8>;

// FIPS 180-4, 5.3.3.
constexpr state initial{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

std::uint32_t big_endian(const unsigned char* from) noexcept {
    return std::uint32_t{from[0]} << 24 | std::uint32_t{from[1]} << 16 | std::uint32_t{from[2]} << 8 |
           from[3];
}

// FIPS 180-4, 6.2.2: the message schedule.
std::array<std::uint32_t, 64> schedule(const unsigned char* block) noexcept {
    std::array<std::uint32_t, 64> w;
    for (std::size_t t = 0; t < 16; ++t) w[t] = big_endian(block + 4 * t);
    for (std::size_t t = 16; t < 64; ++t) {
        const auto a = w[t - 15], b = w[t - 2];
        const auto s0 = std::rotr(a, 7) ^ std::rotr(a, 18) ^ (a >> 3);
        const auto s1 = std::rotr(b, 17) ^ std::rotr(b, 19) ^ (b >> 10);
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    return w;
}

void absorb(state& h, const unsigned char* block) noexcept {
    const auto w = schedule(block);
    auto [a, b, c, d, e, f, g, last] = h;
    for (std::size_t t = 0; t < 64; ++t) {
        const auto s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const auto t1 = last + s1 + ((e & f) ^ (~e & g)) + constants[t] + w[t];
        const auto s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const auto t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        last = g, g = f, f = e, e = d + t1;
        d = c, c = b, b = a, a = t1 + t2;
    }
    const state mixed{a, b, c, d, e, f, g, last};
    for (std::size_t i = 0; i < h.size(); ++i) h[i] += mixed[i];
}

/// The rest of the message, a one bit, zeros, and the length in bits: one block or two.
void absorb_tail(state& h, const unsigned char* rest, std::size_t size, std::uint64_t total_bytes) noexcept {
    std::array<unsigned char, 2 * block_size> tail{};
    if (size != 0) std::memcpy(tail.data(), rest, size);
    tail[size] = 0x80;
    const std::size_t blocks = size + 9 > block_size ? 2 : 1;
    const auto bits = total_bytes * 8;
    for (std::size_t i = 0; i < 8; ++i)
        tail[blocks * block_size - 1 - i] = static_cast<unsigned char>(bits >> (8 * i));
    for (std::size_t i = 0; i < blocks; ++i) absorb(h, tail.data() + i * block_size);
}

} // namespace

std::string sha256_hex(std::string_view bytes) {
    state h = initial;
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    auto left = bytes.size();
    for (; left >= block_size; left -= block_size, at += block_size) absorb(h, at);
    absorb_tail(h, at, left, bytes.size());
    std::string out;
    out.reserve(64);
    for (const auto word : h)
        for (int shift = 28; shift >= 0; shift -= 4) out += "0123456789abcdef"[word >> shift & 0xF];
    return out;
}

} // namespace howdah::detail
