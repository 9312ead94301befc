// SPDX-License-Identifier: BSL-1.0
#include <howdah/testing/cluster.hpp>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <iterator>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include <howdah/error.hpp>

#include "testing/binaries.hpp"
#include "testing/scratch.hpp"
#include "testing/supervisor.hpp"
#include "testing/url.hpp"

namespace howdah::testing {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Segments of 1 MB keep the directory small: copying it is most of a warm start.
const std::vector<std::string> initdb_arguments{"--no-sync",   "--no-instructions", "-A", "trust",
                                                "-U",          "postgres",          "-E", "UTF8",
                                                "--no-locale", "--wal-segsize=1"};

binaries required_binaries(const cluster_options& options) {
    if (auto found = find_binaries(options.binaries)) return *found;
    throw usage_error("no PostgreSQL server programs (initdb, postgres) found" +
                      (options.binaries.empty() ? std::string() : " in " + options.binaries) +
                      ": install the package postgresql, or set TEST_DATABASE_URL to a server for tests");
}

/// FNV-1a: the name of a template tells server version and initdb arguments apart.
std::string hash_text(const std::string& text) {
    std::uint64_t hash = 14'695'981'039'346'656'037U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, hash, 16).ptr;
    return {digits, end};
}

std::string template_name(const std::string& version) {
    std::string all = version;
    for (const std::string& argument : initdb_arguments) all += '\n' + argument;
    return "template-" + hash_text(all);
}

std::vector<std::string> initdb_command(const binaries& programs, const std::string& data) {
    std::vector<std::string> all{programs.initdb(), "-D", data};
    all.insert(all.end(), initdb_arguments.begin(), initdb_arguments.end());
    return all;
}

std::vector<std::string> postgres_command(const binaries& programs, const run_directory& run,
                                          const cluster_options& options) {
    std::vector<std::string> all{programs.postgres(), "-D", run.data(), "-k", run.path, "-p", "5432", "-F"};
    const auto set = [&all](const std::string& name, const std::string& value) {
        all.insert(all.end(), {"-c", name + '=' + value});
    };
    for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
             {"listen_addresses", ""},
             {"synchronous_commit", "off"},
             {"full_page_writes", "off"},
             {"shared_buffers", "16MB"},
             {"timezone", "UTC"},
             {"log_timezone", "UTC"},
             {"dynamic_shared_memory_type", "mmap"}}) // in the directory, so that it goes with it
        set(name, value);
    set("max_connections", std::to_string(options.max_connections));
    for (const auto& [name, value] : options.settings) set(name, value);
    return all;
}

std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Line 8 of postmaster.pid says "ready" once connections are accepted (PostgreSQL source, pidfile.h); no
/// connection is needed to find out. A file left by a crashed server names another process.
bool is_ready(const std::string& data, pid_t process) {
    std::ifstream file(data + "/postmaster.pid");
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        if (number == 1 && line != std::to_string(process)) return false;
        if (number == 8) return line.starts_with("ready");
    }
    return false;
}

} // namespace

struct cluster::state {
    cluster_options options;
    int version = 0;
    std::string root, data;
    run_directory run;
    std::optional<supervisor> guard;
    pid_t server = 0;

    state(cluster_options wanted, bool cached);
    void fill_data(const std::string& name, const std::optional<account>& who, bool cached);
    void initialise(const std::optional<account>& who);
    void start();
    void stop(stop_mode mode);
    [[noreturn]] void refuse(const std::string& what) const;
};

cluster::state::state(cluster_options wanted, bool cached) : options(std::move(wanted)) {
    const binaries programs = required_binaries(options);
    const auto who = server_account();
    const std::string text = version_text(programs);
    root = scratch_root(options.cache);
    version = version_number(text);
    run = make_run(root, who, options.in_memory);
    data = run.data();
    guard.emplace(supervisor_plan{.directory = run.path,
                                  .remove_if_empty = run.remove_if_empty,
                                  .log = run.log(),
                                  .initdb = initdb_command(programs, data),
                                  .postgres = postgres_command(programs, run, options),
                                  .run_as = who},
                  run.lock.get());
    run.lock = descriptor(); // the supervisor holds it from here on
    fill_data(template_name(text), who, cached);
    hand_over(run, who);
    start();
}

void cluster::state::fill_data(const std::string& name, const std::optional<account>& who, bool cached) {
    if (!cached) discard_template(root, name);
    if (!copy_template(root, name, data, who)) make_template(root, name, data, who, [&] { initialise(who); });
}

void cluster::state::initialise(const std::optional<account>& who) {
    if (mkdir(data.c_str(), 0700) != 0 || (who && chown(data.c_str(), who->user, who->group) != 0))
        throw usage_error("cannot make " + data + ": " + std::system_category().message(errno));
    if (!guard->run_initdb(options.start_timeout)) refuse("initdb failed");
}

void cluster::state::start() {
    if (server) return;
    const auto end = clock::now() + options.start_timeout;
    const pid_t process = guard->start_postgres();
    while (process && !is_ready(data, process)) {
        if (guard->postgres_ended(milliseconds(1))) refuse("it did not start");
        if (clock::now() > end) {
            stop(stop_mode::immediate);
            refuse("it was not ready within start_timeout");
        }
    }
    if (!process) refuse("no process could be made");
    guard->stop_watching();
    server = process;
}

void cluster::state::stop(stop_mode mode) {
    const int signal = mode == stop_mode::smart ? SIGTERM : mode == stop_mode::fast ? SIGINT : SIGQUIT;
    if (!guard->stop_postgres(signal, options.start_timeout) &&
        !guard->stop_postgres(SIGQUIT, milliseconds(10'000)))
        refuse("it did not stop");
    server = 0;
}

void cluster::state::refuse(const std::string& what) const {
    throw connection_error(connection_failure::refused,
                           "throw-away PostgreSQL: " + what + "; full_message() has the server's log",
                           file_text(run.log()));
}

cluster::cluster(cluster_options options) {
    try {
        state_ = std::make_unique<state>(options, true);
    } catch (const connection_error&) {
        // The template is written without waiting for the disk. One that a power cut damaged must not fail
        // every run from then on.
        state_ = std::make_unique<state>(std::move(options), false);
    }
}
cluster::cluster(cluster&&) noexcept = default;
cluster& cluster::operator=(cluster&&) noexcept = default;
cluster::~cluster() = default;

std::string cluster::url(std::string_view database) const {
    return "postgresql://postgres@/" + percent_encode(database) +
           "?host=" + percent_encode(state_->run.path) + "&port=5432";
}

connection_config cluster::config(std::string_view database) const {
    connection_config config;
    config.url = url(database);
    return config;
}

void cluster::stop(stop_mode mode) {
    if (state_->server) state_->stop(mode);
}

void cluster::start() {
    state_->start();
}

void cluster::restart(stop_mode mode) {
    stop(mode);
    start();
}

const std::string& cluster::data_directory() const noexcept {
    return state_->data;
}
int cluster::server_pid() const noexcept {
    return state_->server;
}
int cluster::server_version() const noexcept {
    return state_->version;
}
std::string cluster::log() const {
    return file_text(state_->run.log());
}

std::optional<std::string> cluster::unavailable_reason() {
    if (find_binaries()) return std::nullopt;
    return "initdb and postgres are not in HOWDAH_TEST_BINARIES or, if that is not set, PATH, the directory "
           "that "
           "pg_config names, and /usr/lib/postgresql/*/bin: install the package postgresql";
}

cluster& shared_cluster() {
    static cluster shared;
    return shared;
}

} // namespace howdah::testing
