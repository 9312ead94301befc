// SPDX-License-Identifier: BSL-1.0
//
// Diagrams of tables and foreign keys.
#include <algorithm>
#include <map>

#include "schema.hpp"

namespace howdah::cli {
namespace {

/// Mermaid takes letters, digits and underscores in names and types.
std::string plain(std::string text) {
    for (char& c : text)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) c = '_';
    return text;
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '&') out += "&amp;";
        else if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else out += c;
    }
    return out;
}

/// "users" in the schema public, else "schema.table".
std::string shown_name(const std::string& full) {
    return full.starts_with("public.") ? full.substr(7) : full;
}

bool drawn(const schema_relation& relation) {
    return relation.kind.find("table") != std::string::npos;
}

/// "FOREIGN KEY (a, b) REFERENCES ...": is the column one of these?
bool refers_by(const schema_relation& relation, const schema_column& column) {
    constexpr std::string_view begin = "FOREIGN KEY (";
    return std::any_of(relation.constraints.begin(), relation.constraints.end(), [&](const schema_item& one) {
        if (!one.definition.starts_with(begin)) return false;
        const auto names = one.definition.substr(begin.size(), one.definition.find(')') - begin.size());
        return (", " + names + ", ").find(", " + column.name + ", ") != names.npos ||
               names.find('"' + column.name + '"') != names.npos;
    });
}

/// Places the tables: those that refer to nothing on the left, others right of what they refer to.
class drawing {
public:
    explicit drawing(const database_schema& from) {
        for (const auto& relation : from.relations)
            if (drawn(relation)) boxes_[relation.full_name()].of = &relation;
        for (auto& [name, box] : boxes_) box.rank = rank_of(name, 0);
        place();
    }

    std::string text() const {
        std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(width_) +
                          "\" height=\"" + std::to_string(height_) +
                          "\" font-family=\"monospace\" font-size=\"12\">\n"
                          "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
        for (const auto& [name, box] : boxes_)
            for (const auto& reference : box.of->references) out += line(box, reference);
        for (const auto& [name, box] : boxes_) out += draw(name, box);
        return out + "</svg>\n";
    }

private:
    struct placed {
        const schema_relation* of = nullptr;
        int rank = -1, x = 0, y = 0, width = 0, height = 0;
    };
    static constexpr int row = 18, gap = 60;

    /// One more than what it refers to; circles are cut where they close.
    int rank_of(const std::string& name, int depth) {
        auto& self = boxes_[name];
        if (self.rank >= 0 || depth > 50) return std::max(self.rank, 0);
        self.rank = 0; // met again: a circle
        int rank = 0;
        for (const auto& reference : self.of->references)
            if (reference.table != name && boxes_.count(reference.table))
                rank = std::max(rank, rank_of(reference.table, depth + 1) + 1);
        return self.rank = rank;
    }

    void place() {
        std::map<int, int> widths, bottoms;
        for (auto& [name, box] : boxes_) {
            auto letters = shown_name(name).size();
            for (const auto& column : box.of->columns)
                letters = std::max(letters, column.name.size() + column.type.size() + 4);
            box.width = static_cast<int>(letters) * 8 + 16;
            box.height = row * (static_cast<int>(box.of->columns.size()) + 1) + 8;
            widths[box.rank] = std::max(widths[box.rank], box.width);
            box.y = 20 + bottoms[box.rank];
            bottoms[box.rank] += box.height + 30;
            height_ = std::max(height_, bottoms[box.rank] + 20);
        }
        int x = 20;
        for (const auto& [rank, width] : widths) {
            for (auto& [name, box] : boxes_)
                if (box.rank == rank) box.x = x;
            x += width + gap;
        }
        width_ = std::max(x - gap + 20, 40);
    }

    static std::string at(int x, int y) {
        return "x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + '"';
    }

    static std::string draw(const std::string& name, const placed& of) {
        auto out = "<rect " + at(of.x, of.y) + " width=\"" + std::to_string(of.width) + "\" height=\"" +
                   std::to_string(of.height) + "\" fill=\"#f7f7f7\" stroke=\"#333\"/>\n<text " +
                   at(of.x + 8, of.y + row - 4) + " font-weight=\"bold\">" + escaped(shown_name(name)) +
                   "</text>\n";
        int y = of.y + row;
        for (const auto& column : of.of->columns)
            out += "<text " + at(of.x + 8, y += row) + '>' + escaped(column.name) +
                   (column.in_primary_key ? " *" : "") + " <tspan fill=\"#888\">" + escaped(column.type) +
                   "</tspan></text>\n";
        return out;
    }

    std::string line(const placed& from, const schema_reference& reference) const {
        const auto found = boxes_.find(reference.table);
        if (found == boxes_.end()) return {};
        const auto& to = found->second;
        const bool leftwards = to.x < from.x;
        const int x1 = leftwards ? from.x : from.x + from.width, y1 = from.y + row / 2;
        const int x2 = to.x + to.width, y2 = to.y + row / 2 + 6;
        const int bend = leftwards ? -gap / 2 : gap / 2;
        return "<path d=\"M" + std::to_string(x1) + ' ' + std::to_string(y1) + " C" +
               std::to_string(x1 + bend) + ' ' + std::to_string(y1) + ' ' + std::to_string(x2 + gap / 2) +
               ' ' + std::to_string(y2) + ' ' + std::to_string(x2) + ' ' + std::to_string(y2) +
               "\" fill=\"none\" stroke=\"#36c\"><title>" + escaped(reference.name) + "</title></path>\n";
    }

    std::map<std::string, placed> boxes_;
    int width_ = 0, height_ = 40;
};

} // namespace

std::string mermaid_of(const database_schema& from) {
    std::string out = "erDiagram\n";
    for (const auto& relation : from.relations) {
        if (!drawn(relation)) continue;
        out += "    " + plain(shown_name(relation.full_name())) + " {\n";
        for (const auto& column : relation.columns) {
            std::string keys = column.in_primary_key ? " PK" : "";
            if (refers_by(relation, column)) keys += keys.empty() ? " FK" : ",FK";
            out += "        " + plain(column.type) + ' ' + plain(column.name) + keys + '\n';
        }
        out += "    }\n";
    }
    for (const auto& relation : from.relations)
        for (const auto& reference : relation.references)
            out += "    " + plain(shown_name(relation.full_name())) + " }o--|| " +
                   plain(shown_name(reference.table)) + " : " + plain(reference.name) + '\n';
    return out;
}

std::string svg_of(const database_schema& from) {
    return drawing(from).text();
}

} // namespace howdah::cli
