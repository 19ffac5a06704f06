#include <foreshift/consensus/command_batch.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace foreshift;
using namespace foreshift::consensus;

namespace {
const std::vector<byte_string> some{byte_string(3, std::byte{1}), byte_string{},
                                    byte_string(300, std::byte{2})};
}  // namespace

TEST_CASE("a batch gives its commands back in order") {
  const command_batch batch{some};
  REQUIRE(batch.size() == 3);
  std::size_t i = 0;
  for (const auto command : batch) {
    CHECK(std::ranges::equal(command, some[i]));
    CHECK(std::ranges::equal(batch[i], some[i]));
    ++i;
  }
  CHECK(i == 3);
  CHECK(command_batch{} == command_batch{std::vector<byte_string>{}});
  CHECK(command_batch{}.begin() == command_batch{}.end());
}

TEST_CASE("its bytes are those of a list of commands") {
  CHECK(canonical(command_batch{some}) == canonical(some));
  CHECK(canonical(command_batch{}) == canonical(std::vector<byte_string>{}));
  CHECK(from_canonical<command_batch>(canonical(some)) == command_batch{some});
  CHECK(from_canonical<command_batch>(canonical(command_batch{})) == command_batch{});
}

TEST_CASE("a copy shares the block, and equal content is equal") {
  const command_batch one{some}, copy = one;
  CHECK((*one.begin()).data() == (*copy.begin()).data());
  CHECK(one == command_batch{some});
  CHECK_FALSE(one == command_batch{some[0]});
}

TEST_CASE("counts and lengths that do not fit the bytes are refused, and one batch has one encoding") {
  auto bytes = canonical(some);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(from_canonical<command_batch>(byte_span{bytes}.first(size)));
  for (std::size_t at = 0; at < 8; ++at)
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto forged = bytes;
      forged[at] ^= static_cast<std::byte>(1U << bit);
      if (const auto read =
              from_canonical<command_batch>(forged))  // other commands of the same length in all
        CHECK(canonical(*read) == forged);
    }
  CHECK_FALSE(from_canonical<command_batch>(bytes, wire_limits{.item_count = 2}));
  CHECK_FALSE(from_canonical<command_batch>(bytes, wire_limits{.blob_size = 299}));
  bytes.push_back({});
  CHECK_FALSE(from_canonical<command_batch>(bytes));
}
