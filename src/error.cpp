// SPDX-License-Identifier: BSL-1.0
#include <howdah/error.hpp>

#include <algorithm>
#include <utility>

namespace howdah {

namespace {

// ---- texts from outside

/// No field of full_message() is longer: a failed 100 MB statement must not become a 100 MB log line.
constexpr std::size_t longest_field = 8192;

/// A character that could move a terminal's cursor or forge a line of a log: C0, DEL, and C1 (U+0080 to
/// U+009F, two bytes in UTF-8). Gives its length, 0 for any other character.
std::size_t control_length(std::string_view rest) noexcept {
    const auto first = static_cast<unsigned char>(rest[0]);
    if (first < 0x20 || first == 0x7F) return 1;
    if (first != 0xC2 || rest.size() < 2) return 0;
    return static_cast<unsigned char>(rest[1]) >= 0x80 && static_cast<unsigned char>(rest[1]) < 0xA0 ? 2 : 0;
}

/// The first `longest_field` bytes, not ending in the middle of a character.
std::string_view capped(std::string_view text) noexcept {
    if (text.size() <= longest_field) return text;
    std::size_t size = longest_field;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
    return text.substr(0, size);
}

/// Text from outside, made fit for a log: control characters become spaces, lines after the first are
/// indented so that none can pass for a field of its own, and the length is capped.
std::string harmless(std::string_view text) {
    std::string out;
    const std::string_view kept = capped(text);
    for (std::size_t at = 0; at < kept.size();) {
        const std::size_t control = control_length(kept.substr(at));
        if (control == 0) out += kept[at];
        else out += kept[at] == '\n' ? "\n    " : " ";
        at += std::max<std::size_t>(control, 1);
    }
    if (kept.size() < text.size()) out += "... (" + std::to_string(text.size()) + " bytes in all)";
    return out;
}

void append_field(std::string& to, std::string_view label, std::string_view text) {
    if (!text.empty()) to.append("\n").append(label).append(": ").append(harmless(text));
}

// ---- what the codes mean

struct next_step {
    std::string_view code; ///< a whole code, or the two characters of a class
    std::string_view text;
};

/// The first match counts: whole codes stand before their class.
constexpr next_step next_steps[] = {
    {"08", "the connection is lost: take a new one"},
    {"0A000", "if a prepared statement's result type changed, prepare it again"},
    {"22001", "the text is longer than the column allows"},
    {"22003", "the number is outside the range of the column's type"},
    {"22P02", "the text is not a value of the column's type"},
    {"22", "a value does not fit its type: see full_message()"},
    {"23502", "a required column got no value"},
    {"23503", "the referenced row does not exist, or is still referenced"},
    {"23505", "the row exists already: use find or upsert"},
    {"23514", "the value breaks a rule of the table"},
    {"23P01", "the row collides with another row"},
    {"25001", "this statement cannot run inside a transaction"},
    {"25006", "the transaction or the server is read only: use the primary"},
    {"25P02", "an earlier statement of this transaction failed: roll back first"},
    {"25P03", "the transaction was idle for too long: keep transactions short"},
    {"26000",
     "the session does not know the prepared statement: before a pooler set prepare_statements to false"},
    {"28", "check the user name, the password and pg_hba.conf"},
    {"3D000", "create the database or mend the connection string"},
    {"40001", "run the transaction again"},
    {"40P01", "run the transaction again, and lock rows in one fixed order"},
    {"42501", "grant the privilege, or mend the row security policy"},
    {"42601", "mend the statement at the place named"},
    {"42703", "has the migration run?"},
    {"42704", "has the migration run?"},
    {"42883", "has the migration run? An argument may need a cast"},
    {"42804", "the types do not match: a cast or another C++ type is needed"},
    {"42P01", "has the migration run? Is search_path right?"},
    {"42P05", "a pooler shares sessions: set prepare_statements to false"},
    {"42P18", "give the parameter a type with a cast"},
    {"3F000", "has the migration run? Is search_path right?"},
    {"53300", "the server is full: lower the size of the pool, or wait and try again"},
    {"53", "the server is out of a resource: see its log"},
    {"54", "a limit of the server is reached: split the statement"},
    {"55P03", "another transaction holds the lock: try again"},
    {"57014", "the statement was cancelled or reached statement_timeout"},
    {"57P01", "the server ended the session: take a new connection"},
    {"57P02", "the server crashed: take a new connection"},
    {"57P03", "the server is starting or stopping: try again later"},
    {"57P04", "the database was dropped"},
    {"57P05", "the session was idle for too long: take a new connection"},
    {"58", "the server cannot reach its files: see its log"},
    {"P0001", "a function of the database raised this: see full_message()"},
    {"XX", "the server found damage or a bug of its own: see its log"},
};

std::string_view step_for(const sqlstate_code& code) noexcept {
    const auto* found = std::ranges::find_if(
        next_steps, [&](const auto& step) { return code.text().starts_with(step.code); });
    return found != std::end(next_steps) ? found->text : std::string_view{};
}

bool is_one_of(const sqlstate_code& code, std::initializer_list<std::string_view> codes) noexcept {
    return std::ranges::any_of(codes, [&](auto each) { return code.text().starts_with(each); });
}

/// Codes after which the same work may succeed.
bool may_succeed_again(const sqlstate_code& code) noexcept {
    return is_one_of(code, {"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300", "08"});
}

/// Codes after which the session is gone.
bool ends_session(const sqlstate_code& code) noexcept {
    return is_one_of(code, {"08", "57P01", "57P02", "57P03", "57P04", "57P05", "25P03"});
}

// ---- sentences

void append_name(std::string& to, std::string_view kind, std::string_view name) {
    if (!name.empty()) to.append(", ").append(kind).append(" \"").append(harmless(name)).append("\"");
}

std::string place_in(const server_message& message) {
    if (message.position == 0) return {};
    if (message.statement.empty()) return ", at character " + std::to_string(message.position);
    const auto [line, column] = locate(message.statement, message.position);
    return ", at " + std::to_string(line) + ":" + std::to_string(column) + " of the statement";
}

/// Names and places only: message, detail and hint may quote values.
std::string sentence_of(const server_message& message) {
    const std::string_view name = message.sqlstate.name();
    std::string out = "the server refused ";
    out.append(message.place.empty() ? "the statement" : harmless(message.place)).append(": ");
    out.append(name.empty() ? "condition" : name)
        .append(" (")
        .append(harmless(message.sqlstate.text()))
        .append(")");
    append_name(out, "constraint", message.constraint);
    append_name(out, "table", message.table);
    append_name(out, "column", message.column);
    if (message.row) out += ", row " + std::to_string(*message.row);
    out += place_in(message);
    if (const auto step = step_for(message.sqlstate); !step.empty()) out.append("; ").append(step);
    return out;
}

} // namespace

// ----------------------------------------------------------------------------------------------------

connection_error::connection_error(connection_failure kind, const std::string& what, std::string server_text,
                                   std::optional<sqlstate_code> state, bool commit_unknown)
    : error(what), kind_(kind), state_(state), commit_unknown_(commit_unknown),
      server_text_(detail::make_shared_object<const std::string>(std::move(server_text))) {}

bool connection_error::retryable() const noexcept {
    if (commit_unknown_) return false;
    switch (kind_) {
    case connection_failure::authentication:
    case connection_failure::no_such_database:
    case connection_failure::tls:
    case connection_failure::name_resolution: return false;
    default: return true;
    }
}

bool connection_error::connection_usable() const noexcept {
    return kind_ == connection_failure::acquire_timeout;
}

std::string connection_error::full_message() const {
    std::string out = what();
    if (state_) append_field(out, "sqlstate", state_->text());
    append_field(out, "server", *server_text_);
    return out;
}

text_position locate(std::string_view text, std::size_t position) noexcept {
    text_position found;
    std::size_t character = 0;
    for (const char byte : text) {
        if ((static_cast<unsigned char>(byte) & 0xC0) == 0x80) continue;
        if (++character >= position) break;
        if (byte == '\n') found = {found.line + 1, 1};
        else ++found.column;
    }
    return found;
}

server_error::server_error(server_message message)
    : error(sentence_of(message)),
      message_(detail::make_shared_object<const server_message>(std::move(message))) {}

bool server_error::retryable() const noexcept {
    return may_succeed_again(message_->sqlstate);
}

bool server_error::connection_usable() const noexcept {
    return message_->severity != "FATAL" && message_->severity != "PANIC" &&
           !ends_session(message_->sqlstate);
}

std::string server_error::full_message() const {
    std::string out = what();
    append_field(out, "severity", message_->severity);
    append_field(out, "message", message_->message);
    append_field(out, "detail", message_->detail);
    append_field(out, "hint", message_->hint);
    append_field(out, "context", message_->context);
    append_field(out, "schema", message_->schema);
    append_field(out, "data type", message_->data_type);
    append_field(out, "statement", message_->statement);
    return out;
}

decode_error::decode_error(std::string reason, std::string value, std::size_t offset)
    : decode_error(place{std::move(reason), std::move(value), {}, offset, npos}) {}

decode_error::decode_error(place where)
    : error(sentence(where)), place_(detail::make_shared_object<const place>(std::move(where))) {}

decode_error decode_error::at(std::string_view column, std::size_t row) const {
    place moved = *place_;
    if (!column.empty()) moved.column = column;
    if (row != npos) moved.row = row;
    return decode_error(std::move(moved));
}

/// column "x", row 3: the reason (at offset 5)
std::string decode_error::sentence(const place& where) {
    std::string out;
    if (!where.column.empty()) out += "column \"" + harmless(where.column) + "\"";
    if (where.row != npos) out += (out.empty() ? "row " : ", row ") + std::to_string(where.row);
    if (!out.empty()) out += ": ";
    out += where.reason;
    if (where.offset != npos) out += " (at offset " + std::to_string(where.offset) + ")";
    return out;
}

std::string decode_error::full_message() const {
    std::string out = what();
    append_field(out, "value", place_->value);
    return out;
}

migration_error::migration_error(migration_failure kind, const std::string& what, std::string file,
                                 std::size_t line, std::size_t column,
                                 detail::shared<const server_error> cause)
    : error(what), kind_(kind), file_(detail::make_shared_object<const std::string>(std::move(file))),
      line_(line), column_(column), cause_(std::move(cause)) {}

std::string migration_error::full_message() const {
    return cause_ ? what() + ("\n" + cause_->full_message()) : what();
}

} // namespace howdah
