// SPDX-License-Identifier: BSL-1.0
#include <howdah/filter.hpp>

#include <howdah/connection.hpp>
#include <howdah/table.hpp>

namespace howdah::detail {

condition::condition(std::string_view field, std::string_view operation, const erased_codec& with,
                     const void* value)
    : pieces_{{kind::field, field}, {kind::sql, operation}, {kind::value, {}}} {
    values_.add_erased(with, value);
}

condition::condition(std::string_view field, std::string_view operation)
    : pieces_{{kind::field, field}, {kind::sql, operation}} {}

condition condition::both(condition left, std::string_view word, condition right) {
    if (left.empty()) return right; // the empty condition is left out, whatever joins it
    if (right.empty()) return left;
    left.pieces_.insert(left.pieces_.begin(), {kind::sql, "("});
    left.pieces_.push_back({kind::sql, word});
    left.pieces_.insert(left.pieces_.end(), right.pieces_.begin(), right.pieces_.end());
    left.pieces_.push_back({kind::sql, ")"});
    left.values_.append(right.values_);
    return left;
}

condition condition::negation(condition of) {
    if (of.empty())
        throw usage_error(
            "the negation of an empty filter holds for no row; leave it out, or say what is meant");
    of.pieces_.insert(of.pieces_.begin(), {kind::sql, "NOT ("});
    of.pieces_.push_back({kind::sql, ")"});
    return of;
}

void condition::render(const table_description& table, std::string& text, parameters& values) const {
    if (pieces_.empty()) text += "true";
    std::size_t next = values.size() + 1;
    for (const auto& one : pieces_) {
        if (one.is == kind::sql) text += one.text;
        else if (one.is == kind::value) text += "($" + std::to_string(next++) + ')';
        else text += connection::quote_identifier(column_of_field(table, one.text));
    }
    values.append(values_);
}

void orderings::add(const ordering& one) {
    all_.push_back(one);
}
void orderings::add(const ordering* first, std::size_t count, std::size_t stride) {
    const auto* at = reinterpret_cast<const std::byte*>(first);
    for (; count > 0; --count, at += stride) all_.push_back(*reinterpret_cast<const ordering*>(at));
}

std::string escape_like(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string_view column_of_field(const table_description& table, std::string_view field) {
    for (const auto& one : table.row->fields)
        if (one.field == field) return one.column;
    throw usage_error("the row struct of " + std::string(table.name) + " has no field " + std::string(field));
}

} // namespace howdah::detail
