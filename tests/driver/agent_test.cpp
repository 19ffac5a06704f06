#include "town.hpp"

#include <foreshift/adapters/prometheus/exporter.hpp>
#include <foreshift/driver/agent.hpp>

#include <adapters/prometheus/page_text.hpp>

#include <doctest/doctest.h>

using namespace driver_test;

TEST_CASE("a slow surge is seen, proposed, agreed, moved and judged, and all sites hold the same log") {
  town t;
  t.run(60);
  CHECK_FALSE(t.told<ports::risk_raised>(0).empty());
  REQUIRE_FALSE(t.told<ports::proposed>(0).empty());
  for (std::size_t s = 0; s < 3; ++s) {
    CHECK_FALSE(t.told<ports::voted>(s).empty());
    const auto verdicts = t.told<ports::agreed>(s);
    CHECK(std::ranges::any_of(verdicts, &ports::agreed::approved));
    CHECK_FALSE(t.told<ports::authority_passed>(s).empty());
    CHECK(t.phases(s, "settled") >= 1);
    CHECK(t.told<ports::alarm>(s).empty());
  }
  const auto judged = t.told<ports::outcome_judged>(0);
  REQUIRE_FALSE(judged.empty());
  CHECK(judged.front().what.what != migration::verdict::not_carried_out);
  CHECK(t.checker.served() >= 1);
  CHECK(t.agents[0]->score().settled() >= 1);
  CHECK(t.agents[0]->score().settled() == t.agents[2]->score().settled());
  t.check_at_rest();
}

TEST_CASE("a danger of one horizon is told of before the move is, and healthy hosts are not suspected") {
  town t;
  t.run(60);
  const auto warned = t.told<ports::risk_warned>(0);
  for (const auto& w : warned) CHECK((w.what.probability == w.slow && (w.fast >= 0.1 || w.slow >= 0.1)));
  CHECK(t.told<ports::risk_raised>(0).size() == t.told<ports::proposed>(0).size());
  for (std::size_t s = 0; s < 3; ++s) CHECK(t.told<ports::failure_suspected>(s).empty());
  const auto now = t.timer.now();
  CHECK(t.agents[0]->failures().of_own({0}, now).probability < 0.01);
  CHECK(t.agents[0]->failures().of({2}, {2}, now) < 0.01);
}

TEST_CASE("a host that falls silent is suspected by its site, once, and the others hear of it") {
  town t;
  t.run(20);
  t.mute.insert({0});
  t.run(4);
  const auto told = t.told<ports::failure_suspected>(0);
  REQUIRE(told.size() == 1);
  CHECK((told[0].site == site_id{1} && told[0].host == host_id{0} && told[0].what.silence > 0.5));
  const auto now = t.timer.now();
  CHECK(t.agents[1]->failures().of({0}, {1}, now) > 0.5);
  CHECK(t.agents[1]->failures().of({1}, {1}, now) < 0.01);
}

TEST_CASE("a host whose memory faults begin to grow is suspected by its site, and the others hear of it") {
  town t;
  t.run(20);
  CHECK(t.told<ports::failure_suspected>(0).empty());
  t.failing = true;
  t.run(4);
  const auto told = t.told<ports::failure_suspected>(0);
  REQUIRE(told.size() == 1);
  CHECK((told[0].host == host_id{0} && told[0].what.counters > 0.3));
  CHECK(t.agents[1]->failures().of({0}, {1}, t.timer.now()) > 0.3);
}

TEST_CASE("sizes far too large are found once, agreed on by all, and neither move nor claim anything") {
  town t{{.limit = 6}};
  t.run(30);
  std::set<workload_id> adjusted;
  std::size_t classed = 0;
  for (std::size_t s = 0; s < 3; ++s) {
    for (const auto& p : t.told<ports::proposed>(s)) {
      const auto* size = std::get_if<placement::resize>(&p.what.what);
      if (size == nullptr) continue;
      CHECK(size->at.site == site_id{s + 1});
      if (p.what.workload != workload_id{0}) CHECK(size->limits[resource::cpu] < 4.5);  // which surges
      CHECK(adjusted.insert(p.what.workload).second);  // the next look, an hour later, has nothing to say
      classed += p.what.workload_class != class_id{} ? 1 : 0;  // the census came first
      for (std::size_t voter = 0; voter < 3; ++voter) {
        const auto verdicts = t.told<ports::agreed>(voter);
        CHECK(std::ranges::any_of(verdicts,
                                  [&](const auto& v) { return v.proposal == p.what.id && v.approved; }));
        const auto votes = t.told<ports::voted>(voter);
        CHECK(std::ranges::count_if(votes, [&](const auto& v) { return v.proposal == p.what.id; }) == 1);
      }
    }
    CHECK(t.told<ports::alarm>(s).empty());
  }
  CHECK(adjusted.size() >= 12);
  CHECK(classed >= 12);
  t.run(60);
  t.check_at_rest();  // the moves of a surge go on beside them
  CHECK(t.checker.served() >= 1);
}

TEST_CASE("one seed gives one log") {
  town a, b;
  a.run(30), b.run(30);
  CHECK(a.agents[0]->log().applied() > slot{10});
  CHECK(a.agents[0]->log().chain() == b.agents[0]->log().chain());
}

TEST_CASE("a site on its own moves between its own hosts, under a new token") {
  town t{{.sites = 1, .hosts_per_site = 4, .per_host = 3}};
  t.run(60);
  const auto verdicts = t.told<ports::agreed>(0);
  CHECK(std::ranges::any_of(verdicts, &ports::agreed::approved));
  const auto passed = t.told<ports::authority_passed>(0);
  CHECK(std::ranges::any_of(passed, [](const auto& p) { return p.token.at > slot{}; }));
  CHECK(t.phases(0, "settled") >= 1);
  CHECK(t.checker.served() >= 1);
  t.check_at_rest();
}

TEST_CASE("a site whose readings come after the end of their step waits for them, and loses none") {
  town t{{.sites = 1, .hosts_per_site = 4, .per_host = 3}, 1, 0, 0, {}, 40s};
  t.run(60);
  CHECK(t.phases(0, "settled") >= 1);
  const auto& book = t.agents[0]->fleet().book();
  for (std::size_t w = 0; w < t.shape.workloads(); ++w)
    for (const double y : book.recent(workload_id{w}, 50).values) CHECK(!std::isnan(y));
  t.check_at_rest();
}

TEST_CASE("with a tenth of all messages and calls lost or doubled, every migration ends and in one place") {
  std::size_t served = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    town t{{}, seed, 0.1, 0.1};
    t.run(72);
    served += t.checker.served();
    t.check_at_rest();
  }
  CHECK(served >= 5);
}

TEST_CASE("a site whose disk fails says so once and stops, and the other two go on") {
  town t;
  t.run(2);
  t.disks[2]->fail_next_sync();
  t.run(4);
  REQUIRE(t.agents[2]->halted());
  const slot before = t.agents[0]->log().applied();
  const slot stopped = t.agents[2]->log().applied();
  t.run(30);
  CHECK(t.told<ports::alarm>(2).size() == 1);
  CHECK(t.agents[2]->log().applied() == stopped);
  for (std::size_t s = 0; s < 2; ++s) {
    CHECK_FALSE(t.agents[s]->halted());
    CHECK(t.told<ports::alarm>(s).empty());
    CHECK(t.agents[s]->log().applied() > before);
  }
  CHECK(t.agents[0]->log().chain() == t.agents[1]->log().chain());
}

TEST_CASE("credits that a site submits change nothing, and the others raise an alarm") {
  town t;
  t.run(2);
  t.kill_site(2);
  const auto start = make_genesis(t.shape);
  auto forger = site_agent::log_driver::start(t.options({3}, start).replica, driver::agreed_fleet{start},
                                              *t.hosts[2], {});
  REQUIRE(forger.has_value());
  forger->submit(consensus::credit_update{0, {{site_id{1}, class_id{0}, consensus::credit{1}}}});
  for (int i = 0; i < 120; ++i) {
    t.timer.run_until(t.timer.now() + 1s);
    forger->poll([](site_id, ports::channel, byte_span) {});
  }
  for (std::size_t s = 0; s < 2; ++s) {
    const auto alarms = t.told<ports::alarm>(s);
    REQUIRE(alarms.size() == 1);
    CHECK(alarms[0].text == "site 3 has submitted credits: refused, they follow from the log");
    CHECK(t.agents[s]->log().credits() == start.credits);
  }
}

namespace {
constexpr driver::driver_options often{.snapshot_slots = 8};
}  // namespace

TEST_CASE(
    "with snapshots in place of the log, a site killed while it moves a workload comes back and ends it") {
  std::size_t served = 0, killed = 0;
  for (std::size_t polls = 1; polls <= 8; ++polls) {
    for (const std::size_t site : {0U, 1U, 2U}) {
      CAPTURE(polls);
      CAPTURE(site);
      town t{{}, polls, 0, 0, often};
      t.doom(site, polls);
      t.run(72);
      killed += t.doomed() ? 0 : 1;
      served += t.checker.served();
      CHECK(t.agents[0]->replica().machine() == t.agents[2]->replica().machine());
      t.check_at_rest();
    }
  }
  CHECK(served >= 24);
  CHECK(killed >= 20);
}

TEST_CASE("a site that was away for longer than the log is kept fetches a snapshot, and lacks nothing") {
  town t{{}, 1, 0, 0, often};
  t.run(6);
  t.kill_site(1);
  t.run(44);
  const slot missed = t.agents[0]->log().applied();
  REQUIRE(t.checker.served() >= 1);
  t.start_site(1);
  REQUIRE(t.agents[1]->log().applied().value + 20 < missed.value);
  t.run(24);
  CHECK(t.agents[1]->log().applied() > missed);
  CHECK(t.agents[1]->score().settled() == t.agents[0]->score().settled());
  CHECK(t.agents[1]->replica().machine() == t.agents[0]->replica().machine());
  t.check_at_rest();
}

TEST_CASE("a sponsor that was cut off while its move was carried out judges it all the same") {
  town t{{}, 1, 0, 0, {.snapshot_slots = 2}};
  t.isolate(0, 20min);
  t.run(60);
  const auto judged = t.told<ports::outcome_judged>(0);
  REQUIRE_FALSE(judged.empty());
  CHECK(judged.front().what.what != migration::verdict::not_carried_out);
  t.check_at_rest();
}

TEST_CASE("a site's metrics tell of the whole loop") {
  town t;
  prometheus::exporter metrics;
  for (int i = 0; i < 60; ++i) t.run(1), metrics.follow(*t.agents[0]);
  auto observer = metrics.observer();
  for (const auto& n : *t.hosts[0]->observer.notes) observer.observe(n);
  const prometheus_test::page_text page{metrics.page(*t.agents[0], t.timer.now())};
  CHECK(page["foreshift_proposals_total{action=\"migrate\"}"] ==
        static_cast<double>(t.told<ports::proposed>(0).size()));
  CHECK(page["foreshift_verdicts_total{verdict=\"approved\"}"] >= 1);
  CHECK(page["foreshift_migration_phases_total{phase=\"settled\"}"] >= 1);
  CHECK(page["foreshift_migrations_under_way"] == 0);
  double judged = 0;
  for (const auto* outcome : {"delivered", "needless", "fell_short", "harmful", "not_carried_out"})
    judged += page["foreshift_outcomes_total{outcome=\"" + std::string{outcome} + "\"}"];
  CHECK(judged == static_cast<double>(t.told<ports::outcome_judged>(0).size()));
  CHECK(page.count("foreshift_predicted_demand_cores{") == 2 * 3 * 3);
  CHECK(page["foreshift_anomaly_score_ratio{host=\"host0\"}"] >= 0);
  CHECK(page["foreshift_log_applied_total"] == static_cast<double>(t.agents[0]->log().applied().value));
  // Two hosts and 60 steps, less those around the moves; the last value, of a surge of 0.2 a step.
  const double scored = page["foreshift_forecast_absolute_error_ratio_count{lead_seconds=\"300\"}"];
  CHECK(scored > 80);
  CHECK(scored < 120);
  CHECK(page["foreshift_forecast_absolute_error_ratio_sum{lead_seconds=\"300\"}"] / scored < 0.05);
  CHECK(page["foreshift_forecasts_dropped_total"] > 0);
}

TEST_CASE("histories that a site shares after a crash take the place of those of its former life") {
  town t;
  t.run(1);
  for (int i = 0; i < 5; ++i) t.agents[0]->share_histories();
  t.run(1);
  t.kill_site(0);
  t.start_site(0);
  for (std::uint64_t w = 0; w < t.shape.per_host; ++w) t.agents[0]->learn(workload_id{w}, ramp(0.25, 0));
  t.agents[0]->share_histories();
  t.run(2);
  const auto heard = t.agents[1]->fleet().book().recent(host_id{0}, 100);
  REQUIRE(heard.size() > 10);
  CHECK(heard.values.front() == doctest::Approx(0.25 * static_cast<double>(t.shape.per_host)));
}
