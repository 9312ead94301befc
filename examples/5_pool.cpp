// SPDX-License-Identifier: BSL-1.0
//
// Shows: a pool shared by threads: waiting in order, timeouts that say who holds the connections, figures, closing.
// Run:   5_pool               (starts a PostgreSQL of its own)
//        DATABASE_URL=postgresql://localhost/app 5_pool
#include <future>
#include <iostream>

#include <howdah/howdah.hpp>

#include <scratch.hpp>

namespace {

using std::chrono_literals::operator""ms;

/// A request handler: it gets the pool and borrows a connection for as long as it needs one.
void handle_request(howdah::pool db, int amount) {
    db.transact(
        [&](howdah::transaction& tx) { howdah::execute(tx, "update till set total = total + $1", amount); });
}

void use_pool(const example::scratch& place) {
    // In a server: howdah::pool db{howdah::pool_config::from_environment()};   // DATABASE_URL, HOWDAH_POOL_*, .env
    howdah::pool db{{.connection = place.config(), .max_size = 3, .acquire_timeout = 10'000ms}};

    // The pool is an executor: a single statement needs no connection by name.
    howdah::execute(db, "create table till as select 0 as total");

    // Twenty threads, three connections: who came first is served first. Copies of a pool are one pool.
    std::vector<std::future<void>> requests;
    for (int amount = 1; amount <= 20; ++amount)
        requests.push_back(std::async(std::launch::async, handle_request, db, amount));
    for (auto& request : requests) request.get();
    std::cout << "total " << howdah::query_one<std::int32_t>(db, "select total from till") << '\n';

    // When nothing comes free in time, the error says why.
    {
        std::vector<howdah::pooled_connection> hoarded;
        for (int i = 0; i < 3; ++i) hoarded.push_back(db.acquire());
        try {
            static_cast<void>(db.acquire(50ms));
        } catch (const howdah::connection_error& failure) {
            std::cout << failure.what() << '\n';
        }
    } // given back here

    // What a borrower leaves behind in the session does not reach the next one.
    howdah::execute(db.acquire(), "set statement_timeout = '1s'");
    std::cout << "statement_timeout " << howdah::query_one<std::string>(db, "show statement_timeout") << '\n';

    const howdah::pool_figures now = db.figures();
    std::cout << now.total << " of " << now.max_size << " connections open, " << now.in_use << " in use, "
              << now.acquired << " loans, " << now.timeouts << " timeout\n";
    std::cout << (db.close() ? "closed, everything came back\n" : "closed, something is still lent\n");
}

} // namespace

int main() {
    return example::run(use_pool);
}
