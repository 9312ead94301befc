// SPDX-License-Identifier: BSL-1.0
#include <howdah/stream.hpp>

#include <algorithm>
#include <utility>

#include "row_source.hpp"

namespace howdah::detail {

namespace {

statement read_as(statement what, const row_description& row) noexcept {
    what.reading = reading_of(row);
    return what;
}

/// The rows of a source, numbered from the first to the last.
class numbered_rows {
public:
    numbered_rows(executor& on, const statement& what, const parameters& values, const row_description& row)
        : source_(on.borrow(), read_as(what, row), values), reader_(row, source_.rows()) {}

    /// How many have come and are not read yet; waits for some if none is here. 0: that was the last.
    [[nodiscard]] std::size_t waiting() {
        if (read_here_ == source_.rows().row_count() || source_.is_cut_short()) {
            read_here_ = 0;
            if (!source_.next()) {
                ended_ = true;
                return 0;
            }
        }
        return ended_ ? 0 : source_.rows().row_count() - read_here_;
    }
    /// Reads `rows` of those. Throws decode_error with the row's number, and has ended the source then.
    void read(std::size_t rows, void* into, std::size_t stride) {
        try {
            reader_.read(rows, into, stride, read_here_);
        } catch (const decode_error& failure) {
            close();
            throw failure.at(failure.column(), read_ - read_here_ + failure.row());
        } catch (...) {
            close();
            throw;
        }
        read_here_ += rows;
        read_ += rows;
    }
    [[nodiscard]] std::size_t read() const noexcept { return read_; }
    void close() noexcept {
        source_.end();
        ended_ = true;
    }

private:
    row_source source_;
    row_reader reader_;
    std::size_t read_here_ = 0, read_ = 0;
    bool ended_ = false;
};

} // namespace

struct stream_reader::state : numbered_rows {
    using numbered_rows::numbered_rows;
};

stream_reader::stream_reader(executor& on, statement what, const parameters& values,
                             const row_description& row)
    : state_(std::make_unique<state>(on, what, values, row)) {}
stream_reader::stream_reader(stream_reader&&) noexcept = default;
stream_reader& stream_reader::operator=(stream_reader&&) noexcept = default;
stream_reader::~stream_reader() = default;

bool stream_reader::read(void* into) {
    if (state_->waiting() == 0) return false;
    state_->read(1, into, 0);
    return true;
}

std::size_t stream_reader::rows_read() const noexcept {
    return state_->read();
}

void stream_reader::close() noexcept {
    state_->close();
}

void run_streamed(executor& on, statement what, const parameters& values, const row_description& row,
                  const row_sink& sink) {
    constexpr std::size_t step = 64; // rows made ahead of the server
    numbered_rows rows(on, what, values, row);
    std::size_t room = 0;
    std::byte* first = nullptr;
    while (const auto waiting = rows.waiting()) {
        if (room - rows.read() < waiting) {
            room = rows.read() + std::max(waiting, step);
            first = static_cast<std::byte*>(sink.resize(sink.container, room));
        }
        rows.read(waiting, first + rows.read() * sink.stride, sink.stride);
    }
    sink.resize(sink.container, rows.read());
}

} // namespace howdah::detail
