// SPDX-License-Identifier: BSL-1.0
//
// stop_request: what ends a run before its time. Made from a std::stop_token:
//
//     std::stop_source source;
//     options.stop = source.get_token();       // of howdah::migration_options
//
// Without <stop_token>, which a program that does not stop anything would pay for with every file it compiles.
#pragma once

#include <howdah/detail/codec_trait.hpp>
#include <howdah/detail/owner.hpp>

namespace howdah {

namespace detail {

/// std::stop_token by its name, since the header that declares it is left to those who have one.
template <class T>
concept stop_token = pretty_name<T>() == "std::stop_token";

/// A copy of the std::stop_token at `token`.
[[nodiscard]] shared<const void> keep_stop_token(const void* token);
struct stop_access; // src/migration_stop.cpp

} // namespace detail

/// A std::stop_token, or nothing that could ask for a stop. Copies share its state. Thread safe.
class stop_request {
public:
    stop_request() noexcept = default;
    template <detail::stop_token Token>
    stop_request(const Token& token) : token_(detail::keep_stop_token(&token)) {}

    /// What the token answers: was the stop asked for, and can it be (any more)? False without a token.
    [[nodiscard]] bool stop_requested() const noexcept;
    [[nodiscard]] bool stop_possible() const noexcept;

private:
    friend struct detail::stop_access;
    detail::shared<const void> token_; // a std::stop_token
};

} // namespace howdah
