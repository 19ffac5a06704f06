#include <foreshift/driver/status_report.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

driver::status_report full() {
  return {time_point{1'741'003'200s},
          {{host_id{1}, 3.5, 2, {1, 2, 3}, 0.25}, {host_id{2}, 4, 0, {}, 0}},
          {{workload_id{7}, 0.25}}};
}

}  // namespace

TEST_CASE("a report comes back as it was sent") {
  CHECK(driver::decode_status_report(encode(full())) == full());
  CHECK(driver::decode_status_report(encode(driver::status_report{})) == driver::status_report{});
}

TEST_CASE("a host without a reading comes back without one") {
  auto report = full();
  report.hosts[0].demand = std::numeric_limits<double>::quiet_NaN();
  const auto bytes = encode(report);
  const auto got = driver::decode_status_report(bytes);
  REQUIRE(got);
  CHECK(encode(*got) == bytes);
}

TEST_CASE("a probability of failure that is none is refused") {
  for (const double p : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    auto report = full();
    report.hosts[1].failure = p;
    CHECK_FALSE(driver::decode_status_report(encode(report)));
  }
}

TEST_CASE("every shorter and every longer report is refused") {
  auto bytes = encode(full());
  for (std::size_t n = 0; n < bytes.size(); ++n)
    CHECK_FALSE(driver::decode_status_report(byte_span{bytes}.first(n)));
  bytes.push_back(std::byte{0});
  CHECK_FALSE(driver::decode_status_report(bytes));
}

TEST_CASE("another version and a forged count are refused") {
  const auto good = encode(full());
  auto bytes = good;
  bytes[0] = std::byte{1};
  CHECK_FALSE(driver::decode_status_report(bytes));
  // Version, time; then the hosts' count, and the first history's behind host, demand and residents.
  for (const std::size_t at : {std::size_t{9}, std::size_t{13 + 24}}) {
    for (const unsigned byte : {0x00U, 0x01U, 0x7FU, 0xFFU}) {
      bytes = good;
      for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::byte>(byte);
      CHECK_FALSE(driver::decode_status_report(bytes));
    }
  }
}
