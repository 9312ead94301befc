// SPDX-License-Identifier: BSL-1.0
//
// An enum travels by its labels, so it needs them.
// expect: does not satisfy .labelled_enum.|satisfaction of .labelled_enum<E>.
#include <array>
#include <string_view>
#include <utility>

#include <howdah/codec.hpp>

enum class mood { sad, ok };

#ifdef HOWDAH_CONTROL
template <> struct howdah::enum_labels<mood> {
    static constexpr std::array<std::pair<mood, std::string_view>, 2> values{
        {{mood::sad, "sad"}, {mood::ok, "ok"}}};
};
#endif

std::string_view write(mood value) {
    return howdah::label_of(value);
}
