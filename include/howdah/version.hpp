// SPDX-License-Identifier: BSL-1.0
//
// The version of howdah, in the one place where it is written. CMake reads it from here.
#pragma once

#define HOWDAH_VERSION_MAJOR 0
#define HOWDAH_VERSION_MINOR 1
#define HOWDAH_VERSION_PATCH 0
