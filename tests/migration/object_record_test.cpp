#include <foreshift/migration/object_record.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <string>

using namespace foreshift;
using namespace foreshift::migration;

namespace {

object_record sample() {
  object_record kept;
  kept.subset = {5};
  kept.highest = {slot{9}, 1};
  kept.migration = {41};
  kept.used = {slot{9}, 0};
  kept.destination = {place_state::copying, {slot{9}, 0}, {5}};
  kept.source = {place_state::never_seen, {}, {5}};
  return kept;
}

}  // namespace

TEST_CASE("the text of a record is one line that a label takes") {
  CHECK(to_text(sample()) ==
        "1 subset=5 token=9.1 migration=41 used=9.0 destination=copying@9.0 source=never_seen@0.0");
}

TEST_CASE("what is written is read again, in every pair of states and at the ends of the numbers") {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t d = 0; d <= static_cast<std::size_t>(place_state::released); ++d)
    for (std::size_t s = 0; s <= static_cast<std::size_t>(place_state::released); ++s)
      for (const std::uint64_t number : {std::uint64_t{0}, most}) {
        object_record kept = sample();
        kept.destination.at = static_cast<place_state>(d);
        kept.source.at = static_cast<place_state>(s);
        kept.highest.at = slot{number};
        kept.migration = {number};
        CHECK(object_record_of(to_text(kept)) == kept);
      }
}

TEST_CASE("any other text is no record: cut, longer, of another version, out of range or of nothing") {
  const std::string whole = to_text(sample());
  for (std::size_t n = 0; n + 1 < whole.size(); ++n)
    CHECK(object_record_of(whole.substr(0, n)) == std::nullopt);
  CHECK(object_record_of(whole + " ") == std::nullopt);
  CHECK(object_record_of("2" + whole.substr(1)) == std::nullopt);
  CHECK(object_record_of("1 subset=-5" + whole.substr(10)) == std::nullopt);
  CHECK(object_record_of("1 subset=99999999999999999999" + whole.substr(10)) == std::nullopt);
  CHECK(object_record_of("1 subset=5 token=9.4294967296" + whole.substr(20)) == std::nullopt);
}

TEST_CASE("of another migration than the one that is kept nothing has been seen") {
  CHECK(sample().state_of({41}, endpoint::destination) == place_state::copying);
  CHECK(sample().state_of({40}, endpoint::destination) == place_state::never_seen);
}
