#pragma once
/// @file
/// Where independent work runs. Sequential unless the host brings threads.

#include <foreshift/core/config.hpp>

#include <concepts>
#include <cstddef>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI {

/// Runs `body(i)` for every i in [0, n), each exactly once, and returns when all have returned.
///
/// Semantics     The calls may run in any order and at the same time, so `body` writes only to what belongs
/// to i;
///               then the outcome does not depend on the executor.
/// Failure       None: `body` must not throw.
/// Model         `sequential_executor`.
template <class E>
concept Executor = requires(E& executor, std::size_t n, void (*body)(std::size_t)) {
  { executor.bulk(n, body) } -> std::same_as<void>;
};

/// One after the other, in order, on the calling thread.
struct sequential_executor {
  template <std::invocable<std::size_t> F>
  void bulk(std::size_t n, F&& body) const {
    for (std::size_t i = 0; i < n; ++i) body(i);
  }
};
static_assert(Executor<sequential_executor>);

}  // namespace foreshift::inline FORESHIFT_ABI
