// SPDX-License-Identifier: BSL-1.0
//
// The scale of the compile figures: what a program has included anyway.
#include <chrono>
#include <optional>
#include <string>
#include <vector>
