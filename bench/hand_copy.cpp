// SPDX-License-Identifier: BSL-1.0
//
// By hand: COPY in binary, out and in. PostgreSQL manual, "COPY", section "Binary Format".
#include "hand.hpp"

namespace bench::hand {

namespace {

constexpr std::size_t signature_size = 11;
constexpr char signature[] = "PGCOPY\n\377\r\n"; // its zero is the eleventh byte

struct free_memory {
    void operator()(char* bytes) const noexcept { PQfreemem(bytes); }
};

/// Reads the fields of one row one after the other: [length][bytes] each.
class fields {
public:
    explicit fields(const char* at) noexcept : at_(at) {}
    /// Of a known size that is never NULL.
    const char* fixed(std::size_t size) noexcept {
        const char* const value = at_ + 4;
        at_ = value + size;
        return value;
    }
    std::string_view text() noexcept {
        const auto size = load32(at_);
        return {fixed(size), size};
    }
    bool null() noexcept {
        if (load32(at_) != 0xFFFFFFFFU) return false;
        at_ += 4;
        return true;
    }

private:
    const char* at_;
};

template <into_row Into> void read_copied(const char* at, account& into) {
    fields next(at + 2); // how many there are is known
    std::memcpy(static_cast<void*>(&into.id), next.fixed(16), 16);
    into.tenant = static_cast<std::int64_t>(load64(next.fixed(8)));
    assign<Into>(into.email, next.text());
    assign<Into>(into.name, next.text());
    if (!next.null()) assign<Into>(into.picture, next.text());
    else if (Into == into_row::used) into.picture.reset();
    into.version = static_cast<std::int32_t>(load32(next.fixed(4)));
    into.score = std::bit_cast<double>(load64(next.fixed(8)));
    into.active = *next.fixed(1) != 0;
    into.created_at = load_time(next.fixed(8));
    into.updated_at = load_time(next.fixed(8));
    if (!next.null()) into.last_login_at = load_time(next.fixed(8));
    else if (Into == into_row::used) into.last_login_at.reset();
}

using owned_bytes = std::unique_ptr<char, free_memory>;

/// Calls each(first byte, their owner) for every row of COPY TO.
template <class Each> void copied_rows(PGconn* db, std::int64_t rows, Each each) {
    const auto sql = "copy (" + select_first_literally(rows) + ") to stdout (format binary)";
    const owned_result begun(PQexec(db, sql.c_str()));
    expect(db, begun.get(), PGRES_COPY_OUT);
    char* bytes = nullptr;
    for (bool first = true; PQgetCopyData(db, &bytes, 0) > 0; first = false) {
        owned_bytes owned(bytes);
        const char* const at =
            first ? bytes + signature_size + 8 + load32(bytes + signature_size + 4) : bytes;
        if (at[0] == '\377') continue; // the end: -1 fields
        each(at, owned);
    }
    const owned_result ended(PQgetResult(db));
    expect(db, ended.get(), PGRES_COMMAND_OK);
    while (const owned_result nothing{PQgetResult(db)}) {
    }
}

constexpr std::size_t buffer_size = 65'536;
// The fields of known size with the lengths of all eleven, and the count before them.
constexpr std::size_t fixed_size = 2 + 11 * 4 + 16 + 8 + 4 + 8 + 1 + 3 * 8;

char* write_row(char* to, const account& row) noexcept {
    to = store16(to, 11);
    to = put_bytes(to, &row.id, 16);
    to = put64(to, static_cast<std::uint64_t>(row.tenant));
    to = put_bytes(to, row.email.data(), row.email.size());
    to = put_bytes(to, row.name.data(), row.name.size());
    to = row.picture ? put_bytes(to, row.picture->data(), row.picture->size()) : put_null(to);
    to = put32(to, static_cast<std::uint32_t>(row.version));
    to = put64(to, std::bit_cast<std::uint64_t>(row.score));
    to = put_bool(to, row.active);
    to = put_time(to, row.created_at);
    to = put_time(to, row.updated_at);
    return row.last_login_at ? put_time(to, *row.last_login_at) : put_null(to);
}

void send(PGconn* db, const char* from, const char* end) {
    if (PQputCopyData(db, from, static_cast<int>(end - from)) != 1) die(PQerrorMessage(db));
}

} // namespace

void fetch_copy(run& here) {
    const auto db = connect();
    here.measure([&] {
        std::vector<account> all;
        copied_rows(db.get(), here.size(), [&](const char* at, owned_bytes&) {
            read_copied<into_row::fresh>(at, all.emplace_back());
        });
        here.take(all);
    });
}

void views_copy(run& here) {
    const auto db = connect();
    here.measure([&] {
        struct kept_row {
            owned_bytes bytes;
            const char* at;
        };
        std::vector<kept_row> all;
        copied_rows(db.get(), here.size(),
                    [&](const char* at, owned_bytes& bytes) { all.push_back({std::move(bytes), at}); });
        for (const auto& kept : all) {
            fields next(kept.at + 2);
            account_view row;
            std::memcpy(static_cast<void*>(&row.id), next.fixed(16), 16);
            row.tenant = static_cast<std::int64_t>(load64(next.fixed(8)));
            row.email = next.text();
            row.name = next.text();
            if (!next.null()) row.picture = next.text();
            row.version = static_cast<std::int32_t>(load32(next.fixed(4)));
            here.take(row);
        }
    });
}

void stream_copy(run& here) {
    const auto db = connect();
    here.measure([&] {
        account row;
        copied_rows(db.get(), here.size(), [&](const char* at, owned_bytes&) {
            read_copied<into_row::used>(at, row);
            here.take(row);
        });
    });
}

void copy_in(run& here) {
    const auto db = connect();
    const auto rows = rows_to_insert(here);
    const auto buffer = std::make_unique<char[]>(buffer_size);
    here.measure([&] {
        const owned_result begun(
            PQexec(db.get(), "copy inserted (" BENCH_COLUMNS ") from stdin (format binary)"));
        expect(db.get(), begun.get(), PGRES_COPY_IN);
        std::memcpy(buffer.get(), signature, signature_size);
        char* to = store32(store32(buffer.get() + signature_size, 0), 0);
        for (const auto& row : std::span(rows).first(static_cast<std::size_t>(here.size()))) {
            const auto size =
                fixed_size + row.email.size() + row.name.size() + (row.picture ? row.picture->size() : 0);
            if (size > static_cast<std::size_t>(buffer.get() + buffer_size - to)) {
                send(db.get(), buffer.get(), to);
                to = buffer.get();
            }
            to = write_row(to, row);
        }
        send(db.get(), buffer.get(), to);
        store16(buffer.get(), 0xFFFFU);
        send(db.get(), buffer.get(), buffer.get() + 2);
        if (PQputCopyEnd(db.get(), nullptr) != 1) die(PQerrorMessage(db.get()));
        const owned_result ended(PQgetResult(db.get()));
        expect(db.get(), ended.get(), PGRES_COMMAND_OK);
        while (const owned_result nothing{PQgetResult(db.get())}) {
        }
    });
    here.take_stored();
}

} // namespace bench::hand
