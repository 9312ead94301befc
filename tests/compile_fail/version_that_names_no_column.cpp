// SPDX-License-Identifier: BSL-1.0
//
// A version with a typing error would fail with every guarded write.
// expect first: howdah: table<Row>::version names no column
#include <cstdint>
#include <optional>
#include <string>

#include <howdah/repository.hpp>

struct row {
    std::int64_t id = 0;
    std::string name;
    std::int32_t version = 0;
};

template <> struct howdah::table<row> {
#ifdef HOWDAH_CONTROL
    static constexpr auto name = "t", key = "id", version = "version";
#else
    static constexpr auto name = "t", key = "id", version = "revision";
#endif
};

howdah::repository<row> rows;
