// SPDX-License-Identifier: BSL-1.0
//
// Keyset pages: the order with the key at its end, the condition "after that row", and the cursor that
// carries that row's values.
#include <howdah/page.hpp>

#include <charconv>

#include <howdah/connection.hpp>
#include <howdah/detail/repository_core.hpp>

namespace howdah::detail {

namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; // base64url, RFC 4648

std::string to_base64(std::string_view bytes) {
    std::string text;
    unsigned held = 0, bits = 0;
    for (const char c : bytes) {
        held = (held << 8) | static_cast<unsigned char>(c);
        for (bits += 8; bits >= 6; bits -= 6) text += digits[(held >> (bits - 6)) & 63];
        held &= (1U << bits) - 1;
    }
    if (bits > 0) text += digits[(held << (6 - bits)) & 63];
    return text;
}

std::string from_base64(std::string_view text) {
    std::string bytes;
    unsigned held = 0, bits = 0;
    for (const char c : text) {
        const auto value = digits.find(c);
        if (value == digits.npos) throw usage_error("this is no page cursor: pass page::next on as it is");
        held = ((held << 6) | static_cast<unsigned>(value)) & 0xFFFF;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes += static_cast<char>((held >> bits) & 0xFF);
    }
    return bytes;
}

/// "after the row with these values": one branch per column, each equal in the columns before it.
void render_after(const table_description& table, std::span<const ordering> order,
                  const std::vector<std::string>& after, std::string& text, parameters& values) {
    const auto first = values.size() + 1;
    const auto column = [&](std::size_t i) {
        return connection::quote_identifier(column_of_field(table, order[i].field));
    };
    const auto value = [&](std::size_t i) { return '$' + std::to_string(first + i); };
    text += '(';
    for (std::size_t last = 0; last < order.size(); ++last) {
        text += last ? " OR (" : "(";
        for (std::size_t i = 0; i < last; ++i) text += column(i) + " = " + value(i) + " AND ";
        text += column(last) + (order[last].descending ? " < " : " > ") + value(last) + ')';
    }
    text += ')';
    for (const auto& one : after) values.add(one);
}

/// The leading column alone once more: the branches above hide from the planner that one range of its index
/// is enough.
void render_bound(const table_description& table, const ordering& first, std::size_t number,
                  std::string& text) {
    text += " AND " + connection::quote_identifier(column_of_field(table, first.field)) +
            (first.descending ? " <= $" : " >= $") + std::to_string(number);
}

std::vector<ordering> with_key(const table_description& table, std::span<const ordering> order) {
    std::vector<ordering> full(order.begin(), order.end());
    for (const auto& one : full)
        if (one.nullable)
            throw usage_error("a keyset page cannot be ordered by " + std::string(one.field) +
                              ", which can be NULL: NULL is neither before nor after a value");
    for (const auto& one : full)
        if (column_of_field(table, one.field) == table.key) return full;
    for (const auto& field : table.row->fields)
        if (field.column == table.key)
            full.push_back({field.field, !full.empty() && full.back().descending, false});
    return full;
}

/// The columns of the order once more, as text, behind the columns of the row.
std::string cursor_columns(const table_description& table, std::span<const ordering> order) {
    std::string text;
    for (std::size_t i = 0; i < order.size(); ++i)
        text += ", " + connection::quote_identifier(column_of_field(table, order[i].field)) +
                "::text AS howdah_cursor_" + std::to_string(i);
    return text;
}

} // namespace

std::string pack_cursor(const std::vector<std::string>& values, std::string_view order) {
    std::string packed(order);
    packed += '\n';
    for (const auto& value : values) packed += std::to_string(value.size()) + ':' + value;
    return to_base64(packed);
}

std::vector<std::string> unpack_cursor(std::string_view cursor, std::string_view order, std::size_t values) {
    const auto packed = from_base64(cursor);
    std::string_view rest = packed;
    const auto end = rest.find('\n');
    if (end == rest.npos || rest.substr(0, end) != order)
        throw usage_error(
            "this page cursor belongs to another order: use it with the order_by that it was made with");
    rest.remove_prefix(end + 1);
    std::vector<std::string> unpacked;
    while (!rest.empty()) {
        std::size_t size = 0;
        const auto [colon, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
        const auto begin = static_cast<std::size_t>(colon - rest.data()) + 1;
        if (failure != std::errc{} || begin > rest.size() || *colon != ':' || size > rest.size() - begin)
            throw usage_error("this page cursor is damaged: pass page::next on as it is");
        unpacked.emplace_back(rest.substr(begin, size));
        rest.remove_prefix(begin + size);
    }
    // Several texts would decode to the same bytes; only the one that was handed out is taken back.
    if (unpacked.size() != values || pack_cursor(unpacked, order) != cursor)
        throw usage_error("this page cursor is damaged: pass page::next on as it is");
    return unpacked;
}

found_page run_page(executor& on, const table_description& table, const condition& where,
                    std::span<const ordering> order, std::size_t size,
                    const std::optional<std::string>& after) {
    if (size == 0) throw usage_error("a page has at least one row: page_request::size is 0");
    const auto full = with_key(table, order);
    const auto spelled = order_text(table, full);
    parameters values;
    std::string text = select_columns(table) + cursor_columns(table, full) + from_table(table) + " WHERE ";
    where.render(table, text, values);
    if (after) {
        text += " AND ";
        const auto number = values.size() + 1;
        render_after(table, full, unpack_cursor(*after, spelled, full.size()), text, values);
        render_bound(table, full.front(), number, text);
    }
    text += " ORDER BY " + spelled + " LIMIT " +
            std::to_string(size + 1); // one more tells whether there is another page
    statement what(text);
    what.reading = reading_of(*table.row, other_columns::allowed);
    found_page page{on.run(what, values), size};
    if (page.answer.row_count() <= size) {
        page.rows = page.answer.row_count();
        return page;
    }
    std::vector<std::string> last;
    for (std::size_t i = 0; i < full.size(); ++i)
        last.push_back(page.answer.value<std::string>(size - 1, table.row->fields.size() + i));
    page.next = pack_cursor(last, spelled);
    return page;
}

} // namespace howdah::detail
