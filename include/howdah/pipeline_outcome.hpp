// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace howdah {

/// What became of a statement of a pipeline.
enum class pipeline_outcome : unsigned char {
    waiting, ///< not run() yet
    done,    ///< answered. Undone nevertheless if a later one failed outside a transaction
    failed,  ///< the one that the server refused
    not_run, ///< because one before it failed
    unknown, ///< the connection was lost before its answer came
};

} // namespace howdah
