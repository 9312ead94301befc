// SPDX-License-Identifier: BSL-1.0
#include <howdah/executor.hpp>

namespace howdah {

executor::~executor() = default;

void executor::do_run_together(void (*work)(void* context, executor& on), void* context) {
    work(context, *this);
}

connection_loan executor::do_borrow() {
    throw usage_error("this executor lends no connection: use a connection, a transaction or a pool");
}

} // namespace howdah
