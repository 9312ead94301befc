// SPDX-License-Identifier: BSL-1.0
//
// Rows are read in place, so there has to be something to read into.
// expect first: howdah: a row struct must be default-constructible
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <howdah/query.hpp>

class name_type {
public:
    explicit name_type(std::string text) : text_(std::move(text)) {}
    const std::string& value() const { return text_; }

private:
    std::string text_;
};

#ifdef HOWDAH_CONTROL
struct row {
    std::int64_t id = 0;
    std::optional<name_type> name;
};
#else
struct row {
    std::int64_t id = 0;
    name_type name;
};
#endif

std::vector<row> read(howdah::executor& db) {
    return howdah::query<row>(db, "select * from t");
}
