// SPDX-License-Identifier: BSL-1.0
//
// Single values are read in place as well; a std::optional of a class that validates is made when its value is there.
// expect first: howdah: a value is read in place, so its type must be default-constructible
#include <string>
#include <vector>

#include <howdah/query.hpp>

class email {
public:
    explicit email(std::string text) : text_(std::move(text)) {}
    const std::string& value() const { return text_; }

private:
    std::string text_;
};

#ifdef HOWDAH_CONTROL
std::vector<std::optional<email>> read(howdah::executor& db) {
    return howdah::query<std::optional<email>>(db, "select email from users");
}
#else
std::vector<email> read(howdah::executor& db) {
    return howdah::query<email>(db, "select email from users");
}
#endif
