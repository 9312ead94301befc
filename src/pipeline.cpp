// SPDX-License-Identifier: BSL-1.0
#include <howdah/pipeline.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include "statement_batch.hpp"

namespace howdah {

namespace detail {

namespace {

bool begins_with_copy(std::string_view text) noexcept {
    const auto begin = text.find_first_not_of(" \t\r\n(");
    constexpr std::string_view word = "copy";
    if (begin == text.npos || text.size() - begin <= word.size()) return false;
    return std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(begin),
                      [](char a, char b) { return a == (b | 0x20); });
}

} // namespace

shared<statement_batch> make_batch() {
    return make_shared_object<statement_batch>();
}

std::size_t add_to(statement_batch& batch, const statement& what, parameters&& values) {
    if (what.timeout)
        throw usage_error("a statement of a pipeline has no deadline of its own: give run() one");
    if (begins_with_copy(what.text)) throw usage_error("COPY cannot be run in a pipeline");
    if (what.text.find('\0') != what.text.npos) throw usage_error("a statement cannot hold a NUL byte");
    if (batch.texts.empty() || batch.texts.back() != what.text) batch.texts.emplace_back(what.text);
    batch.entries.push_back({what, std::move(values)});
    batch.entries.back().what.text = batch.texts.back();
    return batch.entries.size() - 1;
}

std::size_t size_of(const statement_batch& batch) noexcept {
    return batch.entries.size();
}

pipeline_outcome outcome_of(const statement_batch& batch, std::size_t index) noexcept {
    return batch.entries[index].outcome;
}

const result& answer_of(const statement_batch* batch, std::size_t index) {
    const auto& entry = batch->entries[index];
    const auto place = [&] { return "statement " + std::to_string(index) + " of the pipeline "; };
    switch (entry.outcome) {
    case pipeline_outcome::done: break;
    case pipeline_outcome::waiting: throw usage_error(place() + "has not been sent: call run() first");
    case pipeline_outcome::failed: throw server_error(*batch->failure);
    case pipeline_outcome::unknown:
        throw usage_error(place() + "has no answer: the connection was lost before it came");
    case pipeline_outcome::not_run:
        throw usage_error(place() + "was not run, because " +
                          (batch->failure ? "statement " + std::to_string(batch->failed) + " failed"
                                          : std::string("run() failed before anything was sent")));
    }
    return entry.answer;
}

void run_batch(executor& on, statement_batch& batch, std::optional<std::chrono::milliseconds> timeout) {
    const auto loan = on.borrow();
    run_on(*loan, batch, timeout);
}

} // namespace detail

void pipeline::run(std::optional<std::chrono::milliseconds> timeout) {
    if (!batch_) return;
    const auto batch = std::exchange(batch_, nullptr);
    detail::run_batch(on_, *batch, timeout);
}

} // namespace howdah
