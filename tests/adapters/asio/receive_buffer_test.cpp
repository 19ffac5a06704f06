#include <foreshift/adapters/asio/receive_buffer.hpp>

#include <foreshift/core/random.hpp>

#include <doctest/doctest.h>

#include <deque>

using namespace foreshift;
using asio::receive_buffer;

TEST_CASE("what is put in comes out in order, whatever the portions") {
  random_stream random{3};
  receive_buffer buffer{64};
  std::deque<std::byte> expected;
  std::uint8_t fresh = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto room = buffer.room(0);
    const std::size_t n = room.empty() ? 0 : random.below(room.size() + 1);
    for (std::size_t k = 0; k < n; ++k) expected.push_back(room[k] = static_cast<std::byte>(fresh++));
    buffer.filled(n);
    const auto view = buffer.view();
    REQUIRE(std::equal(view.begin(), view.end(), expected.begin(), expected.end()));
    const std::size_t taken = random.below(view.size() + 1);
    buffer.take(taken);
    expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(taken));
  }
  CHECK(buffer.capacity() == 64);
}

TEST_CASE("it has no room when full, and grows only for what has to fit") {
  receive_buffer buffer{8};
  CHECK(buffer.room(0).size() == 8);
  buffer.filled(8);
  CHECK(buffer.room(0).empty());
  CHECK(buffer.room(8).empty());
  CHECK(buffer.room(9).size() == 8);
  CHECK(buffer.capacity() == 16);
  CHECK(buffer.room(100).size() == 92);
  CHECK(buffer.view().size() == 8);
}

TEST_CASE("what has been taken makes room before anything grows") {
  receive_buffer buffer{8};
  static_cast<void>(buffer.room(0));
  buffer.filled(8);
  buffer.take(6);
  CHECK(buffer.room(8).size() == 6);
  CHECK(buffer.capacity() == 8);
}
