// SPDX-License-Identifier: BSL-1.0
//
// Running statements: prepared on the connection, or unnamed where that cannot be.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "open_form.hpp"
#include "server_failure.hpp"
#include "session.hpp"

namespace howdah {

namespace {

/// libpq's parallel arrays; on the stack for the usual number of parameters.
class parameter_arrays {
public:
    [[gnu::always_inline]] explicit parameter_arrays(const parameters& from) {
        const auto count = from.size();
        if (count <= few) {
            fill(from, few_values_, few_numbers_, few_numbers_ + few);
            return;
        }
        many_values_.reset(new const char*[count]);
        many_numbers_.reset(new int[2 * count]);
        fill(from, many_values_.get(), many_numbers_.get(), many_numbers_.get() + count);
    }
    const char** values;
    int *lengths, *formats;

private:
    static constexpr std::size_t few = 16;
    void fill(const parameters& from, const char** value, int* length, int* encoding) noexcept {
        values = value, lengths = length, formats = encoding;
        const char* const bytes = from.bytes();
        for (const auto& entry : from.entries()) {
            *value++ = entry.length < 0 ? nullptr : entry.outside ? entry.outside : bytes + entry.offset;
            *length++ = entry.length;
            *encoding++ = static_cast<int>(entry.encoding);
        }
    }
    const char* few_values_[few];
    int few_numbers_[2 * few];
    std::unique_ptr<const char*[]> many_values_;
    std::unique_ptr<int[]> many_numbers_;
};

/// The structs among the values, in the binary form of what they are sent as; those that have none stay text.
class closed_structs {
public:
    closed_structs(const parameters& from, const detail::known_statement& known,
                   const detail::type_catalogue& types) {
        for (const auto& one : from.checked()) {
            const oid type = one.index < known.parameter_types.size() ? known.parameter_types[one.index] : 0;
            const auto* const details = types.find(type);
            const std::string_view open(from.bytes() + one.open, one.open_size);
            const auto begin = bytes_.size();
            if (details && !open.empty() && detail::close_form(*one.codec, open, {type, details}, bytes_))
                all_.push_back({one.index, type, begin, static_cast<int>(bytes_.size() - begin)});
        }
    }
    /// `types`: of all values, if they are sent along.
    void put_into(parameter_arrays& arrays, std::vector<oid>& types) const noexcept {
        for (const auto& one : all_) {
            arrays.values[one.index] = bytes_.data() + one.begin;
            arrays.lengths[one.index] = one.size;
            arrays.formats[one.index] = 1;
            if (!types.empty())
                types[one.index] = one.type; // whatever it is by now, these bytes are no other type's
        }
    }

private:
    struct closed {
        std::size_t index;
        oid type;
        std::size_t begin;
        int size;
    };
    byte_writer bytes_;
    std::vector<closed> all_;
};

std::vector<oid> types_of(std::span<const parameters::entry> values) {
    std::vector<oid> types;
    types.reserve(values.size());
    for (const auto& entry : values) types.push_back(entry.type);
    return types;
}

void refuse_nul(std::string_view text) {
    if (text.find('\0') != text.npos) throw usage_error("a statement cannot hold a NUL byte");
}

void note_description(detail::known_statement& known, const PGresult* described) {
    // Parse answers without either; a statement has one description.
    for (int i = 0; i < PQnparams(described); ++i) known.parameter_types.push_back(PQparamtype(described, i));
    const int count = PQnfields(described);
    known.names.reserve(static_cast<std::size_t>(count)); // `columns` views into them
    for (int i = 0; i < count; ++i) {
        known.names.emplace_back(PQfname(described, i));
        known.columns.push_back({known.names.back(), PQftype(described, i), PQftable(described, i),
                                 static_cast<std::int16_t>(PQftablecol(described, i))});
    }
}

/// The type of a parameter was dropped: the server does not read values of that number, ever again. It calls that an
/// internal error (XX000), whose text it does not translate, and finds it before it runs anything.
bool has_lost_a_type(const detail::known_statement& known, const server_error& failure) {
    constexpr std::string_view lost = "cache lookup failed for type ";
    const auto& said = failure.message().message;
    return failure.sqlstate().text() == "XX000" && said.starts_with(lost) &&
           std::any_of(known.parameter_types.begin(), known.parameter_types.end(),
                       [&](oid type) { return said.substr(lost.size()) == std::to_string(type); });
}

/// What the server says of a struct in binary whose attributes have other types by now.
constexpr std::string_view datatype_mismatch = "42804";

/// The server has forgotten the statement, or its result has other columns since a table was changed.
bool is_stale(const server_error& failure) noexcept {
    return failure.sqlstate() == sqlstates::invalid_sql_statement_name ||
           failure.sqlstate() == sqlstates::feature_not_supported;
}

/// An unnamed statement is parsed anew each time: it may have other columns than when it was described.
bool same_columns(const detail::known_statement& known, const result& answer) noexcept {
    if (known.columns.size() != answer.column_count()) return false;
    for (std::size_t i = 0; i < known.columns.size(); ++i)
        if (known.columns[i].type != answer.column_type(i) || known.columns[i].name != answer.column_name(i))
            return false;
    return true;
}

/// Where a text would become a money, the server's lc_monetary would decide which. (A number is converted, not read.)
void refuse_money(const detail::known_statement& known) {
    for (std::size_t i = 0; i < known.parameter_types.size(); ++i)
        if (const auto advice = detail::advice_on(known.parameter_types[i]); !advice.empty())
            throw usage_error("parameter $" + std::to_string(i + 1) + " is taken for " +
                              type_name(known.parameter_types[i]) + std::string(advice));
}

/// Leaves pipeline mode whatever happens in between.
class pipeline {
public:
    explicit pipeline(PGconn* handle) : handle_(handle) { entered_ = PQenterPipelineMode(handle) == 1; }
    pipeline(const pipeline&) = delete;
    pipeline& operator=(const pipeline&) = delete;
    ~pipeline() {
        if (entered_) PQexitPipelineMode(handle_);
    }
    [[nodiscard]] bool entered() const noexcept { return entered_; }

private:
    PGconn* handle_;
    bool entered_;
};

} // namespace

void connection::session::note_state_left_by(std::string_view text) noexcept {
    dirty = dirty || detail::may_leave_session_state(text);
    dirty_prepared = dirty_prepared || detail::may_touch_prepared_statements(text);
}

/// The answers are: parsed, described, synchronised, with a null after each of the first two.
void connection::session::receive_description(detail::known_statement& of, detail::result_handle& failure,
                                              deadline until) {
    for (bool synchronised = false; !synchronised;) {
        auto received = next_result(until);
        const auto status = received ? PQresultStatus(received.get()) : PGRES_EMPTY_QUERY;
        synchronised = status == PGRES_PIPELINE_SYNC;
        if (status == PGRES_FATAL_ERROR && !failure) failure = std::move(received);
        else if (status == PGRES_COMMAND_OK) note_description(of, received.get());
        if (!synchronised && PQstatus(handle.get()) == CONNECTION_BAD) lose();
    }
}

detail::known_statement&
connection::session::learn(const statement& what, std::span<const parameters::entry> values, deadline until) {
    if (auto* known = statements.find(what.text, values)) return *known;
    refuse_nul(what.text);
    if (auto evicted = statements.make_room(); !evicted.empty()) simple("DEALLOCATE " + evicted, until);

    detail::known_statement fresh;
    fresh.text = what.text;
    fresh.types = types_of(values);
    if (config.prepare_statements && what.prepare) fresh.name = statements.next_name(fresh);
    fresh.leaves_session_state = detail::may_leave_session_state(what.text);
    dirty_prepared = dirty_prepared || detail::may_touch_prepared_statements(what.text);

    ask_for_description(fresh, until);
    return statements.insert(std::move(fresh));
}

void connection::session::ask_for_description(detail::known_statement& of, deadline until) {
    // Parse and Describe travel together: one round trip.
    const pipeline both(handle.get());
    if (!both.entered() ||
        !PQsendPrepare(handle.get(), of.name.c_str(), of.text.c_str(), static_cast<int>(of.types.size()),
                       of.types.data()) ||
        !PQsendDescribePrepared(handle.get(), of.name.c_str()) || !PQpipelineSync(handle.get()))
        lose();
    detail::result_handle failure;
    receive_or_cancel(of.text, until, [&](deadline last) { receive_description(of, failure, last); });
    if (failure) detail::throw_server_error(failure.get(), of.text);
}

namespace {

/// Values with structs among them.
[[gnu::noinline]] bool send_with_structs(PGconn* to, const parameters& values,
                                         const detail::known_statement& known,
                                         const detail::type_catalogue& known_types, int in_binary) {
    parameter_arrays arrays(values);
    const bool prepared = !known.name.empty();
    auto types = prepared ? std::vector<oid>() : types_of(values.entries());
    const closed_structs structs(values, known, known_types);
    structs.put_into(arrays, types);
    const int count = static_cast<int>(values.size());
    return prepared ? PQsendQueryPrepared(to, known.name.c_str(), count, arrays.values, arrays.lengths,
                                          arrays.formats, in_binary)
                    : PQsendQueryParams(to, known.text.c_str(), count, types.data(), arrays.values,
                                        arrays.lengths, arrays.formats, in_binary);
}

} // namespace

void connection::session::send(const statement& what, const parameters& values,
                               const detail::known_statement* known, format encoding) {
    const parameter_arrays arrays(values);
    const int count = static_cast<int>(values.size());
    const int in_binary = encoding == format::binary ? 1 : 0;
    if (!known) refuse_nul(what.text);
    const bool sent = known && values.any_checked()
                          ? send_with_structs(handle.get(), values, *known, types, in_binary)
                      : known && !known->name.empty()
                          ? PQsendQueryPrepared(handle.get(), known->name.c_str(), count, arrays.values,
                                                arrays.lengths, arrays.formats, in_binary)
                          : PQsendQueryParams(handle.get(), std::string(what.text).c_str(), count,
                                              types_of(values.entries()).data(), arrays.values,
                                              arrays.lengths, arrays.formats, in_binary);
    if (!sent) lose();
    just_sent = true;
}

detail::known_statement&
connection::session::learn_to_read(const statement& what, std::span<const parameters::entry> values,
                                   deadline until, detail::shared<const detail::reading_plan>& plan) {
    for (;;) {
        auto& known = learn(what, values, until);
        if (!what.reading.make_plan) return known;
        const bool described_now = !known.has_run;
        const bool planned = known.plan && known.plan->reading == what.reading;
        const bool types_are_new = planned || learn_types(known, until);
        try {
            plan = known.plan_for(what.reading);
            return known;
        } catch (const decode_error&) {
            // The columns, or their types, may be others by now than they were when the server described them.
            if (!types_are_new) types.forget();
            const std::string name = known.name;
            statements.erase(known);
            if (!name.empty()) simple("DEALLOCATE " + name, until);
            if (described_now && types_are_new) throw;
        }
    }
}

detail::known_statement*
connection::session::begin_statement(const statement& what, const parameters& values, deadline until,
                                     detail::shared<const detail::reading_plan>& plan) {
    const bool remember =
        what.reading.make_plan || (config.prepare_statements && what.prepare) || values.any_checked();
    auto* known = remember ? statements.find(what.text, values.entries()) : nullptr;
    if (known && known->plan && known->plan->reading == what.reading) plan = known->plan; // the usual case
    else if (remember) known = &learn_to_read(what, values.entries(), until, plan);
    if (known && !known->has_run) refuse_money(*known);
    if (known && values.any_checked()) check_types(*known, values, until);
    if (known) dirty = dirty || known->leaves_session_state;
    else note_state_left_by(what.text);
    send(what, values, known, plan ? plan->encoding : what.encoding);
    return known;
}

void connection::session::accept(detail::known_statement* known, result& first,
                                 detail::shared<const detail::reading_plan> plan) {
    if (!known) return;
    known->has_run = true;
    if (!known->name.empty() || same_columns(*known, first)) first.set_plan(std::move(plan));
    else statements.erase(*known);
}

void connection::session::forget_if_stale(detail::known_statement* known, const server_error& failure,
                                          std::optional<std::string>& forgotten) {
    if (!known) return;
    if (failure.sqlstate().text() == datatype_mismatch && forget_if_altered(*known)) {
        forgotten.emplace();
        return;
    }
    if (!has_lost_a_type(*known, failure)) {
        if (!is_stale(failure)) known->has_run = true; // the server had it, though it failed
        if (!is_stale(failure) || !known->has_run)
            return; // a function of the user's may have raised the code
    }
    if (!known->name.empty()) forgotten = known->name;
    statements.erase(*known);
}

result connection::session::run_once(const statement& what, const parameters& values, deadline until,
                                     std::optional<std::string>& forgotten) {
    detail::shared<const detail::reading_plan> plan;
    auto* known = begin_statement(what, values, until, plan);
    try {
        auto answered = answer(what.text, until);
        if (!answered) return {};
        if (known && !known->name.empty()) {
            known->has_run = true;
            return result(answered.release(), std::move(plan));
        }
        result received(answered.release());
        accept(known, received, std::move(plan));
        return received;
    } catch (const server_error& failure) {
        forget_if_stale(known, failure, forgotten);
        throw;
    }
}

result connection::session::run(const statement& what, const parameters& values, deadline until) {
    return attempt_twice(until, [&](std::optional<std::string>& forgotten) {
        return run_once(what, values, until, forgotten);
    });
}

} // namespace howdah
