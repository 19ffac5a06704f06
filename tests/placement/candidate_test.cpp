#include "fleet.hpp"

#include <foreshift/placement/candidate.hpp>

#include <doctest/doctest.h>

using namespace fleet;

TEST_CASE("a candidate says what the move does to both ends") {
  world w;
  w.host(1, 1), w.host(2, 2, 6);
  w.workload(10, 1, flat_paths(4)), w.workload(11, 1, flat_paths(5));
  w.build();
  const auto view = w.view();
  const auto before = as_it_is(w.hosts[0]);
  const departure leaving{w.known.find(workload_id{10}), view.find(workload_id{10}),
                          if_left(w.hosts[0], *view.find(workload_id{10}), {})};
  const arrival to{w.hosts[1], w.known};
  const candidate c{leaving, w.hosts[0], before, to, view.moves};
  CHECK(c.source_before() == exceedance{4, 1});
  CHECK(c.source_after() == exceedance{1, 1});
  CHECK(c.destination_before() == exceedance{0, 0});
  CHECK(c.destination_after() == exceedance{3, 1});
  CHECK(c.destination().free()[resource::memory] == 100);
  CHECK(c.record().id == workload_id{10});
}
