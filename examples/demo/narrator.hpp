// SPDX-License-Identifier: BSL-1.0
//
// narrator: what the demo prints, line by line. Coloured on a terminal, unless NO_COLOR is set.
#pragma once

#include <string_view>
#include <vector>

#include <users.hpp>

class narrator {
public:
    narrator();

    /// A line that begins a part of the story.
    void heading(std::string_view text) const;
    /// "  who  did      what": something that happened as it should.
    void line(std::string_view who, std::string_view did, std::string_view what) const;
    void success(std::string_view who, std::string_view did, std::string_view what) const;
    /// Something that a program has to deal with.
    void warning(std::string_view who, std::string_view did, std::string_view what) const;
    void table(const std::vector<user>& rows) const;

private:
    void print(std::string_view colour, std::string_view who, std::string_view did,
               std::string_view what) const;

    bool coloured_;
};
