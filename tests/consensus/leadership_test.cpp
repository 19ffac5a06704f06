#include <foreshift/consensus/leadership.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::consensus;
using std::chrono::seconds;

namespace {
constexpr elector three[] = {{{1}, {1}}, {{2}, {1}}, {{3}, {1}}};
leading<proposer> fresh() { return {proposer{phase_one{{{1, site_id{1}}, slot{1}}}, slot{}}, time_point{}}; }
}  // namespace

TEST_CASE("a proposer is supported while it hears a quorum, itself included, within its patience") {
  auto own = fresh();
  const auto supported = [&](int at) {
    return own.supported(three, site_id{1}, time_point{seconds{at}}, seconds{10});
  };
  CHECK(supported(9));  // it has just begun
  CHECK_FALSE(supported(10));
  own.hear(site_id{3}, time_point{seconds{8}});
  CHECK(supported(17));
  CHECK_FALSE(supported(18));
  own.hear(site_id{9}, time_point{seconds{18}});  // a stranger
  CHECK_FALSE(supported(18));
}

TEST_CASE("beats are numbered and keep their interval") {
  auto own = fresh();
  CHECK(own.beat(time_point{}, seconds{1}) == 1U);
  CHECK_FALSE(own.beat(time_point{}, seconds{1}));
  CHECK(own.beat(time_point{seconds{1}}, seconds{1}) == 2U);
}
