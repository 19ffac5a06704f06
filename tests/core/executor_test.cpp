#include <foreshift/core/executor.hpp>

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace foreshift;

namespace {

/// A host's own model: two threads, odd and even.
struct two_threads {
  template <class F>
  void bulk(std::size_t n, F&& body) {
    std::thread other([&] {
      for (std::size_t i = 1; i < n; i += 2) body(i);
    });
    for (std::size_t i = 0; i < n; i += 2) body(i);
    other.join();
  }
};

// Near misses.
struct without_bulk {};
struct returns_something {
  int bulk(std::size_t, void (*)(std::size_t));
};
struct wants_no_index {
  void bulk(std::size_t, void (*)());
};
static_assert(Executor<two_threads>);
static_assert(!Executor<without_bulk>);
static_assert(!Executor<returns_something>);
static_assert(!Executor<wants_no_index>);
static_assert(!Executor<int>);

template <Executor E>
std::vector<int> calls(E executor, std::size_t n) {
  std::vector<int> count(n);
  executor.bulk(n, [&](std::size_t i) { ++count[i]; });
  return count;
}

}  // namespace

TEST_CASE("every index is called exactly once, whatever the executor") {
  for (const std::size_t n : {0U, 1U, 2U, 101U}) {
    CHECK(calls(sequential_executor{}, n) == std::vector<int>(n, 1));
    CHECK(calls(two_threads{}, n) == std::vector<int>(n, 1));
  }
}

TEST_CASE("the sequential executor keeps the order") {
  std::vector<std::size_t> order;
  sequential_executor{}.bulk(5, [&](std::size_t i) { order.push_back(i); });
  CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4});
}
