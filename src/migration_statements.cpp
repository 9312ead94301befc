// SPDX-License-Identifier: BSL-1.0
#include "migration_statements.hpp"

namespace howdah::detail {

migration_statements::migration_statements(const migration_side& side) : side_(side) {
    const auto script = read_sql(side.text, side.wrapped ? sql_wrapping::allowed : sql_wrapping::refused);
    pieces_.reserve(script.commands.size()); // spans point into them
    for (const auto& command : script.commands) {
        if (command.blank()) continue;
        pieces_.push_back(read_pieces(side.text, command.first, command.last));
        statements_.push_back({classify(pieces_.back()), command.first});
        const auto& made = statements_.back().statement;
        if ((made.is("create table") || made.is("create materialized view")) && !made.tables.empty())
            created_.emplace(made.tables.front(), command.first);
    }
}

text_position migration_statements::place(std::size_t offset) const noexcept {
    if (offset < counted_to_) {
        counted_to_ = 0;
        counted_ = {};
    }
    for (; counted_to_ < offset; ++counted_to_) {
        const char byte = side_.text[counted_to_];
        if (byte == '\n') counted_ = {counted_.line + 1, 1};
        else if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U) ++counted_.column;
    }
    return {counted_.line + side_.lines_before, counted_.column};
}

bool migration_statements::created_before(const std::string& table, std::size_t offset) const {
    const auto found = created_.find(table);
    return found != created_.end() && found->second < offset;
}

} // namespace howdah::detail
