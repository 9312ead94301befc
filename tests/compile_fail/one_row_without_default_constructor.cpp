// SPDX-License-Identifier: BSL-1.0
//
// Also where a single row is made before anything is read.
// expect first: howdah: a row struct must be default-constructible
#include <cstdint>
#include <string>

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

row read(howdah::executor& db) {
    return howdah::query_one<row>(db, "select * from t where id = 1");
}
