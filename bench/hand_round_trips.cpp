// SPDX-License-Identifier: BSL-1.0
//
// By hand: single reads, one by one and in a pipeline, and inserts by arrays.
#include <array>

#include "hand.hpp"

namespace bench::hand {

namespace {

constexpr int uuid_size = 16, in_binary = 1;

void read_one(PGconn* db, const PGresult* answer, account& into) {
    expect(db, answer, PGRES_TUPLES_OK);
    if (PQntuples(answer) != 1) die("by hand: not exactly one row");
    read<into_row::fresh>(answer, 0, into);
}

void send_one(PGconn* db, const howdah::uuid& id) {
    const char* const value = reinterpret_cast<const char*>(&id);
    if (!PQsendQueryPrepared(db, "one", 1, &value, &uuid_size, &in_binary, 1)) die(PQerrorMessage(db));
}

} // namespace

void point(run& here) {
    const auto db = connect();
    prepare(db.get(), "one", select_one);
    const auto ids = keys(here);
    here.measure([&] {
        for (const auto& id : ids) {
            const char* const value = reinterpret_cast<const char*>(&id);
            const owned_result answer(PQexecPrepared(db.get(), "one", 1, &value, &uuid_size, &in_binary, 1));
            account row;
            read_one(db.get(), answer.get(), row);
            here.take(row);
        }
    });
}

void pipeline(run& here) {
    const auto db = connect();
    prepare(db.get(), "one", select_one);
    const auto ids = keys(here);
    here.measure([&] {
        if (!PQenterPipelineMode(db.get())) die(PQerrorMessage(db.get()));
        for (std::size_t begin = 0; begin < ids.size(); begin += pipeline_statements) {
            const auto batch =
                std::span(ids).subspan(begin, std::min(pipeline_statements, ids.size() - begin));
            for (const auto& id : batch) send_one(db.get(), id);
            if (!PQpipelineSync(db.get())) die(PQerrorMessage(db.get()));
            std::vector<account> rows(batch.size());
            for (auto& row : rows) {
                const owned_result answer(PQgetResult(db.get()));
                read_one(db.get(), answer.get(), row);
                const owned_result nothing(PQgetResult(db.get())); // after each statement
                here.take(row);
            }
            const owned_result synchronised(PQgetResult(db.get()));
            expect(db.get(), synchronised.get(), PGRES_PIPELINE_SYNC);
        }
        PQexitPipelineMode(db.get());
    });
}

namespace {

/// One column of many rows as a binary array: [dimensions][has NULL][element type] [length][lower bound] elements.
class column_array {
public:
    column_array(Oid element, std::size_t value_size)
        : element_(element), bytes_(20 + insert_rows * (4 + value_size)) {}

    void begin(std::size_t count) noexcept {
        to_ = store32(store32(store32(bytes_.data(), 1), 1), element_);
        to_ = store32(store32(to_, static_cast<std::uint32_t>(count)), 1);
    }
    /// Room for a text, whatever its length: the others have theirs from the beginning.
    void reserve(std::size_t size) {
        const auto used = static_cast<std::size_t>(to_ - bytes_.data());
        if (used + 4 + size <= bytes_.size()) return;
        bytes_.resize(2 * (used + 4 + size));
        to_ = bytes_.data() + used;
    }
    void text(std::string_view value) {
        reserve(value.size());
        to_ = put_bytes(to_, value.data(), value.size());
    }
    char*& to() noexcept { return to_; }
    [[nodiscard]] const char* data() const noexcept { return bytes_.data(); }
    [[nodiscard]] int size() const noexcept { return static_cast<int>(to_ - bytes_.data()); }

private:
    Oid element_;
    std::vector<char> bytes_;
    char* to_ = nullptr;
};

class arrays {
public:
    arrays()
        : all_{{{2950, 16},
                {20, 8},
                {25, 32},
                {25, 32},
                {25, 64},
                {23, 4},
                {701, 8},
                {16, 1},
                {1184, 8},
                {1184, 8},
                {1184, 8}}} {}

    void fill(std::span<const account> rows) {
        for (auto& one : all_) one.begin(rows.size());
        for (const auto& row : rows) add(row);
        for (std::size_t i = 0; i < all_.size(); ++i) {
            values_[i] = all_[i].data();
            lengths_[i] = all_[i].size();
        }
    }
    owned_result run(PGconn* db, const char* statement) const {
        return owned_result(PQexecPrepared(db, statement, static_cast<int>(all_.size()), values_.data(),
                                           lengths_.data(), formats_.data(), 1));
    }

private:
    void add(const account& row) {
        auto& [id, tenant, email, name, picture, version, score, active, created, updated, login] = all_;
        id.to() = put_bytes(id.to(), &row.id, 16);
        tenant.to() = put64(tenant.to(), static_cast<std::uint64_t>(row.tenant));
        email.text(row.email);
        name.text(row.name);
        if (row.picture) picture.text(*row.picture);
        else picture.reserve(0), picture.to() = put_null(picture.to());
        version.to() = put32(version.to(), static_cast<std::uint32_t>(row.version));
        score.to() = put64(score.to(), std::bit_cast<std::uint64_t>(row.score));
        active.to() = put_bool(active.to(), row.active);
        created.to() = put_time(created.to(), row.created_at);
        updated.to() = put_time(updated.to(), row.updated_at);
        login.to() = row.last_login_at ? put_time(login.to(), *row.last_login_at) : put_null(login.to());
    }

    std::array<column_array, 11> all_;
    std::array<const char*, 11> values_{};
    std::array<int, 11> lengths_{}, formats_{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
};

constexpr const char* insert_sql = "insert into inserted (" BENCH_COLUMNS
                                   ") select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], "
                                   "$5::text[], $6::integer[], $7::double precision[], $8::boolean[], "
                                   "$9::timestamptz[], $10::timestamptz[], "
                                   "$11::timestamptz[])";

/// Calls each(result) for every statement of a thousand rows.
template <class Each>
void insert_by_arrays(run& here, const std::string& sql, ExecStatusType status, Each each) {
    const auto db = connect();
    prepare(db.get(), "insert", sql.c_str());
    const auto rows = rows_to_insert(here);
    const auto wanted = std::span(rows).first(static_cast<std::size_t>(here.size()));
    arrays values;
    execute(db.get(), make_server_keep_memory);
    execute(db.get(), "begin");
    values.fill(wanted.first(std::min(insert_rows, wanted.size())));
    expect(db.get(), values.run(db.get(), "insert").get(), status);
    execute(db.get(), "rollback"); // both sides once before what is measured
    here.measure([&] {
        execute(db.get(), "begin");
        for (std::size_t begin = 0; begin < wanted.size(); begin += insert_rows) {
            values.fill(wanted.subspan(begin, std::min(insert_rows, wanted.size() - begin)));
            const auto done = values.run(db.get(), "insert");
            expect(db.get(), done.get(), status);
            each(done.get());
        }
        execute(db.get(), "commit");
    });
    here.take_stored();
}

} // namespace

void insert_unnest(run& here) {
    insert_by_arrays(here, insert_sql, PGRES_COMMAND_OK, [](const PGresult*) {});
}

void insert_returning(run& here) {
    insert_by_arrays(here, std::string(insert_sql) + " returning " BENCH_COLUMNS, PGRES_TUPLES_OK,
                     [](const PGresult* done) { (void)read_all(done); });
}

} // namespace bench::hand
