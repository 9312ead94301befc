// SPDX-License-Identifier: BSL-1.0
//
// How the columns of a result fill a row struct: the plan, made and checked once for a statement.
#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <howdah/detail/row_description.hpp>
#include <howdah/type_details.hpp>

#include "reading_plan.hpp"

namespace howdah::detail {

namespace {

constexpr std::size_t absent = static_cast<std::size_t>(-1);

/// The first column of this name, or `absent`.
std::size_t find_column(std::span<const column> columns, std::string_view name) noexcept {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].name == name) return i;
    return absent;
}

/// Which of them is meant cannot be known: `select *` of a join has such columns.
bool comes_again(std::span<const column> columns, std::size_t at) noexcept {
    return find_column(columns.subspan(at + 1), columns[at].name) != absent;
}

void add_fault(std::string& faults, const std::string& fault) {
    faults.append(faults.empty() ? "" : "; ").append(fault);
}

std::string quoted(std::string_view name) {
    return '"' + std::string(name) + '"';
}

std::string type_fault(std::string_view column, wire from, const row_field& field) {
    std::string fault = "column " + quoted(column) + " is " + refusal_of(*field.codec, from);
    if (from.encoding == format::binary && field.codec->decoder({from.type, format::text, from.details}))
        fault += " in its binary form (ask for text: statement::encoding)";
    return fault;
}

/// How many columns a row takes.
std::size_t width_of(const row_description& row) noexcept {
    std::size_t width = 0;
    for (const auto& field : row.fields) width += field.inner ? width_of(*field.inner) : 1;
    return width;
}

bool may_allocate(direct_form form) noexcept {
    return form == direct_form::none || form == direct_form::text || form == direct_form::optional_text;
}

/// Finds the column of every field; what does not fit is collected in `faults`.
class planner {
public:
    planner(const row_description& row, std::span<const column> columns, reading_plan& into)
        : row_(row), columns_(columns), used_(columns.size()), into_(into) {}

    /// Throws one decode_error for all faults. `strict`: columns without a field are faults too.
    void run(bool strict) {
        into_.steps.reserve(width_of(row_) + 1);
        into_.readers.reserve(width_of(row_));
        if (row_.with_sample)
            row_.with_sample([](void* self, void* sample) { static_cast<planner*>(self)->begin(sample); },
                             this);
        else begin(nullptr);
        if (strict || row_.lookup == column_lookup::in_order) check_surplus();
        if (!faults_.empty())
            throw decode_error("the result does not fit " + std::string(row_.type) + ": " + faults_);
        into_.steps.push_back({.direct = direct_form::end});
    }
    /// Could a field be read if the result came as text?
    [[nodiscard]] bool text_would_do() const noexcept { return text_would_do_; }

private:
    struct window {
        std::size_t first, count;
    };

    void begin(void* sample) {
        sample_ = static_cast<std::byte*>(sample);
        add_fields(row_, sample, {}, {0, columns_.size()});
    }

    /// `at`: where the struct stands in the sample; `prefix`: of its columns' names; `among`: the columns it may take.
    void add_fields(const row_description& row, void* at, const std::string& prefix, window among) {
        std::vector<void*> addresses(row.fields.size(), at);
        if (row.addresses) row.addresses(at, addresses.data());
        for (std::size_t i = 0; i < row.fields.size(); ++i) {
            const auto& field = row.fields[i];
            auto within = among;
            if (row.lookup == column_lookup::in_order) {
                within.count = std::min(among.count, field.inner ? width_of(*field.inner) : 1);
                among = {within.first + within.count, among.count - within.count};
            }
            const bool dealt = row.lookup != column_lookup::by_name;
            if (!field.inner) add_step(field, addresses[i], prefix, within, dealt);
            else
                add_struct(field, addresses[i], dealt ? prefix : prefix + std::string(field.column) + '.',
                           within);
        }
    }

    void add_struct(const row_field& field, void* at, const std::string& prefix, window among) {
        if (!field.engage) return add_fields(*field.inner, at, prefix, among);
        const auto group = into_.groups.size(), first = into_.steps.size();
        const auto outer = std::exchange(group_, static_cast<std::uint16_t>(group + 1));
        into_.groups.push_back(
            {field.engage, field.reset, offset_of(at), static_cast<std::uint16_t>(first), 0});
        add_fields(*field.inner, field.engage(at), prefix, among);
        into_.groups[group].count = static_cast<std::uint16_t>(into_.steps.size() - first);
        group_ = outer;
    }

    void add_step(const row_field& field, void* at, const std::string& prefix, window among, bool dealt) {
        const auto name = prefix + std::string(field.column);
        const auto candidates = columns_.subspan(among.first, among.count);
        const auto found = dealt && !candidates.empty() ? 0 : find_column(candidates, name);
        if (found == absent)
            return add_fault(faults_, dealt ? "there is no column for " + field.codec->name()
                                            : "there is no column " + quoted(name));
        if (!dealt && comes_again(candidates, found))
            add_fault(faults_, "column " + quoted(name) + " is there more than once (rename one with AS)");
        const auto& one = candidates[found];
        used_[among.first + found] = 1;
        const wire form{one.type, into_.encoding, one.details};
        const auto decode = field.codec->decoder(form);
        if (!decode) add_fault(faults_, type_fault(one.name, form, field));
        text_would_do_ =
            text_would_do_ || (!decode && field.codec->decoder({one.type, format::text, one.details}));
        into_.readers.push_back(
            {decode, field.codec->engage, form, field.codec}); // there is room: they stay where they are
        into_.steps.push_back({&into_.readers.back(), static_cast<std::uint32_t>(among.first + found),
                               offset_of(at), group_, direct_form_of(*field.codec, decode)});
        into_.allocates = into_.allocates || may_allocate(into_.steps.back().direct);
    }

    void check_surplus() {
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (used_[i] == 0)
                add_fault(faults_, "column " + quoted(columns_[i].name) +
                                       (row_.lookup == column_lookup::in_order
                                            ? " is left over (a tuple takes all columns in order)"
                                            : " has no field (the type is strict)"));
    }

    [[nodiscard]] std::uint32_t offset_of(void* at) const noexcept {
        return static_cast<std::uint32_t>(static_cast<std::byte*>(at) - sample_);
    }

    const row_description& row_;
    std::span<const column> columns_;
    std::vector<char> used_; // per column
    reading_plan& into_;
    std::byte* sample_ = nullptr;
    std::uint16_t group_ = 0; // the innermost optional struct
    bool text_would_do_ = false;
    std::string faults_;
};

bool is_strict(const row_reading& reading) noexcept;

/// For a result that comes in this encoding; or, without one, in text where a field cannot be read from binary.
shared<const reading_plan> plan_rows(const row_reading& reading, std::span<const column> columns,
                                     std::optional<format> encoding) {
    const auto& row = *static_cast<const row_description*>(reading.rows);
    auto plan = make_shared_object<reading_plan>(reading, encoding.value_or(format::binary));
    plan->columns = columns.size();
    planner fields(row, columns, *plan);
    try {
        fields.run(is_strict(reading));
    } catch (const decode_error&) {
        if (encoding || !fields.text_would_do()) throw;
        return plan_rows(reading, columns, format::text);
    }
    return plan;
}

template <other_columns Others>
shared<const reading_plan> make_plan(const row_reading& reading, std::span<const column> columns) {
    return plan_rows(reading, columns, std::nullopt);
}

bool is_strict(const row_reading& reading) noexcept {
    return reading.make_plan != &make_plan<other_columns::allowed> &&
           static_cast<const row_description*>(reading.rows)->strict;
}

std::vector<column> columns_of(const result& from) {
    std::vector<column> columns;
    columns.reserve(from.column_count());
    for (std::size_t i = 0; i < from.column_count(); ++i)
        columns.push_back({.name = from.column_name(i), .type = from.column_type(i)});
    return columns;
}

} // namespace

[[gnu::hot]] row_reading reading_of(const row_description& row, other_columns others) noexcept {
    return {others == other_columns::allowed ? &make_plan<other_columns::allowed>
                                             : &make_plan<other_columns::as_the_row_says>,
            &row};
}

shared<const reading_plan> plan_of(const row_reading& reading, const result& from) {
    return plan_rows(reading, columns_of(from), from.encoding());
}

void refuse_cell(const erased_codec& field, std::string_view column, std::size_t index) {
    try {
        throw;
    } catch (const decode_error& failure) {
        throw failure.at(column, index);
    } catch (const error&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& failure) { // a user's codec
        throw decode_error("refused by the codec of " + field.name(), failure.what()).at(column, index);
    }
}

} // namespace howdah::detail
