// SPDX-License-Identifier: BSL-1.0
//
// A key with a typing error would fail with every statement.
// expect first: howdah: table<Row>::key names no column
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
    static constexpr auto name = "t", key = "id";
#else
    static constexpr auto name = "t", key = "idd";
#endif
};

howdah::repository<row> rows;
