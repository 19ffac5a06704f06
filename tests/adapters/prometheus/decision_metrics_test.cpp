#include <foreshift/adapters/prometheus/decision_metrics.hpp>

#include <adapters/prometheus/page_text.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace prometheus_test;

namespace {

ports::note note_of(decltype(ports::note::what) what) { return {site_id{1}, {}, std::move(what)}; }

}  // namespace

TEST_CASE("everything that an observer is told is counted once, under its name") {
  placement::proposal scaled;
  scaled.what = placement::scale{};
  migration::outcome good;
  good.what = migration::verdict::delivered;
  good.overload_without = std::chrono::minutes{10}, good.overload_source = std::chrono::minutes{1};
  good.overload_destination = std::chrono::seconds{30}, good.promised = std::chrono::minutes{8};
  migration::outcome bad = good;
  bad.what = migration::verdict::harmful, bad.rolled_back = true;
  const std::vector<ports::note> all = {
      note_of(ports::risk_raised{}),
      note_of(ports::risk_warned{}),
      note_of(ports::risk_warned{}),
      note_of(ports::failure_suspected{{2}, host_id{3}, {}}),
      note_of(ports::failure_suspected{{2}, {}, {}}),
      note_of(ports::anomaly_alerted{host_id{3}, 1}),
      note_of(ports::anomaly_alerted{workload_id{3}, 1}),
      note_of(ports::proposed{}),
      note_of(ports::proposed{scaled}),
      note_of(ports::voted{{}, true, "", 0}),
      note_of(ports::voted{{}, false, "", 0}),
      note_of(ports::agreed{{}, {}, true, {}, 0, 0, 0, {}}),
      note_of(ports::authority_passed{}),
      note_of(ports::migration_advanced{{}, {}, "copying"}),
      note_of(ports::migration_advanced{{}, {}, "settled"}),
      note_of(ports::migration_advanced{{}, {}, "a word of another version"}),
      note_of(ports::outcome_judged{good, ""}),
      note_of(ports::outcome_judged{bad, ""}),
      note_of(ports::credits_updated{7}),
      note_of(ports::alarm{"!"})};
  decision_counts counts;
  struct listener {
    std::size_t* heard;
    void observe(const ports::note&) { ++*heard; }
  };
  std::size_t heard = 0;
  counting_observer<listener> observer{&counts, {&heard}};
  for (const auto& n : all) observer.observe(n);
  CHECK(heard == all.size());

  exposition_writer out;
  write(out, counts);
  const page_text page{out.take()};
  CHECK(page["foreshift_risks_total{advice=\"warn\"}"] == 2);
  CHECK(page["foreshift_risks_total{advice=\"migrate\"}"] == 1);
  CHECK(page["foreshift_failures_suspected_total{of=\"host\"}"] == 1);
  CHECK(page["foreshift_failures_suspected_total{of=\"site\"}"] == 1);
  CHECK(page["foreshift_anomaly_alerts_total{of=\"host\"}"] == 1);
  CHECK(page["foreshift_anomaly_alerts_total{of=\"workload\"}"] == 1);
  CHECK(page["foreshift_proposals_total{action=\"migrate\"}"] == 1);
  CHECK(page["foreshift_proposals_total{action=\"resize\"}"] == 0);
  CHECK(page["foreshift_proposals_total{action=\"scale\"}"] == 1);
  CHECK(page["foreshift_votes_total{vote=\"accept\"}"] == 1);
  CHECK(page["foreshift_votes_total{vote=\"reject\"}"] == 1);
  CHECK(page["foreshift_verdicts_total{verdict=\"approved\"}"] == 1);
  CHECK(page["foreshift_verdicts_total{verdict=\"refused\"}"] == 0);
  CHECK(page["foreshift_authority_passages_total"] == 1);
  CHECK(page["foreshift_migration_phases_total{phase=\"copying\"}"] == 1);
  CHECK(page["foreshift_migration_phases_total{phase=\"settled\"}"] == 1);
  CHECK(page.count("foreshift_migration_phases_total") == migration::phase_count);
  CHECK(page["foreshift_outcomes_total{outcome=\"delivered\"}"] == 1);
  CHECK(page["foreshift_outcomes_total{outcome=\"harmful\"}"] == 1);
  CHECK(page["foreshift_rollbacks_total"] == 1);
  CHECK(page["foreshift_judged_overload_seconds_total{case=\"without\"}"] == 1200);
  CHECK(page["foreshift_judged_overload_seconds_total{case=\"with\"}"] == 180);
  CHECK(page["foreshift_judged_overload_seconds_total{case=\"promised\"}"] == 960);
  CHECK(page["foreshift_credit_updates_total"] == 1);
  CHECK(page["foreshift_alarms_total"] == 1);
}
