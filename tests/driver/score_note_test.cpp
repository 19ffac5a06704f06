#include <foreshift/driver/score_note.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

std::vector<driver::score_note> both_kinds() {
  feedback::claim c{{site_id{2}, 5},  class_id{3}, time_point{100s},
                    time_point{400s}, {7'500},     {host_id{4}, resource::memory, 800}};
  return {driver::claim_note{{site_id{1}, 9}, c}, driver::outcome_note{{site_id{1}, 9}, true}};
}

}  // namespace

TEST_CASE("a claim and an outcome come back as they were written") {
  for (const auto& note : both_kinds()) CHECK(driver::decode_score_note(encode(note)) == note);
}

TEST_CASE("every shorter and every longer note is refused") {
  for (const auto& note : both_kinds()) {
    auto bytes = encode(note);
    for (std::size_t n = 0; n < bytes.size(); ++n)
      CHECK_FALSE(driver::decode_score_note(byte_span{bytes}.first(n)));
    bytes.push_back(std::byte{0});
    CHECK_FALSE(driver::decode_score_note(bytes));
  }
}

TEST_CASE("another version, another kind, another resource and a third truth value are refused") {
  const auto claim = encode(both_kinds()[0]), outcome = encode(both_kinds()[1]);
  auto bytes = claim;
  bytes[0] = std::byte{0};
  CHECK_FALSE(driver::decode_score_note(bytes));
  bytes = claim, bytes[1] = std::byte{2};
  CHECK_FALSE(driver::decode_score_note(bytes));
  bytes = claim, bytes[bytes.size() - 5] = static_cast<std::byte>(resource_count);
  CHECK_FALSE(driver::decode_score_note(bytes));
  bytes = outcome, bytes.back() = std::byte{2};
  CHECK_FALSE(driver::decode_score_note(bytes));
}
