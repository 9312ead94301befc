// SPDX-License-Identifier: BSL-1.0
#include <howdah/pool_config.hpp>

#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <howdah/environment.hpp>

namespace howdah {
namespace {

using std::chrono::milliseconds;

// More sessions than any server serves; a larger number is a slip of the pen.
constexpr std::size_t most_connections = 10'000;

/// Collects what is wrong, so that one error can name all of it.
class fault_list {
public:
    void add(std::string_view fault) { text_.append(text_.empty() ? "" : "; ").append(fault); }
    void add_if(bool wrong, std::string_view fault) {
        if (wrong) add(fault);
    }
    void raise(std::string_view what) const {
        if (!text_.empty()) throw usage_error(std::string(what) + ": " + text_);
    }

private:
    std::string text_;
};

/// Reads variables into the members of a configuration. A fault names the variable, never its value.
class reader {
public:
    explicit reader(const environment& from) : from_(from) {}

    void text(std::string_view name, std::string& into) {
        if (auto value = from_.get(name)) into = std::move(*value);
    }
    void count(std::string_view name, std::size_t& into) {
        if (const auto value = number(name)) into = static_cast<std::size_t>(*value);
    }
    void time(std::string_view name, milliseconds& into) {
        if (const auto value = number(name)) into = milliseconds(*value);
    }
    void flag(std::string_view name, bool& into) {
        const auto value = from_.get(name);
        if (!value) return;
        const bool yes = *value == "true" || *value == "1" || *value == "on";
        const bool no = *value == "false" || *value == "0" || *value == "off";
        faults_.add_if(!yes && !no, std::string(name) + " is none of true, false, 1, 0, on, off");
        into = yes;
    }
    void url(std::string& into) {
        into = from_.get("DATABASE_URL").value_or("");
        faults_.add_if(into.empty(), "DATABASE_URL is not set: export it, or write a line such as "
                                     "DATABASE_URL=postgresql://localhost/app into the file .env of the "
                                     "directory where the program starts");
    }
    void raise() const { faults_.raise("the pool cannot be configured from the environment"); }

private:
    // Digits only, up to what every field can hold: no sign, no blanks, no unit.
    [[nodiscard]] std::optional<std::int32_t> number(std::string_view name) {
        const auto text = from_.get(name);
        if (!text) return std::nullopt;
        std::int32_t value = -1;
        const auto* const end = text->data() + text->size();
        const auto [stop, error] = std::from_chars(text->data(), end, value);
        if (error == std::errc() && stop == end && value >= 0) return value;
        faults_.add(std::string(name) + " is not a whole number from 0 to 2147483647");
        return std::nullopt;
    }

    const environment& from_;
    fault_list faults_;
};

} // namespace

pool_config pool_config::from_environment() {
    return from_environment(environment::load());
}

pool_config pool_config::from_environment(const environment& from) {
    pool_config config;
    reader variables(from);
    variables.url(config.connection.url);
    variables.text("HOWDAH_APPLICATION_NAME", config.connection.application_name);
    variables.time("HOWDAH_CONNECT_TIMEOUT_MS", config.connection.connect_timeout);
    variables.time("HOWDAH_STATEMENT_TIMEOUT_MS", config.connection.statement_timeout);
    variables.flag("HOWDAH_PREPARE_STATEMENTS", config.connection.prepare_statements);
    variables.count("HOWDAH_POOL_MAX_SIZE", config.max_size);
    variables.count("HOWDAH_POOL_MIN_IDLE", config.min_idle);
    variables.time("HOWDAH_POOL_ACQUIRE_TIMEOUT_MS", config.acquire_timeout);
    variables.time("HOWDAH_POOL_IDLE_TIMEOUT_MS", config.idle_timeout);
    variables.time("HOWDAH_POOL_MAX_LIFETIME_MS", config.max_lifetime);
    variables.time("HOWDAH_POOL_RESET_TIMEOUT_MS", config.reset_timeout);
    variables.time("HOWDAH_POOL_CHECK_AFTER_IDLE_MS", config.check_after_idle);
    variables.flag("HOWDAH_POOL_RESET_SESSIONS", config.reset_sessions);
    variables.raise();
    config.validate();
    return config;
}

void pool_config::validate() const {
    constexpr milliseconds zero{0};
    fault_list faults;
    faults.add_if(max_size == 0, "max_size is 0: at least one connection is needed");
    faults.add_if(max_size > most_connections, "max_size is above 10000");
    faults.add_if(min_idle > max_size, "min_idle is above max_size");
    faults.add_if(acquire_timeout < zero, "acquire_timeout is negative");
    faults.add_if(idle_timeout < zero, "idle_timeout is negative");
    faults.add_if(max_lifetime < zero, "max_lifetime is negative");
    faults.add_if(max_lifetime > zero && max_lifetime < idle_timeout,
                  "max_lifetime is shorter than idle_timeout, which then has no effect");
    faults.add_if(reset_timeout <= zero, "reset_timeout is not above zero: every wait has a deadline");
    faults.add_if(check_after_idle < zero, "check_after_idle is negative");
    faults.add_if(connection.connect_timeout <= zero, "connection.connect_timeout is not above zero");
    faults.add_if(connection.statement_timeout <= zero, "connection.statement_timeout is not above zero");
    faults.add_if(connection.cancel_timeout <= zero, "connection.cancel_timeout is not above zero");
    faults.add_if(connection.statement_cache_size == 0, "connection.statement_cache_size is 0");
    faults.raise("pool_config cannot be used");
}

} // namespace howdah
