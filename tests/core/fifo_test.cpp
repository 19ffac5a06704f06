#include <foreshift/core/fifo.hpp>
#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <memory>

using namespace foreshift;

TEST_CASE("a queue does what a deque does, whatever is asked of it") {
  random_stream random{3};
  fifo<int> fast;
  std::deque<int> slow;
  for (int i = 0; i < 20'000; ++i) {
    const auto what = random.below(8);
    if (what < 4 || slow.empty()) {
      fast.push_back(i), slow.push_back(i);
    } else if (what < 6) {
      const auto n = random.below(std::min<std::uint64_t>(slow.size(), 3) + 1);
      fast.pop_front(n);
      slow.erase(slow.begin(), slow.begin() + static_cast<std::ptrdiff_t>(n));
    } else if (what < 7) {
      const auto at = static_cast<std::ptrdiff_t>(random.below(slow.size()));
      fast.erase(fast.begin() + at);
      slow.erase(slow.begin() + at);
    } else if (random.below(200) == 0) {
      fast.clear(), slow.clear();
    }
    REQUIRE(fast.size() == slow.size());
    REQUIRE(std::equal(fast.begin(), fast.end(), slow.begin(), slow.end()));
  }
}

TEST_CASE("what has left is let go of at once") {
  fifo<std::shared_ptr<int>> queue;
  const auto watched = std::make_shared<int>(1);
  queue.push_back(watched), queue.push_back(nullptr);
  CHECK(watched.use_count() == 2);
  queue.pop_front();
  CHECK(watched.use_count() == 1);
}

TEST_CASE("queues are equal by what is in them, not by how it came there") {
  fifo<int> a, b;
  for (int i = 0; i < 5; ++i) a.push_back(i);
  a.pop_front(3);
  b.push_back(3), b.push_back(4);
  CHECK(a == b);
}

TEST_CASE("a queue that goes on as fast as it empties keeps its block") {
  fifo<int> queue;
  for (int i = 0; i < 64; ++i) queue.push_back(i);
  const auto* block = &*queue.begin();
  for (int i = 0; i < 32; ++i) queue.pop_front();
  for (int i = 0; i < 100'000; ++i) queue.push_back(i), queue.pop_front();
  CHECK(queue.size() == 32);
  CHECK(std::abs(&*queue.begin() - block) < 64);
}
