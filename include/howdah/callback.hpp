// SPDX-License-Identifier: BSL-1.0
//
// callback: a function of the user's that howdah calls, such as connection_config::on_notice. Made from any lambda:
//
//     config.on_notice = [](const howdah::server_message& notice) { log(notice); };
//
// In the place of std::function, because <functional> alone would be a tenth of what including howdah costs.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <howdah/detail/owner.hpp>

namespace howdah {

/// Something to be called with an Argument, or nothing. Copies share the function. Calling is as thread safe as the
/// function is.
template <class Argument> class callback {
public:
    callback() noexcept = default;
    callback(std::nullptr_t) noexcept {}
    /// Keeps `function`, which is called as an lvalue; its result is dropped.
    template <std::invocable<Argument> Function>
        requires(!std::same_as<std::remove_cvref_t<Function>, callback>)
    callback(Function function)
        : function_(detail::make_shared_object<Function>(std::move(function))), call_(&call_one<Function>) {}

    /// Is there a function?
    [[nodiscard]] explicit operator bool() const noexcept { return call_ != nullptr; }
    /// Calls the function, which must be there. Throws what it throws.
    void operator()(Argument argument) const { call_(function_.get(), std::forward<Argument>(argument)); }

private:
    template <class Function> static void call_one(void* function, Argument argument) {
        (*static_cast<Function*>(function))(std::forward<Argument>(argument));
    }
    detail::shared<void> function_;
    void (*call_)(void* function, Argument argument) = nullptr;
};

} // namespace howdah
