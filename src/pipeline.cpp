// SPDX-License-Identifier: BSL-1.0
#include <howdah/pipeline.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "statement_batch.hpp"

namespace howdah {

namespace detail {

namespace {

constexpr std::size_t most_copied = 1024;

bool begins_with_copy(std::string_view text) noexcept {
    const auto begin = text.find_first_not_of(" \t\r\n(");
    constexpr std::string_view word = "copy";
    if (begin == text.npos || text.size() - begin <= word.size()) return false;
    return std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(begin),
                      [](char a, char b) { return a == (b | 0x20); });
}

} // namespace

bound_values statement_batch::copy(const parameters& given, std::size_t bytes) {
    const auto from = given.entries();
    void* const place = values.allocate(from.size_bytes() + bytes, alignof(parameters::entry));
    auto* const copied = static_cast<parameters::entry*>(place);
    auto* const behind = reinterpret_cast<char*>(std::uninitialized_copy(from.begin(), from.end(), copied));
    std::memcpy(behind, given.bytes(), bytes);
    bound_values kept;
    kept.entries = {copied, from.size()};
    kept.bytes = behind;
    return kept;
}

void statement_batch::add(const statement& what, parameters&& given) {
    std::string_view text = entries.empty() ? std::string_view() : entries.back().what.text;
    if (entries.empty() || text != what.text) {
        if (begins_with_copy(what.text)) throw usage_error("COPY cannot be run in a pipeline");
        refuse_nul(what.text);
        text = texts.emplace_back(what.text);
    }
    std::size_t size = 0, bytes = 0; // of the values, and up to their end in given.bytes()
    for (const auto& value : given.entries()) {
        if (value.length < 0) continue;
        size += static_cast<std::size_t>(value.length);
        if (!value.outside)
            bytes = value.offset + static_cast<std::size_t>(value.length) + 1; // a NUL byte follows
    }
    const bool few = size <= most_copied && !given.any_checked();
    auto& added = entries.emplace_back(
        what, few ? copy(given, bytes) : bound_values(other_values.emplace_back(std::move(given))), size);
    added.what.text = text;
}

shared<statement_batch> make_batch() {
    return make_shared_object<statement_batch>();
}

std::size_t add_to(statement_batch& batch, const statement& what, parameters&& values) {
    if (what.timeout)
        throw usage_error("a statement of a pipeline has no deadline of its own: give run() one");
    batch.add(what, std::move(values));
    return batch.entries.size() - 1;
}

std::size_t size_of(const statement_batch& batch) noexcept {
    return batch.entries.size();
}

pipeline_outcome outcome_of(const statement_batch& batch, std::size_t index) noexcept {
    return batch.entries[index].outcome;
}

namespace {

[[noreturn]] void refuse_answer(const statement_batch& batch, std::size_t index) {
    const auto place = "statement " + std::to_string(index) + " of the pipeline ";
    switch (batch.entries[index].outcome) {
    case pipeline_outcome::failed: throw server_error(*batch.failure);
    case pipeline_outcome::unknown:
        throw usage_error(place + "has no answer: the connection was lost before it came");
    case pipeline_outcome::not_run:
        throw usage_error(place + "was not run, because " +
                          (batch.failure ? "statement " + std::to_string(batch.failed) + " failed"
                                         : std::string("run() failed")));
    case pipeline_outcome::waiting:
    case pipeline_outcome::done: break;
    }
    throw usage_error(place + "has not been sent: call run() first");
}

} // namespace

const result& answer_of(const statement_batch* batch, std::size_t index) {
    const auto& entry = batch->entries[index];
    if (entry.outcome != pipeline_outcome::done) refuse_answer(*batch, index);
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
