// SPDX-License-Identifier: BSL-1.0
#include "run.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string_view>

#include <howdah/connection.hpp>
#include <howdah/query.hpp>

namespace bench {

namespace {

/// The peak of this process since it was started, in bytes. Not getrusage(): its figure begins with that of the
/// program that started this one.
double peak_bytes() {
    double kilobytes = 0;
    char text[256];
    if (std::FILE* status = std::fopen("/proc/self/status", "r")) {
        while (std::fgets(text, sizeof text, status))
            if (std::strncmp(text, "VmHWM:", 6) == 0) kilobytes = std::strtod(text + 6, nullptr);
        std::fclose(status);
    }
    return kilobytes * 1024;
}

account made(std::int64_t n) {
    const auto from = [](std::int64_t seconds) { return howdah::timestamp{std::chrono::seconds{seconds}}; };
    const auto number = std::to_string(n);
    std::array<std::uint8_t, 16> id{};
    auto hash = static_cast<std::uint64_t>(n);
    for (std::size_t i = 0; i < id.size(); ++i) {
        hash = (hash ^ (hash >> 29)) * 0x9E3779B97F4A7C15U + i;
        id[i] = static_cast<std::uint8_t>(hash >> 56);
    }
    account row;
    row.id = howdah::uuid{id};
    row.tenant = n % 1000;
    row.email = "user" + number + "@example.org";
    row.name = "Ada Number " + number + " Lovelace";
    row.version = static_cast<std::int32_t>(n % 50);
    row.score = std::sqrt(static_cast<double>(n));
    row.active = n % 7 != 0;
    row.created_at = from(1'577'836'800 + n * 97) + std::chrono::microseconds{n % 1'000'000};
    row.updated_at = from(1'672'531'200 + n * 31) + std::chrono::microseconds{n % 999'983};
    if (n % 3 != 0) row.picture.emplace("https://img.example.org/" + howdah::uuid{id}.text() + ".png");
    if (n % 4 != 0) row.last_login_at.emplace(from(1'704'067'200 + n * 13));
    return row;
}

} // namespace

const char* url() {
    const char* set = std::getenv("BENCH_URL");
    if (!set) die("BENCH_URL is not set: see bench/with_table.cpp");
    return set;
}

void die(const std::string& message) {
    std::fprintf(stderr, "%s\n", message.c_str());
    std::exit(1);
}

void run::take_stored() {
    if (!digesting_) return;
    howdah::connection db{{.url = url()}};
    stored_ = howdah::query_one<std::string>(db, "select md5(string_agg(stored::text, chr(10) order by id)) "
                                                 "|| ' ' || count(*) from inserted as stored");
}

void run::print() const {
    if (!digesting_)
        std::printf("wall_ms %.3f cpu_ms %.3f peak_mb %.1f touched %llu\n", wall_ms_, cpu_ms_,
                    peak_bytes() / (1024 * 1024), static_cast<unsigned long long>(touched_));
    else if (!stored_.empty()) std::printf("stored %s\n", stored_.c_str());
    else std::printf("read %016llx %zu\n", static_cast<unsigned long long>(all_.value()), rows_);
}

std::vector<howdah::uuid> keys(const run& here) {
    howdah::connection db{{.url = url()}};
    const auto all =
        howdah::query<howdah::uuid>(db, "select id from account where n <= $1 order by n", key_count);
    std::vector<howdah::uuid> wanted;
    for (std::size_t i = 0; i < static_cast<std::size_t>(here.size()); ++i)
        wanted.push_back(all[i % all.size()]);
    return wanted;
}

namespace {

/// Empties the table; how many rows to make.
std::int64_t begin_inserting(const run& here) {
    howdah::connection db{{.url = url()}};
    db.run_script("truncate inserted");
    constexpr std::int64_t step = 10'000;
    return (here.size() + step - 1) / step * step;
}

std::vector<account> made(std::int64_t first, std::int64_t count) {
    std::vector<account> rows;
    rows.reserve(static_cast<std::size_t>(count));
    for (std::int64_t n = first; n < first + count; ++n) rows.push_back(made(n));
    return rows;
}

} // namespace

std::vector<account> rows_to_insert(const run& here) {
    return made(1, begin_inserting(here));
}

std::vector<std::vector<account>> batches_to_insert(const run& here) {
    const auto count = begin_inserting(here);
    constexpr auto size = static_cast<std::int64_t>(insert_rows);
    std::vector<std::vector<account>> all;
    for (std::int64_t first = 1; first <= count; first += size) all.push_back(made(first, size));
    return all;
}

int main_of(std::span<const line> lines, int count, char** arguments) {
    const std::string_view name = count > 1 ? arguments[1] : "";
    for (const auto& each : lines) {
        if (name == "--lines") std::puts(each.name);
        if (name != each.name || count < 3) continue;
        try {
            run here(std::atoll(arguments[2]), count > 3 && std::string_view(arguments[3]) == "digest");
            each.work(here);
            here.print();
            return 0;
        } catch (const std::exception& failure) {
            die(name.data() + (": " + std::string(failure.what())));
        }
    }
    if (name == "--lines") return 0;
    die("usage: " + std::string(arguments[0]) + " LINE SIZE [digest], or --lines; this side has no line \"" +
        std::string(name) + '"');
}

} // namespace bench
