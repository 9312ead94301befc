// SPDX-License-Identifier: BSL-1.0
//
// json: the text of a json or jsonb value. howdah neither parses nor checks it: the server does; a program
// uses the JSON library of its choice on the text.
#pragma once

#include <string>

#include <howdah/codec.hpp>

namespace howdah {

/// The text of a json or jsonb column. As a parameter its type is inferred, so that it fits both.
class json {
public:
    /// The value null.
    json() : text_("null") {}
    /// Takes the text as it is. Sending it checks that it is UTF-8 without NUL; the server checks the rest.
    explicit json(std::string text) : text_(std::move(text)) {}

    /// As the server wrote it, or as given. Lives as long as this object.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    friend bool operator==(const json&, const json&) = default;

private:
    std::string text_;
};

template <> struct codec<json> : detail::compiled_codec<json, oids::jsonb, oids::inferred, format::text> {};

} // namespace howdah
