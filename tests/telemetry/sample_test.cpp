#include <foreshift/telemetry/sample.hpp>

#include <doctest/doctest.h>

#include <type_traits>

using namespace foreshift::telemetry;

TEST_CASE("a sample is a plain pair of words that can be copied as bytes") {
  static_assert(std::is_trivially_copyable_v<sample>);
  static_assert(sizeof(sample) == 16);
  const reading r{{foreshift::workload_id{3}, metric::io}, {{}, 4.5}};
  CHECK(r.key.of == entity{foreshift::workload_id{3}});
  CHECK(r.what.value == 4.5);
}
