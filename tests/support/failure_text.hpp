// SPDX-License-Identifier: BSL-1.0
//
// What failures say.
#pragma once

#include <string>
#include <string_view>

namespace howdah::test {

/// what() of the Failure that `work` throws. Lets everything else through.
template <class Failure, class Work> std::string what_of(Work work) {
    try {
        work();
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "nothing was thrown";
}

inline bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

} // namespace howdah::test
