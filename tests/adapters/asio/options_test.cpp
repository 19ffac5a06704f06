#include <foreshift/adapters/asio/options.hpp>

#include <foreshift/consensus/codec.hpp>

#include <doctest/doctest.h>

using namespace foreshift;

TEST_CASE("by default the longest message of the agreement, framed by the driver, fits") {
  const asio::options rules;
  CHECK(rules.message_bytes_max > consensus::message_size_max);
  CHECK(rules.queue_bytes_max > rules.message_bytes_max);
  CHECK(rules.redial_min <= rules.redial_max);
}

TEST_CASE("counts start at nothing") {
  CHECK(asio::counters{} == asio::counters{});
  CHECK(asio::counters{}.broken.size() == asio::frame_error_count);
}
