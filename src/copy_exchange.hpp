// SPDX-License-Identifier: BSL-1.0
//
// COPY in its binary format, out and in, over one connection (PostgreSQL manual, COPY, "Binary Format"; libpq,
// "Functions Associated with the COPY Command"). Holds the connection from its beginning to its end.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "copied_bytes.hpp"
#include "inlined_statement.hpp"
#include "reading_plan.hpp"
#include "session.hpp"

namespace howdah::detail {

/// What both directions share: the beginning, the end, and what happens when a deadline passes.
class copy_exchange : occupant {
public:
    copy_exchange(const copy_exchange&) = delete;
    copy_exchange& operator=(const copy_exchange&) = delete;
    /// Was the connection destroyed before the last row?
    [[nodiscard]] bool is_orphaned() const noexcept { return orphaned_; }
    /// Was the COPY ended by others? What is at hand counts no more then.
    [[nodiscard]] bool is_cut_short() const noexcept { return cut_short_; }

protected:
    /// Holds the connection from here on. `timeout` holds for every wait, not for their sum.
    copy_exchange(connection& on, std::string text, std::chrono::milliseconds timeout);
    ~copy_exchange() { close(); }
    /// Sends the command and waits until rows can travel. The last that a constructor does: if it throws, none do.
    /// `inlined`: the command with values in it, which no message shows; null if there are none.
    void begin(ExecStatusType travels, const inlined_statement* inlined = nullptr);

    /// Gives up the rows that have not travelled. The connection is free then, or broken.
    virtual void give_up() noexcept = 0;
    void evict() noexcept final;
    void orphan() noexcept final;
    /// Throws usage_error if the COPY was ended by others.
    void require_connection() const {
        if (cut_short_) throw usage_error(cut_short_);
    }
    [[nodiscard]] PGconn* handle() const noexcept { return session_.handle.get(); }
    [[nodiscard]] deadline from_now() const noexcept { return deadline_in(timeout_); }
    /// Receives the answer to the command, up to its end.
    void receive_answer(deadline until);
    void lose_if_copying(ExecStatusType status);
    /// The connection is free from here on.
    void close() noexcept;
    /// As if the server had cancelled the command, which it was asked to.
    [[noreturn]] void throw_deadline();

    session_access::session& session_;
    std::string text_;
    result_handle last_, failure_;
    bool travelling_ = false; ///< rows are on their way

private:
    std::optional<turn> turn_;
    std::chrono::milliseconds timeout_;
    const char* cut_short_ = nullptr; ///< by whom
    bool orphaned_ = false;
};

/// COPY ... TO STDOUT (FORMAT binary).
class copy_receiver final : copy_exchange {
public:
    /// `keep_transaction`: the end of the rows is waited for a while before the command is cancelled, which would
    /// cost the transaction. `inlined`: as for begin().
    copy_receiver(connection& on, std::string text, std::chrono::milliseconds timeout, std::size_t columns,
                  bool keep_transaction, const inlined_statement* inlined);
    ~copy_receiver() { give_up(); }
    using copy_exchange::is_cut_short;
    using copy_exchange::is_orphaned;

    /// How many rows are at hand by now, at most copied_bytes::rows_at_once; waits for one if there is none. 0 when
    /// there is none any more, and the connection is free then. Those of before are gone. Throws server_error,
    /// connection_error, and decode_error for what is no row of as many columns.
    [[nodiscard]] std::size_t receive_rows();
    /// All rows that there are still, with their bytes. Throws as receive_rows() does.
    [[nodiscard]] kept_rows receive_all();
    /// Reads as many of the rows at hand as `into` takes, from `first` on. Throws what cell_decoder throws.
    void decode(cell_decoder& with, std::size_t first, row_block& into) const;

private:
    void give_up() noexcept override;
    [[nodiscard]] bool wait_for_more();
    [[nodiscard]] bool take_more();
    [[nodiscard]] int take_bytes() noexcept;
    /// More bytes of rows behind those that are there; 0: the answer comes next.
    [[nodiscard]] std::size_t receive_bytes(deadline until);
    void drain(deadline until);
    void finish();

    copied_bytes bytes_;
    bool keep_transaction_;
};

/// COPY ... FROM STDIN (FORMAT binary).
class copy_sender final : copy_exchange {
public:
    /// `table`: its bare name, by which the server's errors call it.
    copy_sender(connection& on, std::string text, std::chrono::milliseconds timeout, std::string table);
    ~copy_sender() { give_up(); }
    using copy_exchange::is_orphaned;

    /// Where the next row is written.
    [[nodiscard]] byte_writer& buffer() noexcept { return buffer_; }
    /// To be called after every row.
    void send_when_full() {
        if (buffer_.size() >= full) send();
    }
    /// Ends the command and returns how many rows it stored. Throws server_error, with the row where the server
    /// names one.
    std::size_t finish();

private:
    void give_up() noexcept override;
    static constexpr std::size_t full = 65'536;
    void send();
    void end_rows(const char* refusal);

    std::string table_;
    byte_writer buffer_;
};

} // namespace howdah::detail
