// SPDX-License-Identifier: BSL-1.0
#include "row_source.hpp"

#include <utility>

#include "server_failure.hpp"

namespace howdah::detail {

namespace {

constexpr const char* stream_is_open = "a stream is open on this connection, which can run no other "
                                       "statement meanwhile: read the stream to its end, close "
                                       "it, or take another connection";

/// In chunks, where libpq has them and more than one row at once is wanted.
bool asks_for_rows([[maybe_unused]] int at_once, PGconn* handle) noexcept {
#ifdef LIBPQ_HAS_CHUNK_MODE
    if (at_once > 1) return PQsetChunkedRowsMode(handle, at_once) == 1;
#endif
    return PQsetSingleRowMode(handle) == 1;
}

bool holds_rows(ExecStatusType status, const PGresult* received) noexcept {
    switch (status) {
    case PGRES_SINGLE_TUPLE: return true;
#ifdef LIBPQ_HAS_CHUNK_MODE
    case PGRES_TUPLES_CHUNK:
#endif
    case PGRES_TUPLES_OK: return PQntuples(received) > 0;
    default: return false;
    }
}

/// As if the server had cancelled it: what it answered after its deadline was dropped.
server_error reached_deadline(std::string_view text) {
    return server_error({.severity = "ERROR",
                         .sqlstate = sqlstates::query_canceled,
                         .message = "nothing came before the deadline",
                         .statement = std::string(text)});
}

} // namespace

row_source::row_source(connection_loan on, const statement& what, const parameters& values)
    : loan_(std::move(on)), session_(&session_access::of(**loan_)), text_(what.text),
      timeout_(what.timeout.value_or(session_->config.statement_timeout)),
      in_transaction_(session_->transaction_status() == PQTRANS_INTRANS) {
    turn_.emplace(session_->in_use, stream_is_open);
    session_->occupant = this;
    try {
        open(what, values);
    } catch (...) {
        end();
        throw;
    }
}

void row_source::open(const statement& what, const parameters& values) {
    const bool any = session_->begin_and_receive(what, values, from_now(), [&](known_statement* known) {
        if (!asks_for_rows(what.rows_at_once, session_->handle.get())) session_->lose();
        session_->row_by_row = true;
        session_->running = text_;
        failure_.reset(); // that of a first attempt
        return receive_first(known, what.reading);
    });
    if (!any) release();
}

bool row_source::receive_first(known_statement* known, const row_reading& reading) {
    const bool any = receive_rows(true);
    session_->accept(known, reading, rows_);
    if (rows_.plan()) plan_ = known->plan;
    return any;
}

bool row_source::next() {
    if (cut_short_) throw usage_error(cut_short_);
    if (!session_) return false;
    rows_ = result(); // before libpq makes the next ones, so that these have the same memory
    try {
        const bool any = receive_rows(false);
        if (!any) release();
        return any;
    } catch (...) {
        release(); // all is received, or the connection is broken
        throw;
    }
}

bool row_source::receive_rows(bool first) {
    bool any = false;
    try {
        if (first) session_->flush(from_now());
        any = take_rows();
    } catch (const deadline_passed&) {
        session_->cancel_and_receive(text_, [&](deadline last) { drop_the_rest(last); });
        refuse_failure();
        throw reached_deadline(text_);
    }
    if (!any) refuse_failure();
    return any;
}

bool row_source::take_rows() {
    auto* const handle = session_->handle.get();
    for (;;) {
        // Each wait has the whole timeout: what came before may be a part of a row, or of a chunk.
        while (PQisBusy(handle)) {
            session_->wait(interest::read, from_now());
            if (!PQconsumeInput(handle)) session_->lose();
        }
        result_handle received(PQgetResult(handle));
        if (!received) {
            if (PQstatus(handle) == CONNECTION_BAD) session_->lose();
            return false;
        }
        const auto status = PQresultStatus(received.get());
        if (holds_rows(status, received.get())) {
            rows_ = result(received.release());
            begun_ = true;
            return true;
        }
        if (status == PGRES_TUPLES_OK && !begun_) rows_ = result(received.release()); // it has the columns
        else note(std::move(received), from_now());
    }
}

void row_source::note(result_handle received, deadline until) {
    const auto status = PQresultStatus(received.get());
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
        copied_ = true;
        session_->refuse_copy(received.get(), until);
    } else if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
        if (!failure_) failure_ = std::move(received);
    }
}

void row_source::drop_the_rest(deadline until) {
    auto* const handle = session_->handle.get();
    for (;;) {
        while (PQisBusy(handle)) {
            // Rows that keep coming would never let a wait reach its deadline.
            if (std::chrono::steady_clock::now() >= until) throw deadline_passed{};
            session_->wait(interest::read, until);
            if (!PQconsumeInput(handle)) session_->lose();
        }
        result_handle received(PQgetResult(handle));
        if (!received) break;
        note(std::move(received), until);
    }
    if (PQstatus(handle) == CONNECTION_BAD) session_->lose();
}

void row_source::refuse_failure() const {
    if (copied_) throw usage_error("COPY ... FROM STDIN and TO STDOUT cannot be run as a statement");
    if (failure_) throw_server_error(failure_.get(), text_);
}

void row_source::end() noexcept {
    if (!session_) return;
    if (!session_->broken && PQtransactionStatus(session_->handle.get()) == PQTRANS_ACTIVE) {
        // A cancelled statement fails the transaction that it is in: there the rest is waited for first.
        const auto patience =
            in_transaction_ ? session_->config.cancel_timeout : std::chrono::milliseconds{0};
        try {
            session_->receive_or_cancel(text_, deadline_in(patience),
                                        [&](deadline until) { drop_the_rest(until); });
        } catch (...) {
            session_->broken = true;
        }
    }
    release();
}

void row_source::evict() noexcept {
    cut_short_ = "this stream was ended before its last row, with its transaction or by end_stream()";
    end();
}

void row_source::orphan() noexcept {
    cut_short_ = "the connection of this stream was destroyed before its last row";
    session_ = nullptr;
    turn_.reset();
}

void row_source::release() noexcept {
    session_->running = {};
    session_->occupant = nullptr;
    session_ = nullptr;
    turn_.reset();
    loan_.reset();
}

} // namespace howdah::detail
