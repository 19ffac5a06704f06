#include <foreshift/placement/adjustment.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <variant>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;
using namespace foreshift::placement;

namespace {

const time_point noon{std::chrono::hours{12}};

/// Normal demand, alike in all hours.
day_demand normal(double mean, double sd) {
  return {std::vector<double>(24, mean), std::vector<double>(24, sd * sd), std::vector<double>(24, 0.0)};
}
/// Busy for eight hours.
day_demand daily(double low, double high, double sd) {
  auto d = normal(low, sd);
  for (std::size_t h = 8; h < 16; ++h) d.mean[h] = high;
  return d;
}

struct asked {
  workload_record record{};
  day_demand day{};
  std::vector<double> recent{1, 2, 3}, history{};  // by hours since noon
  double limit = 2;
  std::uint32_t replicas = 1;
  double room = 10;

  [[nodiscard]] std::optional<proposal> propose() const {
    return propose_adjustment({.record = record,
                               .at = {{1}, {2}},
                               .day = day,
                               .recent = {noon, std::chrono::minutes{5}, recent},
                               .history = {noon, 1h, history},
                               .limit = limit,
                               .replicas = replicas,
                               .room = room,
                               .id = {{1}, 7},
                               .now = noon});
  }
};

}  // namespace

TEST_CASE("a size is the quantile at the stated risk, rounded up to a quantum") {
  const size_rule fine{.quantum = 0.001};
  CHECK(*size_at_risk(normal(4, 1), 0.05, fine) == doctest::Approx(4 + 1.645).epsilon(0.001));
  CHECK(*size_at_risk(normal(4, 1), 0.001, fine) == doctest::Approx(4 + 3.090).epsilon(0.001));
  CHECK(*size_at_risk(normal(4, 1), 0.05) == 5.75);
  CHECK(*size_at_risk(normal(0, 0), 0.05) == 0.25);
  CHECK_FALSE(size_at_risk(normal(2000, 1), 0.05));
  // A third of the day: the risk is of the day, not of the busy hours.
  CHECK(*size_at_risk(daily(1, 4, 0.5), 0.01, fine) == doctest::Approx(4 + 0.5 * 1.881).epsilon(0.002));
}

TEST_CASE("no smaller multiple has the stated risk") {
  for (const double mean : {0.3, 1.0, 2.71, 17.0})
    for (const double sd : {0.01, 0.5, 3.0})
      for (const double risk : {0.2, 0.01, 0.0001}) {
        const auto day = daily(mean / 2, mean, sd);
        const double size = *size_at_risk(day, risk);
        CHECK(risk_above(day, size) <= risk);
        CHECK((size == 0.25 || risk_above(day, size - 0.25) > risk));
      }
}

TEST_CASE("too small a size grows, too large a one shrinks, and what is about right stays") {
  const auto day = normal(4, 0.5);  // the limit for it is 5.75: 4 + 3.09 / 2, rounded up
  const auto grown = advise_size(day, 5);
  REQUIRE(grown);
  CHECK(grown->limit == 5.75);
  CHECK(grown->request == 5);
  CHECK(grown->risk_before == doctest::Approx(0.0228).epsilon(0.01));
  CHECK(grown->risk_after < 0.001);
  const auto shrunk = advise_size(day, 8);
  REQUIRE(shrunk);
  CHECK(shrunk->limit == 5.75);
  CHECK(shrunk->risk_after < 0.001);
  for (const double limit : {5.5, 5.75, 6.0, 7.0, 7.5}) CHECK_FALSE(advise_size(day, limit));
  CHECK_FALSE(advise_size({}, 5));
}

TEST_CASE("what has been carried out is not advised again") {
  for (const double mean : {0.4, 2.0, 9.0})
    for (const double limit : {0.5, 1.0, 4.0, 30.0}) {
      const auto day = normal(mean, mean / 5);
      const auto first = advise_size(day, limit);
      if (first) CHECK_FALSE(advise_size(day, first->limit));
      const auto copies = advise_replicas(day, limit, 3);
      if (copies) CHECK_FALSE(advise_replicas(day, limit, copies->replicas));
    }
}

TEST_CASE("copies are as many as keep each below its limit, and fewer only with room to spare") {
  const auto day = normal(10, 1);  // 13.1 at the risk
  const auto out = advise_replicas(day, 4, 2);
  REQUIRE(out);
  CHECK(out->replicas == 4);
  CHECK(out->risk_before == doctest::Approx(0.977).epsilon(0.001));  // 8 for 10
  CHECK(out->risk_after < 0.001);
  CHECK(risk_above(day, 3 * 4) > 0.001);
  const auto in = advise_replicas(day, 4, 9);
  REQUIRE(in);
  CHECK(in->replicas == 5);  // 5 x 4 x 3/4 = 15; 4 would do, but with nothing to spare
  CHECK_FALSE(advise_replicas(day, 4, 5));
  CHECK_FALSE(advise_replicas(day, 4, 4));
  CHECK_FALSE(advise_replicas(day, 0.1, 4));  // more than there may be
}

TEST_CASE("a proposal says the risk before and after, and what changes") {
  asked a{.day = normal(4, 0.5), .limit = 5};
  a.record.id = {3}, a.record.criticality = 2, a.record.limits[resource::memory] = 8;
  const auto made = a.propose();
  REQUIRE(made);
  const auto& size = std::get<resize>(made->what);
  CHECK(size.at == location{{1}, {2}});
  CHECK(size.limits[resource::cpu] == 5.75);
  CHECK(size.requests[resource::cpu] == 5);
  CHECK(size.limits[resource::memory] == 8);  // as it is
  CHECK(made->workload == workload_id{3});
  CHECK(made->why.probability == doctest::Approx(0.0228).epsilon(0.01));
  CHECK(made->why.probability_after < 0.001);
  CHECK(made->why.limit == 5);
  CHECK(made->why.recent.values == a.recent);
  CHECK(to_seconds(made->expected.overload_avoided) / 60 == doctest::Approx(0.0222 * 1440).epsilon(0.03));
  CHECK(made->priority > 0);
  CHECK(place_of(made->what) == size.at);
}

TEST_CASE("the promise of an adjustment is between what the past days would have saved") {
  // Ten days from noon on, of which nine are whole: 0 to 8 of 24 hours above 5, none above 5.75.
  std::vector<double> hours(12, 9.0);
  for (int day = 0; day < 9; ++day)
    for (int h = 0; h < 24; ++h) hours.push_back(h < day ? 5.5 : 4);
  hours.resize(hours.size() + 12, 9.0);
  const auto saved = [&](double before, double after, duration mean) {
    return promise_by_days({noon, 1h, hours}, before, after, mean, noon);
  };
  CHECK(saved(5, 5.75, 4h) == promise{4h, noon, 0h, 8h});
  CHECK(saved(5.75, 5, -4h) == promise{-4h, noon, -8h, 0h});  // what shrinks costs something
  CHECK(saved(5, 5.75, 9h) == promise{9h, noon, 0h, 9h});     // worse is expected than has been
  CHECK(saved(1, 2, 0h) == promise{0h, noon, 0h, 0h});        // above both all the time
  hours.insert(hours.end(), 12, 9.0);
  for (int day = 0; day < 12; ++day) hours.insert(hours.end(), 24, 5.5);  // 22 whole days: two at each end
  CHECK(saved(5, 5.75, 12h) == promise{12h, noon, 1h, 24h});
  hours.assign(30, std::numeric_limits<double>::quiet_NaN());
  CHECK(saved(5, 5.75, 4h) == promise{4h, noon});  // nothing is known of the days

  asked a{.day = normal(4, 0.5), .limit = 5};
  CHECK(a.propose()->expected.avoided_low == 0h);  // no past, no interval
  CHECK(a.propose()->expected.avoided_high == 0h);
  hours.assign(96, 4.0), hours[15] = 5.5;  // three whole days
  a.history = hours;
  CHECK(a.propose()->expected.avoided_high == 1h);
  CHECK(a.propose()->expected.avoided_low == 0h);
}

TEST_CASE("where a larger size does not fit the host, copies are proposed") {
  asked a{.day = normal(4, 0.5), .limit = 3, .room = 4};
  REQUIRE(a.propose());
  CHECK(std::get<scale>(a.propose()->what).replicas == 2);
  a.room = 5;
  CHECK(std::holds_alternative<resize>(a.propose()->what));
  a.record.requested[resource::cpu] = 2, a.room = 3;  // what it has already counts
  CHECK(std::holds_alternative<resize>(a.propose()->what));
  a.replicas = 4;
  CHECK(std::get<scale>(a.propose()->what).replicas == 3);  // 3 x 3 x 3/4 = 6.75
  a.limit = 0;
  CHECK_FALSE(a.propose());  // it is not known what it may use
}

TEST_CASE("a size that shrinks has no urgency") {
  const asked a{.day = normal(1, 0.1), .limit = 6};
  REQUIRE(a.propose());
  CHECK(a.propose()->priority == 0);
  CHECK(a.propose()->why.probability_after <= 0.001);
}
