// SPDX-License-Identifier: BSL-1.0
//
// needs: migration_journal.cpp
//
// Any bytes: the journal is read to its end or to its first problem, and what was read is text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "migration_journal.hpp"
#include "utf8.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = howdah::detail::read_journal(text);
    if (read.problem && (read.problem->offset > size || read.problem->reason.empty())) std::abort();
    for (const auto& entry : read.entries)
        if (howdah::detail::first_bad_byte(entry.tag) < entry.tag.size() &&
            entry.tag.find('\0') == entry.tag.npos)
            std::abort();
    return 0;
}
