// SPDX-License-Identifier: BSL-1.0
//
// A number that may not fit is not converted in silence.
// expect first: howdah: a field of the row struct does not convert
#include <cstdint>
#include <optional>
#include <string>

#include <howdah/domain.hpp>

struct row {
    std::int64_t id = 0;
    std::optional<std::string> name;
};

struct domain {
#ifdef HOWDAH_CONTROL
    std::int64_t id = 0;
    std::optional<std::string> name;
#else
    std::int32_t id = 0;
    std::optional<std::string> name;
#endif
};

domain convert(const row& from) {
    return howdah::to_domain<domain>(from);
}
