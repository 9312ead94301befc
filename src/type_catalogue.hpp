// SPDX-License-Identifier: BSL-1.0
//
// What one connection has learnt of the types that users created.
#pragma once

#include <cstddef>
#include <memory>
#include <unordered_map>
#include <vector>

#include <howdah/result.hpp>
#include <howdah/type_details.hpp>

namespace howdah::detail {

/// The statement that asks for types ($1, an array of oids) and all that they are made of.
[[nodiscard]] const char* type_query(int server_version) noexcept;

/// Records by number. Belongs to the thread of its connection; the records, once handed out, to all.
class type_catalogue {
public:
    /// The record, or null. Lives as long as keeper().
    [[nodiscard]] const type_details* find(oid type) const noexcept;
    /// Keeps every record that was handed out so far alive, and those that are still to come.
    [[nodiscard]] std::shared_ptr<const void> keeper() const noexcept { return records_; }

    /// Takes in the answer to type_query(), in place of what was known of the same types. Throws decode_error for an
    /// answer that makes no sense; nothing of it is known then.
    void add(const result& answer);
    /// True if forget() is due: records of temporary tables must not pile up for ever.
    [[nodiscard]] bool is_full() const noexcept;
    /// Lets everything be asked for again; records that were handed out stay as they are.
    void forget() noexcept;

    bool readable = false;   ///< a look-up has succeeded
    bool unreadable = false; ///< the server refused one: its catalogue is closed to this user

private:
    using records = std::vector<std::unique_ptr<const type_details>>;
    std::shared_ptr<records> records_;
    std::unordered_map<oid, const type_details*> by_number_;
};

} // namespace howdah::detail
