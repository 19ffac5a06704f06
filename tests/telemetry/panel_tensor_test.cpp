#include <foreshift/telemetry/panel_tensor.hpp>

#include <doctest/doctest.h>

using namespace foreshift;
using namespace foreshift::telemetry;

TEST_CASE("the tensor of a panel has its indices and writes through") {
  panel p{{{host_id{1}, metric::cpu}, {host_id{2}, metric::cpu}}, {.times = 5, .features = 3}};
  auto t = tensor_of(p);
  CHECK(t.dimension() == 3);
  CHECK(t.shape(0) == 2);
  CHECK(t.shape(1) == 5);
  CHECK(t.shape(2) == 3);
  t(1, 4, 2) = 6;
  CHECK(p(1, 4, 2) == 6);
  const panel& fixed = p;
  CHECK(tensor_of(fixed)(1, 4, 2) == 6);
}
