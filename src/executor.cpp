// SPDX-License-Identifier: BSL-1.0
#include <howdah/executor.hpp>

namespace howdah {

executor::~executor() = default;

} // namespace howdah
