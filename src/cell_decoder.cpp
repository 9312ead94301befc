// SPDX-License-Identifier: BSL-1.0
#include "reading_plan.hpp"

#include <algorithm>

#include <howdah/detail/codec_view.hpp>
#include <howdah/time.hpp>
#include <howdah/uuid.hpp>

namespace howdah::detail {

namespace {

/// What stands in a plan for a T that is read from the binary form of a column of this type.
struct known_form {
    decode_function decode;
    void* (*engage)(void*);
    direct_form form;
};

template <class T> known_form known(oid type, direct_form form) noexcept {
    const auto& codec = codec_for<T>;
    return {codec.decoder({type, format::binary}), codec.engage, form};
}

} // namespace

direct_form direct_form_of(const erased_codec& field, decode_function decode) noexcept {
    constexpr wire text{oids::text, format::binary};
    // Asked of the codecs themselves, so that no codec has to know of the loop.
    static const known_form forms[] = {
        known<bool>(oids::boolean, direct_form::boolean),
        known<std::int32_t>(oids::int4, direct_form::four_bytes),
        known<float>(oids::float4, direct_form::four_bytes),
        known<std::int64_t>(oids::int8, direct_form::eight_bytes),
        known<double>(oids::float8, direct_form::eight_bytes),
        known<timestamp>(oids::timestamptz, direct_form::timestamp),
        known<local_timestamp>(oids::timestamp, direct_form::timestamp),
        known<uuid>(oids::uuid, direct_form::sixteen_bytes),
        known<std::string>(oids::text, direct_form::text),
        known<std::optional<std::string>>(oids::text, direct_form::optional_text),
        known<std::optional<timestamp>>(oids::timestamptz, direct_form::optional_timestamp),
        {text_view_decoder(text), nullptr, direct_form::text_view},
        {text_view_decoder(text), view_codec<std::optional<std::string_view>>.engage,
         direct_form::optional_text_view},
    };
    for (const auto& each : forms)
        if (each.decode == decode && each.engage == field.engage) return each.form;
    return direct_form::none;
}

void cell_decoder::set_null(const column_step& step, void* value) {
    const auto* const codec = step.reader->codec;
    if (codec->set_null) codec->set_null(value);
    if (step.group > 0)
        nulls_[static_cast<std::size_t>(&step - plan_.steps.data())] = 1; // settled with its group
    else if (!codec->set_null) throw decode_error("NULL, and the field is not a std::optional");
}

void cell_decoder::begin_groups(void* into) {
    nulls_.assign(plan_.steps.size(), '\0');
    for (const auto& group : plan_.groups) group.engage(static_cast<std::byte*>(into) + group.offset);
}

void cell_decoder::settle_groups(void* into) {
    for (std::size_t i = 0, steps_done = 0; i < plan_.groups.size(); ++i) {
        const auto& group = plan_.groups[i];
        if (group.first < steps_done) continue; // inside a struct that is empty
        const auto first = nulls_.begin() + group.first, last = first + group.count;
        if (std::all_of(first, last, [](char null) { return null == 1; })) {
            group.reset(static_cast<std::byte*>(into) + group.offset);
            steps_done = static_cast<std::size_t>(group.first) + group.count;
            continue;
        }
        for (std::size_t step = group.first; step < group.first + std::size_t{group.count}; ++step) {
            at_ = &plan_.steps[step];
            if (nulls_[step] == 1 && at_->group == i + 1 && !at_->reader->codec->set_null)
                throw decode_error(
                    "NULL, and the field is not a std::optional, in a struct that has other values");
        }
    }
}

} // namespace howdah::detail
