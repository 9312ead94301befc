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

/// The structs among the values, in the binary form of what they are sent as; those that have none stay text.
class closed_structs {
public:
    closed_structs(const detail::bound_values& from, const detail::known_statement& known,
                   const detail::type_catalogue& types) {
        for (const auto& one : from.checked) {
            const oid type = one.index < known.parameter_types.size() ? known.parameter_types[one.index] : 0;
            const auto* const details = types.find(type);
            const std::string_view open(from.bytes + one.open, one.open_size);
            const auto begin = bytes_.size();
            if (details && !open.empty() && detail::close_form(*one.codec, open, {type, details}, bytes_))
                all_.push_back({one.index, type, begin, static_cast<int>(bytes_.size() - begin)});
        }
    }
    /// `types`: of all values, if they are sent along.
    void put_into(detail::parameter_arrays& arrays, std::vector<oid>& types) const noexcept {
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

/// Whose types fit into the 30,000 bytes that libpq takes for one message of this kind.
constexpr std::size_t most_described = 7'498;

/// Leaves pipeline mode whatever happens in between. If that was in the middle of the exchange, the session is broken.
class pipeline {
public:
    pipeline(PGconn* handle, bool& broken)
        : handle_(handle), broken_(broken), entered_(PQenterPipelineMode(handle) == 1) {}
    pipeline(const pipeline&) = delete;
    pipeline& operator=(const pipeline&) = delete;
    ~pipeline() {
        if (entered_ && !PQexitPipelineMode(handle_)) broken_ = true;
    }
    [[nodiscard]] bool entered() const noexcept { return entered_; }

private:
    PGconn* handle_;
    bool& broken_;
    bool entered_;
};

} // namespace

// Where a text would become a money, the server's lc_monetary would decide which. (A number is converted, not read.)
void connection::session::refuse_money(const detail::known_statement& known) {
    for (std::size_t i = 0; i < known.parameter_types.size(); ++i)
        if (const auto advice = detail::advice_on(known.parameter_types[i]); !advice.empty())
            throw usage_error("parameter $" + std::to_string(i + 1) + " is taken for " +
                              type_name(known.parameter_types[i]) + std::string(advice));
}

void connection::session::note_state_left_by(std::string_view text) noexcept {
    dirty = dirty || detail::may_leave_session_state(text);
    dirty_prepared = dirty_prepared || detail::may_touch_prepared_statements(text);
}

/// The answers are: parsed, described, synchronised, with a null after each of the first two.
void connection::session::receive_description(reception& into, deadline until) {
    for (bool synchronised = false; !synchronised;) {
        auto received = next_result(until);
        const auto status = received ? PQresultStatus(received.get()) : PGRES_EMPTY_QUERY;
        synchronised = status == PGRES_PIPELINE_SYNC;
        if (status == PGRES_FATAL_ERROR && !into.failure) into.failure = std::move(received);
        else if (status == PGRES_COMMAND_OK) into.last = std::move(received);
        if (!synchronised && PQstatus(handle.get()) == CONNECTION_BAD) lose();
    }
}

detail::known_statement&
connection::session::learn(const statement& what, std::span<const parameters::entry> values, deadline until) {
    if (auto* known = statements.find(what.text, values)) return *known;
    detail::refuse_nul(what.text);
    drop_unwanted(until);
    if (auto evicted = statements.make_room(); !evicted.empty()) deallocate(std::move(evicted), until);

    detail::known_statement fresh;
    fresh.text = what.text;
    fresh.types = types_of(values);
    if (config.prepare_statements && what.prepare) fresh.name = statements.next_name(fresh);
    fresh.leaves_session_state = detail::may_leave_session_state(what.text);
    dirty_prepared = dirty_prepared || detail::may_touch_prepared_statements(what.text);

    const auto described = describe(fresh, until);
    try {
        note_description(fresh, described.get());
        return statements.insert(std::move(fresh));
    } catch (...) { // the server has it, and nobody here will know
        unwanted = std::move(fresh.name);
        throw;
    }
}

void connection::session::deallocate(std::string name, deadline until) {
    unwanted = std::move(name);
    drop_unwanted(until);
}

void connection::session::drop_unwanted(deadline until) {
    if (unwanted.empty()) return;
    const auto command = "DEALLOCATE " + unwanted;
    try {
        simple(command, until);
    } catch (const server_error& failure) {
        if (failure.sqlstate() != sqlstates::invalid_sql_statement_name)
            throw;        // a failed transaction, for one
        unwanted.clear(); // it is gone
        if (transaction_status() != PQTRANS_IDLE) throw;
    }
    unwanted.clear();
}

void connection::session::ask_for_description(detail::known_statement& of, deadline until) {
    note_description(of, describe(of, until).get());
}

detail::result_handle connection::session::describe(const detail::known_statement& of, deadline until) {
    // libpq takes a longer message with the parameters' types for a broken connection.
    if (of.types.size() > most_described)
        throw usage_error(
            "a statement that the server describes, as every prepared one, takes 7,498 values at most: "
            "send arrays, or several statements");
    // Parse and Describe travel together: one round trip.
    reception all;
    {
        const pipeline both(handle.get(), broken);
        if (!both.entered() ||
            !PQsendPrepare(handle.get(), of.name.c_str(), of.text.c_str(), static_cast<int>(of.types.size()),
                           of.types.data()) ||
            !PQsendDescribePrepared(handle.get(), of.name.c_str()) || !PQpipelineSync(handle.get()))
            lose();
        receive_or_cancel(of.text, until, [&](deadline last) { receive_description(all, last); });
    }
    if (all.failure) detail::throw_server_error(all.failure.get(), of.text);
    return std::move(all.last);
}

void connection::session::send_rarely(const statement& what, const detail::bound_values& values,
                                      const detail::known_statement* known, format encoding) {
    detail::parameter_arrays arrays(values);
    const bool prepared = known && !known->name.empty();
    auto types_sent = prepared ? std::vector<oid>() : types_of(values.entries);
    std::optional<closed_structs> structs;
    if (known && !values.checked.empty()) structs.emplace(values, *known, types).put_into(arrays, types_sent);
    if (!known) detail::refuse_nul(what.text);
    const int in_binary = static_cast<int>(encoding);
    const int sent = prepared ? PQsendQueryPrepared(handle.get(), known->name.c_str(), arrays.count,
                                                    arrays.values, arrays.lengths, arrays.formats, in_binary)
                              : PQsendQueryParams(handle.get(), detail::terminated_text(what.text).c_str(),
                                                  arrays.count, types_sent.data(), arrays.values,
                                                  arrays.lengths, arrays.formats, in_binary);
    if (!sent) lose();
}

detail::known_statement& connection::session::learn_to_read(const statement& what,
                                                            std::span<const parameters::entry> values,
                                                            deadline until) {
    for (;;) {
        auto& known = learn(what, values, until);
        if (!what.reading.make_plan) return known;
        const bool described_now = !known.has_run;
        const bool planned = known.plan && known.plan->reading == what.reading;
        const bool types_are_new = planned || learn_types(known, until);
        try {
            (void)known.plan_for(what.reading);
            return known;
        } catch (const decode_error&) {
            // The columns, or their types, may be others by now than they were when the server described them.
            if (!types_are_new) types.forget();
            auto name = std::move(known.name);
            statements.erase(known);
            if (!name.empty()) deallocate(std::move(name), until);
            if (described_now && types_are_new) throw;
        }
    }
}

detail::known_statement*
connection::session::learn_to_run(const statement& what, const detail::bound_values& values, deadline until) {
    if (!is_remembered(what, values)) {
        note_state_left_by(what.text);
        return nullptr;
    }
    auto& known = learn_to_read(what, values.entries, until);
    if (!known.has_run) refuse_money(known);
    return &known;
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

bool connection::session::is_worth_another_try(detail::known_statement* known, const server_error& failure,
                                               bool outside, deadline until) {
    std::optional<std::string> forgotten;
    forget_if_stale(known, failure, forgotten);
    // Inside a transaction the failure has already ended it; outside, nothing has happened yet.
    if (!forgotten || !outside || transaction_status() != PQTRANS_IDLE) return false;
    const bool gone = failure.sqlstate() == sqlstates::invalid_sql_statement_name;
    if (!gone && !forgotten->empty()) deallocate(std::move(*forgotten), until);
    return true;
}

} // namespace howdah
