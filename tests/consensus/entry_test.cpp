#include <foreshift/consensus/entry.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("the digest of an entry covers its header and where one command ends and the next begins") {
  const entry one{{epoch_number{1}, {}}, {byte_string(2, std::byte{7})}};
  const entry two{{epoch_number{1}, {}}, {byte_string(1, std::byte{7}), byte_string(1, std::byte{7})}};
  const entry later{{epoch_number{1}, time_point{duration{1}}}, one.commands};
  CHECK(canonical_digest(one) != canonical_digest(two));
  CHECK(canonical_digest(one) != canonical_digest(later));
  CHECK(canonical_digest(one) == canonical_digest(entry{one}));
}
