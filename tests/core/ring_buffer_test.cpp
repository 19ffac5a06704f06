#include <core/dies.hpp>
#include <foreshift/core/archive.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/ring_buffer.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <deque>
#include <memory>

using namespace foreshift;
using foreshift::test::dies;

TEST_CASE("a ring behaves like a deque that forgets its oldest") {
  random_stream random{1};
  for (std::size_t capacity = 1; capacity <= 9; ++capacity) {
    ring_buffer<int> ring{capacity};
    std::deque<int> model;
    for (int i = 0; i < 2000; ++i) {
      const auto what = random.below(10);
      if (what < 6) {
        ring.push(i);
        model.push_back(i);
        if (model.size() > capacity) model.pop_front();
      } else if (what < 9 && !model.empty()) {
        REQUIRE(ring.pop_front() == model.front());
        model.pop_front();
      } else if (what == 9 && random.chance(0.1)) {
        ring.clear();
        model.clear();
      }
      REQUIRE(ring.size() == model.size());
      REQUIRE(ring.empty() == model.empty());
      REQUIRE(ring.full() == (model.size() == capacity));
      for (std::size_t k = 0; k < model.size(); ++k) REQUIRE(ring[k] == model[k]);
      if (!model.empty()) {
        REQUIRE(ring.front() == model.front());
        REQUIRE(ring.back() == model.back());
      }
    }
    CHECK(ring.capacity() == capacity);
  }
}

TEST_CASE("a copy goes its own way") {
  ring_buffer<int> a{2};
  a.push(1);
  auto b = a;
  b.push(2);
  CHECK(a.size() == 1);
  CHECK(b.size() == 2);
}

TEST_CASE("values that can only be moved pass through") {
  ring_buffer<std::unique_ptr<int>> ring{1};
  ring.push(std::make_unique<int>(1));
  ring.push(std::make_unique<int>(2));
  CHECK(*ring.pop_front() == 2);
}

TEST_CASE("reaching past the end stops the process") {
  CHECK(dies([] { ring_buffer<int>{0}; }));
  CHECK(dies([] { ring_buffer<int>{}.push(1); }));
  CHECK(dies([] { ring_buffer<int>{3}.pop_front(); }));
  CHECK(dies([] { static_cast<void>(ring_buffer<int>{3}.front()); }));
  CHECK(dies([] { static_cast<void>(ring_buffer<int>{3}.back()); }));
}

TEST_CASE("a ring comes back from an archive, and one that points outside itself is refused") {
  ring_buffer<std::uint32_t> ring{3};
  for (std::uint32_t i = 0; i < 5; ++i) ring.push(i);
  archive_writer out;
  out(ring);
  const auto bytes = out.take();
  ring_buffer<std::uint32_t> back;
  archive_reader in{bytes};
  in(back);
  REQUIRE(in.finished());
  ring.push(9);
  back.push(9);
  for (std::size_t i = 0; i < 3; ++i) CHECK(back[i] == ring[i]);

  for (const std::size_t field : {32U, 40U}) {  // first and size, behind a count and three values
    auto forged = bytes;
    forged[field] = std::byte{4};
    archive_reader refuses{forged};
    refuses(back);
    CHECK_FALSE(refuses.ok());
  }
}
