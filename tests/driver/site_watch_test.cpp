#include <foreshift/driver/site_watch.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <optional>
#include <variant>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

constexpr site_id self{1};
constexpr host_id host{4};
constexpr consensus::elector members[] = {{{1}, {1}}, {{2}, {1}}};
time_point minute(int m) { return time_point{std::chrono::minutes{m}}; }

/// Alerts above 10, and finds values as improbable as they are high.
struct high_is_strange {
  double last = 0;
  anomaly::score observe(const telemetry::sample& s) {
    last = s.value;
    return {.value = 1, .alert = s.value > 10};
  }
  [[nodiscard]] double p_value() const { return std::pow(10.0, -last / 10); }
  [[nodiscard]] anomaly::cause why() const { return {.measure = "height", .observed = last}; }
};
/// The same without a probability.
struct high_alerts {
  anomaly::score observe(const telemetry::sample& s) { return {.value = 1, .alert = s.value > 10}; }
};
static_assert(driver::SurprisedDetector<high_is_strange> && !driver::SurprisedDetector<high_alerts>);

struct listener {
  std::vector<decltype(ports::note::what)> heard;
  auto ear() {
    return [this](decltype(ports::note::what) what) { heard.push_back(std::move(what)); };
  }
  template <class Note>
  [[nodiscard]] std::size_t count() const {
    std::size_t n = 0;
    for (const auto& one : heard) n += std::holds_alternative<Note>(one) ? 1 : 0;
    return n;
  }
};
driver::step_value value(std::uint64_t series, double v, int m) {
  return {workload_id{series}, {minute(m), v}};
}
driver::status_report report() {
  driver::status_report r;
  r.hosts.push_back({});
  r.hosts.back().host = host;
  return r;
}

}  // namespace

TEST_CASE("each series has a detector of its own, whose alerts are told") {
  driver::site_watch<high_alerts> watch{self, {}};
  listener l;
  watch.observe(value(1, 3, 0), host, l.ear());
  watch.observe(value(2, 30, 0), std::nullopt, l.ear());
  REQUIRE(l.heard.size() == 1);
  CHECK(std::get<ports::anomaly_alerted>(l.heard[0]).of.number == 2);
  CHECK(std::get<ports::anomaly_alerted>(l.heard[0]).why.measure.empty());
  driver::site_watch<high_is_strange> explains{self, {}};
  explains.observe(value(3, 40, 0), host, l.ear());
  REQUIRE(l.heard.size() == 2);
  CHECK(std::get<ports::anomaly_alerted>(l.heard[1]).why.measure == "height");
  CHECK(std::get<ports::anomaly_alerted>(l.heard[1]).why.observed == 40);
}

TEST_CASE(
    "a value that is improbable speaks for the failure of its own host in its step; a score alone does not") {
  driver::site_watch<high_is_strange> watch{self, {}};
  driver::site_watch<high_alerts> without{self, {}};
  listener l;
  for (int m = 0; m <= 60; m += 5)
    watch.failures().heard(host, minute(m)), without.failures().heard(host, minute(m));
  const double base = watch.failures().of_own(host, minute(61)).probability;
  watch.observe(value(1, 90, 60), std::nullopt, l.ear());  // of no host that is ours
  CHECK(watch.failures().of_own(host, minute(61)).probability == base);
  watch.observe(value(1, 90, 60), host, l.ear());
  without.observe(value(1, 90, 60), host, l.ear());
  CHECK(watch.failures().of_own(host, minute(61)).anomaly > 0.05);
  CHECK(without.failures().of_own(host, minute(61)).anomaly == 0);
  watch.next_step();
  CHECK(watch.failures().of_own(host, minute(61)).probability == base);
}

TEST_CASE("a growing counter of errors makes its host suspect, in the report and to the observer, once") {
  driver::site_watch<high_alerts> watch{self, {}};
  listener l;
  double errors = 0, last = 0;
  const auto step = [&](int m, double more) {
    errors += more;
    watch.hear(host, {{host, telemetry::metric::cpu}, {minute(m), 1}}, minute(m));
    watch.hear(host, {{host, telemetry::metric::errors}, {minute(m), errors}}, minute(m));
    watch.next_step();
    auto said = report();
    watch.suspect(said, std::span{members}.first(1), minute(m + 1), l.ear());
    return said.hosts[0].failure;
  };
  int m = 0;
  for (; m < 1000; m += 5) last = step(m, m % 100 == 0 ? 1 : 0);
  CHECK(last < 0.01);
  CHECK(l.heard.empty());
  for (const double more : {10.0, 20.0, 40.0}) last = step(m += 5, more);
  CHECK(last > 0.5);
  REQUIRE(l.count<ports::failure_suspected>() == 1);
  CHECK(std::get<ports::failure_suspected>(l.heard[0]).host == host);
}

TEST_CASE("the report says how likely hosts are to fail; hosts and sites that are silent are told of once") {
  driver::site_watch<high_alerts> watch{self, {}};
  listener l;
  for (int m = 0; m <= 60; m += 5)
    watch.failures().heard(host, minute(m)), watch.failures().heard(site_id{2}, minute(m));
  auto calm = report();
  watch.suspect(calm, members, minute(61), l.ear());
  CHECK(l.heard.empty());
  CHECK(calm.hosts[0].failure < 0.01);
  for (int again = 0; again < 2; ++again) {
    auto silent = report();
    watch.suspect(silent, members, minute(180), l.ear());
    CHECK(silent.hosts[0].failure > 0.9);
    REQUIRE(l.count<ports::failure_suspected>() == 2);
    CHECK(std::get<ports::failure_suspected>(l.heard[0]).host == host);
    CHECK(std::get<ports::failure_suspected>(l.heard[1]).site == site_id{2});
  }
}

TEST_CASE("the last score of a series is kept, and there is none of a series that was never seen") {
  driver::site_watch watch{self, high_is_strange{}};
  listener l;
  CHECK(!watch.score_of(workload_id{1}));
  watch.observe(value(1, 20, 0), host, l.ear());
  watch.observe(value(1, 5, 1), host, l.ear());
  REQUIRE(watch.score_of(workload_id{1}));
  CHECK(!watch.score_of(workload_id{1})->alert);
  CHECK(watch.score_of(workload_id{1})->value == 1);
  CHECK(!watch.score_of(workload_id{2}));
}
