// SPDX-License-Identifier: BSL-1.0
//
// Without an outcome there is nothing to try again for.
// expect first: howdah: the work given to retry_on_conflict must return an update_result
#include <howdah/retry_on_conflict.hpp>

struct row {
    int id = 0;
};

bool save(howdah::connection& db) {
    return bool(howdah::retry_on_conflict(db, {}, [](howdah::transaction&) {
#ifdef HOWDAH_CONTROL
        return howdah::update_result<row>::missing();
#else
        return true;
#endif
    }));
}
