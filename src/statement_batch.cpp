// SPDX-License-Identifier: BSL-1.0
#include "statement_batch.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "server_failure.hpp"

namespace howdah::detail {

namespace {

constexpr std::size_t most_unflushed = 65'536;

/// Enough of a text to find the statement by, and nothing of it that may be a value.
std::string first_words(std::string_view text) {
    std::string words;
    for (const char c : text.substr(0, 40)) {
        if (c == '\'' || c == '$' || c == '"' || (c >= '0' && c <= '9')) break;
        words += c == '\n' || c == '\t' || c == '\r' ? ' ' : c;
    }
    if (words.size() < text.size())
        words.resize(words.find_last_of(' ') == words.npos ? 0 : words.find_last_of(' '));
    return words.size() < text.size() ? words + " ..." : words;
}

std::string place_of(const statement_batch& batch, std::size_t index) {
    return "statement " + std::to_string(index) + " of the pipeline (" +
           first_words(batch.entries[index].what.text) + ")";
}

} // namespace

void statement_batch::fail(std::size_t index, server_error why) {
    failed = index;
    failure.emplace(std::move(why));
    entries[index].outcome = pipeline_outcome::failed;
}

deadline batch_exchange::from_now() const {
    return last_ ? *last_ : deadline_in(batch_.timeout);
}

void batch_exchange::lose() {
    session_.broken = true;
    try {
        if (refusal_) report_failure();
    } catch (const std::bad_alloc&) { // the statement is one of the others then
    }
    for (auto& entry : batch_.entries)
        if (entry.outcome == pipeline_outcome::waiting) entry.outcome = pipeline_outcome::unknown;
    // Nothing takes effect before the server has seen the synchronisation.
    throw lost_connection(session_.handle.get(), sync_sent_ && !in_transaction_ && !refusal_);
}

void batch_exchange::run() {
    // Only a statement outside of a pipeline ends that.
    if (std::exchange(session_.row_by_row, false)) session_.simple("", from_now());
    if (!PQenterPipelineMode(session_.handle.get())) lose();
    try {
        exchange();
    } catch (const deadline_passed&) {
        const auto at = std::min(answered_, batch_.entries.size() - 1);
        session_.cancel_and_receive(batch_.entries[at].what.text, [&](deadline last) {
            last_ = last;
            exchange();
        });
    }
    if (!PQexitPipelineMode(session_.handle.get())) session_.broken = true;
    if (refusal_) report_failure();
}

void batch_exchange::exchange() {
    while (sent_ < batch_.entries.size() && !refusal_ && !last_) {
        send_next();
        if (unflushed_ >= most_unflushed) pump();
    }
    if (sent_ < batch_.entries.size() && !sync_sent_ && !poisoned_) poison();
    if (!sync_sent_) {
        if (!PQpipelineSync(session_.handle.get())) lose();
        sync_sent_ = true;
    }
    pump();
    while (!synchronised_) {
        while (PQisBusy(session_.handle.get())) {
            session_.wait(interest::read, from_now());
            if (!PQconsumeInput(session_.handle.get())) lose();
        }
        take(result_handle(PQgetResult(session_.handle.get())));
    }
}

void batch_exchange::send_next() {
    auto& entry = batch_.entries[sent_];
    session_.send(entry.what, entry.values, entry.known,
                  entry.plan ? entry.plan->encoding : entry.what.encoding);
    unflushed_ += 64 + entry.what.text.size() + entry.size;
    ++sent_;
}

/// Makes the synchronisation end in failure, if it has not failed yet: the rest is not sent, and the part that was must
/// not take effect alone.
void batch_exchange::poison() {
    if (!PQsendQueryPrepared(session_.handle.get(), "howdah_stopped", 0, nullptr, nullptr, nullptr, 0))
        lose();
    poisoned_ = true;
}

/// Sends what is buffered, and reads meanwhile: a server whose answers nobody reads stops reading.
void batch_exchange::pump() {
    auto* const handle = session_.handle.get();
    for (int rest = PQflush(handle); rest != 0; rest = PQflush(handle)) {
        if (rest < 0) lose();
        session_.wait(interest::read_or_write, from_now());
        if (!PQconsumeInput(handle)) lose();
        take_what_is_here();
    }
    unflushed_ = 0;
}

void batch_exchange::take_what_is_here() {
    auto* const handle = session_.handle.get();
    while (answered_ < sent_ && !PQisBusy(handle)) take(result_handle(PQgetResult(handle)));
}

void batch_exchange::take(result_handle received) {
    if (!received) { // the end of one statement's answer
        if (PQstatus(session_.handle.get()) == CONNECTION_BAD || answered_ > batch_.entries.size()) lose();
        ++answered_;
        return;
    }
    const bool ours = answered_ < sent_;
    switch (PQresultStatus(received.get())) {
    case PGRES_PIPELINE_SYNC: synchronised_ = true; break;
    case PGRES_PIPELINE_ABORTED: break;
    case PGRES_BAD_RESPONSE:
    case PGRES_FATAL_ERROR: note_failure(std::move(received)); break;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH: // no way out of it in a pipeline
        session_.broken = true;
        throw usage_error(
            "COPY ... FROM STDIN and TO STDOUT cannot be run in a pipeline; the connection is closed");
    default:
        if (!ours) break;
        answer(batch_.entries[answered_], received.release());
    }
}

void batch_exchange::answer(batched& entry, PGresult* received) {
    entry.outcome = pipeline_outcome::done;
    const bool named = entry.known && !entry.known->name.empty();
    if (named) entry.known->has_run = true;
    else entry.plan = nullptr; // it may have got other columns
    entry.answer = result(received, std::move(entry.plan));
}

void batch_exchange::note_failure(result_handle received) {
    if (PQstatus(session_.handle.get()) == CONNECTION_BAD &&
        !PQresultErrorField(received.get(), PG_DIAG_SQLSTATE))
        lose();
    if (refusal_) return;
    refusal_ = std::move(received);
    refused_ = answered_;
}

void batch_exchange::report_failure() {
    if (refused_ < sent_) {
        auto message = message_of(refusal_.get(), batch_.entries[refused_].what.text);
        message.place = place_of(batch_, refused_);
        return batch_.fail(refused_, server_error(std::move(message)));
    }
    const auto index = std::min(refused_, batch_.entries.size() - 1); // what we made fail ourselves
    batch_.fail(index, server_error({.severity = "ERROR",
                                     .sqlstate = sqlstates::query_canceled,
                                     .message = "the pipeline reached its deadline",
                                     .statement = std::string(batch_.entries[index].what.text),
                                     .place = place_of(batch_, index)}));
}

namespace {

/// The commands that cannot have committed anything by themselves.
bool only_touches_data(std::string_view command_tag) noexcept {
    constexpr std::array<std::string_view, 5> data{"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"};
    return std::ranges::any_of(data, [&](auto each) { return command_tag.starts_with(each); });
}

class batch_run {
public:
    batch_run(session_access::session& on, statement_batch& batch) : session_(on), batch_(batch) {}

    void operator()() {
        const bool outside = session_.transaction_status() == PQTRANS_IDLE;
        for (std::size_t least = 0;; least = batch_.failed + 1) {
            std::optional<std::string> forgotten;
            attempt(forgotten);
            if (!batch_.failure) return;
            const bool again = forgotten && outside && batch_.failed >= least &&
                               session_.transaction_status() == PQTRANS_IDLE && nothing_stays();
            if (!again) throw server_error(*batch_.failure);
            if (!forgotten->empty() && batch_.failure->sqlstate() != sqlstates::invalid_sql_statement_name)
                session_.deallocate(std::move(*forgotten), from_now());
            begin_again();
        }
    }

private:
    void attempt(std::optional<std::string>& forgotten) {
        make_known();
        batch_exchange(session_, batch_).run();
        for (auto& entry : batch_.entries)
            if (entry.outcome == pipeline_outcome::waiting) entry.outcome = pipeline_outcome::not_run;
        if (batch_.failure)
            session_.forget_if_stale(batch_.entries[batch_.failed].known, *batch_.failure, forgotten);
    }

    [[nodiscard]] deadline from_now() const { return deadline_in(batch_.timeout); }

    /// Statements that are new to the session take a round trip each, before anything is sent.
    void make_known() {
        bool learned = false;
        const batched* before = nullptr;
        for (auto& entry : batch_.entries) {
            if (before && is_same(entry, *before)) {
                entry.known = before->known;
                entry.plan = before->plan;
            } else {
                learned = look_up(entry) || learned;
            }
            before = &entry;
            // Now, while it is known: one that is learned after it may take its place, and its structs travel as texts.
            if (!entry.values.checked.empty()) session_.check_types(*entry.known, entry.values, from_now());
        }
        // One that was learned may have taken the place of another.
        if (learned)
            for (auto& entry : batch_.entries)
                if (entry.known)
                    entry.known = session_.statements.find(entry.what.text, entry.values.entries);
        for (const auto& entry : batch_.entries) {
            if (entry.known) session_.dirty |= entry.known->leaves_session_state;
            else session_.note_state_left_by(entry.what.text);
        }
    }

    static bool is_same(const batched& one, const batched& before) noexcept {
        return one.what.text.data() == before.what.text.data() && one.what.reading == before.what.reading &&
               one.what.prepare == before.what.prepare &&
               one.values.checked.empty() == before.values.checked.empty() &&
               std::ranges::equal(one.values.entries, before.values.entries,
                                  [](const auto& a, const auto& b) { return a.type == b.type; });
    }

    /// True if the session's statements are others now.
    bool look_up(batched& entry) {
        entry.known = session_.is_remembered(entry.what, entry.values)
                          ? session_.statements.find(entry.what.text, entry.values.entries)
                          : nullptr;
        const bool ready = entry.known && entry.known->is_ready_for(entry.what.reading);
        if (!ready) learn(entry);
        entry.plan = entry.what.reading.make_plan ? entry.known->plan : nullptr;
        return !ready;
    }

    void learn(batched& entry) {
        const auto index = static_cast<std::size_t>(
            std::ranges::find(batch_.entries, &entry, [](const batched& each) { return &each; }) -
            batch_.entries.begin());
        try {
            entry.known = session_.learn_to_run(entry.what, entry.values, from_now());
        } catch (const server_error& failure) {
            auto message = failure.message();
            message.place = place_of(batch_, index);
            batch_.fail(index, server_error(std::move(message)));
            throw server_error(*batch_.failure);
        } catch (const decode_error& failure) {
            throw decode_error(place_of(batch_, index) + ": " + failure.reason(), failure.value());
        }
    }

    [[nodiscard]] bool nothing_stays() const noexcept {
        return std::all_of(
            batch_.entries.begin(), batch_.entries.begin() + static_cast<std::ptrdiff_t>(batch_.failed),
            [](const batched& entry) { return only_touches_data(entry.answer.command_tag()); });
    }

    void begin_again() {
        batch_.failure.reset();
        for (auto& entry : batch_.entries) {
            entry.answer = {};
            entry.outcome = pipeline_outcome::waiting;
        }
    }

    session_access::session& session_;
    statement_batch& batch_;
};

} // namespace

void run_on(connection& on, statement_batch& batch, std::optional<std::chrono::milliseconds> timeout) {
    auto& session = session_access::of(on);
    const turn turn(session.in_use);
    batch.timeout = timeout.value_or(session.config.statement_timeout);
    try {
        batch_run(session, batch)();
    } catch (...) {
        // In the middle of an exchange there is no way back but to close.
        if (PQpipelineStatus(session.handle.get()) != PQ_PIPELINE_OFF) session.broken = true;
        for (auto& entry : batch.entries)
            if (entry.outcome == pipeline_outcome::waiting)
                entry.outcome = session.broken ? pipeline_outcome::unknown : pipeline_outcome::not_run;
        throw;
    }
}

} // namespace howdah::detail
