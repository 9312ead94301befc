// SPDX-License-Identifier: BSL-1.0
#include <howdah/copy.hpp>

#include <algorithm>
#include <array>

#include "copied_query.hpp"
#include "open_form.hpp"
#include "row_writer.hpp"

namespace howdah::detail {

namespace {

std::string quoted_list(std::span<const std::string_view> names) {
    std::string text;
    for (const auto name : names)
        text.append(text.empty() ? "" : ", ").append(connection::quote_identifier(name));
    return text;
}

std::string table_text(const copy_target& target) {
    const auto table = connection::quote_identifier(target.table);
    return target.schema.empty() ? table : connection::quote_identifier(target.schema) + '.' + table;
}

// ---- in

/// The fields that are copied: all, or those of the target's columns, in the target's order.
std::vector<std::size_t> chosen_fields(const copy_target& target, const row_description& row) {
    std::vector<std::size_t> chosen;
    if (target.columns.empty())
        for (std::size_t i = 0; i < row.fields.size(); ++i) chosen.push_back(i);
    for (const auto& column : target.columns) {
        const auto found = std::ranges::find(row.fields, std::string_view(column), &row_field::column);
        if (found == row.fields.end())
            throw usage_error(std::string(row.type) + " has no field for the column \"" + column +
                              "\" to copy");
        chosen.push_back(static_cast<std::size_t>(found - row.fields.begin()));
    }
    return chosen;
}

std::string placeholders(std::size_t count) {
    std::string text;
    for (std::size_t i = 1; i <= count; ++i) text.append(i > 1 ? ", $" : "$").append(std::to_string(i));
    return text;
}

/// The steps that write a struct's fields into these columns. COPY converts nothing: one usage_error lists every field
/// that would have to be converted.
std::vector<writing_step> plan_steps(const row_description& row, std::span<const std::size_t> chosen,
                                     std::span<const column_type> types,
                                     std::span<const std::shared_ptr<const type_details>> structures) {
    std::vector<writing_step> steps;
    std::string faults;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const auto& field = row.fields[chosen[i]];
        steps.push_back(exact_step(field, chosen[i], types[i], structures[i].get()));
        if (steps.back().write) continue;
        faults.append(faults.empty() ? "" : "; ").append("column \"").append(field.column).append("\" is ");
        faults.append(types[i].base < oids::first_user_defined ? type_name(types[i].base) : types[i].name);
        faults.append(", which COPY does not make from ").append(field.codec->name());
        if (!structures[i]) continue;
        const auto why = binary_obstacle(*field.codec, {structures[i]->type, structures[i].get()});
        faults.append(why.empty() ? "" : ": ").append(why);
    }
    if (!faults.empty())
        throw usage_error("the rows do not fit the table: " + faults +
                          " (give the field the type of its column, or use insert_many() of a repository)");
    return steps;
}

} // namespace

struct row_copier::state {
    state(executor& on, const copy_target& target, const row_description& row) : row_(row), unit_(on) {
        const auto chosen = chosen_fields(target, row);
        std::vector<std::string_view> names;
        for (const auto field : chosen) names.push_back(row.fields[field].column);
        const auto into = table_text(target) + " (" + quoted_list(names) + ')';
        // As COPY does, it may set columns that are GENERATED ALWAYS AS IDENTITY.
        const auto insert =
            "INSERT INTO " + into + " OVERRIDING SYSTEM VALUE VALUES (" + placeholders(chosen.size()) + ')';
        const auto timeout = unit_.timeout(target.timeout);
        const auto types = describe_afresh(unit_.on(), insert, timeout).parameter_types;
        const auto columns = column_types_of(unit_.on(), types, chosen.size());
        look_at_structs(chosen, names, types);
        steps_ = plan_steps(row, chosen, columns, structures_);
        rows_.emplace(unit_.on(), "COPY " + into + " FROM STDIN (FORMAT binary)", timeout, target.table);
    }

    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() { unit_.give_up(rows_); }

    void write(const void* row) {
        require_open();
        if (written_ == 0) place_steps(steps_, row_, row);
        auto& to = rows_->buffer();
        const auto begin = to.size();
        const writing_step* step = steps_.data();
        try {
            to.write(static_cast<std::int16_t>(steps_.size()));
            const auto* const first = static_cast<const std::byte*>(row);
            for (const auto* const end = step + steps_.size(); step != end; ++step)
                write_cell(*step, first + step->offset, to);
        } catch (const usage_error& refusal) {
            to.shrink(begin);
            throw usage_error("column \"" + std::string(step->column) + "\", row " +
                              std::to_string(written_) + ": " + refusal.what());
        } catch (...) {
            to.shrink(begin);
            throw;
        }
        ++written_;
        or_end([&] { rows_->send_when_full(); });
    }

    std::size_t finish() {
        require_open();
        std::size_t stored = 0;
        or_end([&] { stored = rows_->finish(); });
        rows_.reset();
        unit_.commit();
        return stored;
    }

    void require_open() const {
        if (!rows_)
            throw usage_error(
                "this COPY has ended: the rows were stored, or it has failed; begin another one");
    }

    template <class Work> void or_end(Work work) {
        try {
            work();
        } catch (...) {
            unit_.give_up(rows_);
            throw;
        }
    }

    /// What structs are written as. From here on that stays as it is: the server keeps the table as it is.
    void look_at_structs(std::span<const std::size_t> chosen, std::span<const std::string_view> names,
                         std::span<const oid> types) {
        const auto codec = [&](std::size_t i) -> auto& { return *row_.fields[chosen[i]].codec; };
        structures_.resize(chosen.size());
        bool fresh = false;
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            if (!codec(i).parts.attributes) continue;
            if (!fresh) forget_types(unit_.on());
            fresh = true;
            structures_[i] = check_column(unit_.on(), types[i], codec(i), names[i]);
        }
    }

    const row_description& row_;
    copy_unit unit_;
    std::vector<std::shared_ptr<const type_details>> structures_; // what the steps point at
    std::vector<writing_step> steps_;
    std::optional<copy_sender> rows_;
    std::size_t written_ = 0;
};

row_copier::row_copier(executor& on, const copy_target& target, const row_description& row)
    : state_(std::make_unique<state>(on, target, row)) {}
row_copier::row_copier(row_copier&&) noexcept = default;
row_copier& row_copier::operator=(row_copier&&) noexcept = default;
row_copier::~row_copier() = default;
void row_copier::write(const void* row) {
    state_->write(row);
}
std::size_t row_copier::finish() {
    return state_->finish();
}
std::size_t row_copier::rows_written() const noexcept {
    return state_ ? state_->written_ : 0;
}

// ---- out

struct copied_reader::state {
    state(executor& on, const statement& what, const parameters& values, const row_description& row)
        : query_(on, what, values, row, "query() or stream()"), decoder_(*query_.columns().plan) {}

    /// Are there rows at hand that have not been read?
    bool receive() {
        auto* const rows = query_.rows();
        if (!rows) return false;
        if (read_ < received_ && !rows->is_cut_short()) return true;
        first_ = received_;
        received_ += rows->receive_rows();
        if (read_ < received_) return true;
        query_.finish();
        return false;
    }

    void decode(row_block& into) {
        try {
            query_.rows()->decode(decoder_, read_ - first_, into);
        } catch (...) {
            // Those before it are given first; the next call will come to it again.
            if (into.done == 0) query_.columns().refuse(decoder_.failed(), read_);
        }
        read_ += into.done;
    }

    std::size_t read(void* into, std::size_t count, std::size_t stride) {
        try {
            row_block block{into, count, stride, true};
            if (receive()) decode(block);
            return block.done;
        } catch (...) {
            end();
            throw;
        }
    }

    void end() noexcept {
        query_.give_up();
        received_ = read_; // what is at hand has gone with it
    }

    copied_query query_;
    cell_decoder decoder_;
    std::size_t received_ = 0, read_ = 0, first_ = 0; // rows; first_: of those at hand
};

copied_reader::copied_reader(executor& on, const statement& what, const parameters& values,
                             const row_description& row)
    : state_(std::make_unique<state>(on, what, values, row)) {}
copied_reader::copied_reader(copied_reader&&) noexcept = default;
copied_reader& copied_reader::operator=(copied_reader&&) noexcept = default;
copied_reader::~copied_reader() = default;
bool copied_reader::is_cut_short() const noexcept {
    const auto* const rows = state_->query_.rows();
    return rows && rows->is_cut_short();
}
std::size_t copied_reader::read(void* into, std::size_t count, std::size_t stride) {
    return state_->read(into, count, stride);
}
void copied_reader::close() noexcept {
    if (state_) state_->end();
}

void run_copy_out(executor& on, const statement& what, const parameters& values, const row_description& row,
                  const row_sink& sink) {
    constexpr std::size_t step = 256; // vectors grow by more than they are asked for
    copied_reader::state rows(on, what, values, row);
    std::size_t count = 0, room = 0;
    std::byte* first = nullptr;
    while (rows.receive()) {
        if (count == room) first = static_cast<std::byte*>(sink.resize(sink.container, room += step));
        row_block block{first + count * sink.stride, room - count, sink.stride};
        rows.decode(block);
        count += block.done;
    }
    sink.resize(sink.container, count);
}

std::string copy_query(const copy_target& from, const row_description& row) {
    std::vector<std::string_view> names(from.columns.begin(), from.columns.end());
    if (names.empty())
        for (const auto& field : row.fields) {
            if (field.inner || field.column.empty())
                throw usage_error("a table has no columns by the names of " + std::string(row.type) +
                                  (field.inner ? ", which has a struct inside: copy a query that names them"
                                               : ": list the columns, or copy a query"));
            names.push_back(field.column);
        }
    return "SELECT " + quoted_list(names) + " FROM " + table_text(from);
}

} // namespace howdah::detail
