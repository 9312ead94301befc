// SPDX-License-Identifier: BSL-1.0
#include "json.hpp"

#include <nlohmann/json.hpp>

namespace howdah::cli {
namespace {

using nlohmann::ordered_json;

ordered_json convert(const json_value& value) {
    struct visitor {
        ordered_json operator()(const json_value::array& from) const {
            auto out = ordered_json::array();
            for (const auto& one : from) out.push_back(convert(one));
            return out;
        }
        ordered_json operator()(const json_value::object& from) const {
            auto out = ordered_json::object();
            for (const auto& [name, one] : from) out[name] = convert(one);
            return out;
        }
        ordered_json operator()(std::nullptr_t) const { return nullptr; }
        ordered_json operator()(bool from) const { return from; }
        ordered_json operator()(std::int64_t from) const { return from; }
        ordered_json operator()(const std::string& from) const { return from; }
    };
    return std::visit(visitor{}, value.held);
}

} // namespace

std::string to_text(const json_value& value) {
    return convert(value).dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

} // namespace howdah::cli
