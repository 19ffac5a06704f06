#include <foreshift/core/shared_bytes.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

using namespace foreshift;

TEST_CASE("copies share the bytes, and are equal to others of the same content") {
  const byte_string text(300, std::byte{7});
  const shared_bytes one{text}, copy = one, other{text};
  CHECK(copy.view().data() == one.view().data());
  CHECK(other.view().data() != one.view().data());
  CHECK(one == copy);
  CHECK(one == other);
  CHECK(std::ranges::equal(one.view(), text));
  CHECK(shared_bytes{} == shared_bytes{byte_string{}});
  CHECK(shared_bytes{}.view().empty());
}

TEST_CASE("what was moved from is empty or still whole, and never half") {
  shared_bytes one{byte_string(5, std::byte{1})};
  const shared_bytes taken = std::move(one);
  CHECK(taken.size() == 5);
  one = taken;
  CHECK(one == taken);
}

TEST_CASE("bytes are the same only if every one is, wherever the difference lies") {
  for (const std::size_t size : {1U, 7U, 15U, 16U, 17U, 64U}) {
    const byte_string text(size, std::byte{3});
    CHECK(same_bytes(text, byte_string(text)));
    CHECK_FALSE(same_bytes(text, byte_string(size + 1, std::byte{3})));
    for (std::size_t i = 0; i < size; ++i) {
      auto other = text;
      other[i] = std::byte{4};
      CHECK_FALSE(same_bytes(text, other));
    }
  }
  CHECK(same_bytes({}, {}));
}

TEST_CASE("a block is filled in place") {
  const auto made = shared_bytes::made_by(3, [](std::span<std::byte> block) {
    CHECK(block.size() == 3);
    std::ranges::fill(block, std::byte{9});
  });
  CHECK(made == shared_bytes{byte_string(3, std::byte{9})});
}
