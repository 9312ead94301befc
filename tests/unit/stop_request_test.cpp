// SPDX-License-Identifier: BSL-1.0
#include <doctest/doctest.h>

#include <stop_token>
#include <type_traits>

#include <howdah/stop_request.hpp>

namespace {

TEST_CASE("a stop request says what its token says, for as long as the token would") {
    howdah::stop_request stop;
    CHECK_FALSE(stop.stop_possible());
    CHECK_FALSE(stop.stop_requested());
    std::stop_source source;
    stop = source.get_token();
    const auto copied = stop;
    CHECK(copied.stop_possible());
    CHECK_FALSE(copied.stop_requested());
    source.request_stop();
    CHECK(stop.stop_requested());
    CHECK(copied.stop_requested());
    stop = std::stop_source().get_token(); // nobody is left who could ask
    CHECK_FALSE(stop.stop_possible());
    CHECK(std::is_convertible_v<std::stop_token, howdah::stop_request>);
    CHECK_FALSE(std::is_convertible_v<std::stop_source, howdah::stop_request>);
}

} // namespace
