#include <foreshift/consensus/certificate.hpp>

#include <doctest/doctest.h>

#include <type_traits>

using namespace foreshift;
using namespace foreshift::consensus;

TEST_CASE("a certificate has no room for a weight: a line is a voter, an opinion and a reason") {
  CHECK(canonical(counted_vote{}).size() == sizeof(std::uint64_t) + 1 + sizeof(std::uint16_t));
}

TEST_CASE("a vote is bound to content, attempt, epoch and credits") {
  const vote paper{site_id{1}, {site_id{2}, 7}, 0, {}, {epoch_number{1}, {}, 4}, verdict::accept, 3, "fits"};
  vote other = paper;
  other.basis.credit_version = 5;
  CHECK(other != paper);
  other = paper;
  other.header.value[0] = 1;
  CHECK(other != paper);
}
