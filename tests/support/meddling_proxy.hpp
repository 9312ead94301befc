// SPDX-License-Identifier: BSL-1.0
//
// A proxy before a real server that changes what the server says, message by message (PostgreSQL manual, "Message
// Formats"): so a test has a server that says anything.
#pragma once

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#define HOWDAH_LEAKS_ARE_COUNTED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HOWDAH_LEAKS_ARE_COUNTED
#endif
#endif
#if defined(HOWDAH_LEAKS_ARE_COUNTED)
#include <sanitizer/lsan_interface.h>
#endif

#include <howdah/bytes.hpp>
#include <howdah/connection.hpp>

namespace howdah::test {

/// A message of the server: its letter, then all behind its length.
struct backend_message {
    char kind = 0;
    std::string body;
    /// As it travels, with the right length.
    [[nodiscard]] std::string framed() const {
        byte_writer out;
        out.write(static_cast<std::int32_t>(body.size() + 4));
        return kind + std::string(out.view()) + body;
    }
};

/// libpq itself forgets memory where a server makes no sense: a result, if a statement is described twice. What this
/// thread allocates while the object lives is not taken for a leak.
class no_leaks_counted {
public:
#if defined(HOWDAH_LEAKS_ARE_COUNTED)
    no_leaks_counted() { __lsan_disable(); }
    ~no_leaks_counted() { __lsan_enable(); }
#else
    no_leaks_counted() noexcept {} // NOLINT: otherwise an object of it would be unused
#endif
    no_leaks_counted(const no_leaks_counted&) = delete;
    no_leaks_counted& operator=(const no_leaks_counted&) = delete;
};

class meddling_proxy {
public:
    /// What is sent instead of a message, and whether the connection ends then. Called in threads of the proxy.
    struct instead {
        std::string bytes;
        bool hang_up = false;
    };
    using meddler = std::function<instead(const backend_message&)>;
    /// What a client says, as it comes.
    using listener = std::function<void(std::string_view)>;

    /// Before the server of `to`. `meddle` sees the messages behind the first ReadyForQuery of a connection.
    meddling_proxy(connection& to, meddler meddle, listener listen = {})
        : meddle_(std::move(meddle)), listen_(std::move(listen)) {
        REQUIRE(::getpeername(to.socket(), reinterpret_cast<sockaddr*>(&server_), &server_size_) == 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(listener_, 64) == 0);
        REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
        accepting_ = std::thread([this] { accept_all(); });
    }
    meddling_proxy(const meddling_proxy&) = delete;
    meddling_proxy& operator=(const meddling_proxy&) = delete;
    ~meddling_proxy() {
        ended_ = true;
        accepting_.join();
        for (auto& each : lines_) each.join();
        ::close(listener_);
    }
    /// The same database through the proxy.
    [[nodiscard]] connection_config before(connection_config config) const {
        const bool uri = config.url.find("://") != config.url.npos;
        const char* const first = config.url.find('?') == config.url.npos ? "?" : "&";
        const std::string between = uri ? "&" : " ";
        config.url += (uri ? first : " ") + ("host=127.0.0.1" + between) + "port=" + std::to_string(port_) +
                      between + "sslmode=disable" + between + "gssencmode=disable";
        return config;
    }

private:
    static constexpr int tick_ms = 20;

    static bool send_all(int to, std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    static bool receive(int from, std::string& into) {
        char part[16'384];
        const auto size = ::recv(from, part, sizeof part, 0);
        if (size > 0) into.append(part, static_cast<std::size_t>(size));
        return size > 0;
    }

    void accept_all() {
        pollfd ready{listener_, POLLIN, 0};
        while (!ended_) {
            if (::poll(&ready, 1, tick_ms) != 1) continue;
            const int client = ::accept(listener_, nullptr, nullptr);
            if (client >= 0) lines_.emplace_back([this, client] { serve(client); });
        }
    }

    void serve(int client) {
        const int server = ::socket(server_.ss_family, SOCK_STREAM, 0);
        if (::connect(server, reinterpret_cast<const sockaddr*>(&server_), server_size_) == 0)
            exchange(client, server);
        ::close(server);
        ::close(client);
    }

    void exchange(int client, int server) {
        std::string said;
        bool greeted = false;
        pollfd ready[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        while (!ended_) {
            if (::poll(ready, 2, tick_ms) <= 0) continue;
            if (ready[0].revents) {
                std::string asked;
                if (!receive(client, asked)) return;
                if (listen_) listen_(asked);
                if (!send_all(server, asked)) return;
            }
            if (ready[1].revents && (!receive(server, said) || !pass_on(client, said, greeted))) return;
        }
    }

    /// False: the connection ends.
    bool pass_on(int client, std::string& said, bool& greeted) {
        std::size_t at = 0;
        bool open = true;
        while (open && said.size() - at >= 5) {
            const auto size = std::size_t{1} + load_big_endian<std::uint32_t>(said.data() + at + 1);
            if (said.size() - at < size) break;
            const backend_message message{said[at], said.substr(at + 5, size - 5)};
            const auto changed = greeted ? meddle_(message) : instead{message.framed()};
            greeted = greeted || message.kind == 'Z';
            open = send_all(client, changed.bytes) && !changed.hang_up;
            at += size;
        }
        said.erase(0, at);
        return open;
    }

    meddler meddle_;
    listener listen_;
    sockaddr_storage server_{};
    socklen_t server_size_ = sizeof server_;
    int listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    int port_ = 0;
    std::atomic<bool> ended_{false};
    std::thread accepting_;
    std::vector<std::thread> lines_; // of accepting_, until that has ended
};

} // namespace howdah::test
