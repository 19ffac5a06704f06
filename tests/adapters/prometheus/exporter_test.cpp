#include <foreshift/adapters/prometheus/exporter.hpp>

#include <adapters/prometheus/page_text.hpp>
#include <adapters/prometheus/quiet_site.hpp>
#include <adapters/prometheus/shared_files.hpp>
#include <support/scratch_directory.hpp>
#include <support/shell.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <fstream>
#include <set>
#include <string>
#include <variant>

using namespace prometheus_test;

TEST_CASE("steps are followed once each, and their forecasts scored when the time has come") {
  quiet_site site;
  exporter metrics{{.hosts = {}, .record = {.leads = {1, 2}, .levels = {0.5}}, .credits_max = 4}};
  metrics.follow(site);
  metrics.follow(site);  // the same step: nothing is said twice
  for (int i = 0; i < 5; ++i) site.run(), metrics.follow(site);
  CHECK(metrics.record().scores()[0].scored == 2 * 5);
  CHECK(metrics.record().scores()[1].scored == 2 * 4);
  CHECK(metrics.record().dropped() == 0);
  site.run(), site.run(), metrics.follow(site);  // of two steps at once the earlier is not seen
  CHECK(metrics.record().scores()[0].scored == 2 * 5);
  CHECK(metrics.record().scores()[1].scored == 2 * 5);
  CHECK(metrics.record().dropped() == 2 * 2);
  CHECK(metrics.record().scores()[0].absolute_error / 10 < 0.1);
}

TEST_CASE("a host that a workload leaves or comes to is scored afresh") {
  quiet_site site;
  exporter metrics{{.hosts = {}, .record = {.leads = {1}, .levels = {0.5}}, .credits_max = 4}};
  metrics.follow(site);
  site.fleet_.settle(workload_id{0}, host_id{1});
  site.run(), metrics.follow(site);
  CHECK(metrics.record().scores()[0].scored == 0);
  CHECK(metrics.record().dropped() == 2);
  site.run(), metrics.follow(site);
  CHECK(metrics.record().scores()[0].scored == 2);
}

TEST_CASE("a page is whole in both formats, and names begin alike and hold their units") {
  quiet_site site;
  exporter metrics;
  auto observer = metrics.observer();
  observer.observe({site_id{1}, site.now(), ports::alarm{"!"}});
  site.flights_.insert_or_assign(migration_id{1}, 0);
  metrics.follow(site);
  const auto text = metrics.page(site, site.now());
  const page_text page{text};
  CHECK(page["foreshift_site_info{site=\"1\",version=\"" FORESHIFT_VERSION "\"}"] == 1);
  CHECK(page["foreshift_step_seconds"] == 300);
  CHECK(page["foreshift_horizon_seconds"] == 1800);
  CHECK(page["foreshift_hosts"] == 2);
  CHECK(page["foreshift_alarms_total"] == 1);
  CHECK(page["foreshift_migrations_under_way"] == 1);
  CHECK(page["foreshift_forecast_absolute_error_ratio_count{lead_seconds=\"300\"}"] == 0);
  CHECK(page["foreshift_members"] == 3);
  const page_text plain{metrics.page(site, site.now(), exposition_format::text), exposition_format::text};
  CHECK(plain.series.size() == page.series.size());

  exposition_reader reader{text, "page", {.format = exposition_format::openmetrics}};
  std::size_t units = 0;
  for (auto item = reader.next(); item != exposition_item::end; item = reader.next()) {
    if (item == exposition_item::sample) CHECK(reader.sample().name.starts_with("foreshift_"));
    if (item != exposition_item::unit) continue;
    CHECK(reader.about().ends_with("_" + std::string{reader.text()}));
    ++units;
  }
  CHECK(units > 10);
}

TEST_CASE("dashboards and rules name only metrics that the exporter has, and records that the rules make") {
  quiet_site site;
  site.strange_.insert_or_assign(workload_id{1}, anomaly::score{0.5});
  driver::score_note claimed = driver::claim_note{};
  auto& claim = std::get<driver::claim_note>(claimed).what;
  claim.id = {site_id{2}, 1}, claim.made = site.now(), claim.due = site.now() + driver_test::step;
  site.score_.apply({2}, claimed, site.now());
  site.score_.apply({3}, driver::outcome_note{{}, true}, site.now() + driver_test::step);
  exporter metrics;
  const page_text page{metrics.page(site, site.now())};
  std::set<std::string> names = {"foreshift_credit"};  // a family without a row where none is earned
  CHECK(page.families.contains("foreshift_credit"));
  for (const auto& [series, value] : page.series) names.insert(series.substr(0, series.find('{')));
  const auto records = all_of(text_of(rules[0]), "record: ([a-z0-9_:]+)");
  CHECK(records.size() >= 4);

  std::size_t named = 0;
  for (const char* file : {dashboards[0], dashboards[1], rules[0], rules[1]}) {
    const auto text = text_of(file);
    for (const auto& name : all_of(text, "(foreshift_[a-z_]+)")) {
      ++named;
      const auto next = names.lower_bound(name);
      const bool prefix = name.ends_with('_') && next != names.end() && next->starts_with(name);
      CHECK_MESSAGE((names.contains(name) || prefix), file, ": ", name);
    }
    for (const auto& name : all_of(text, "(foreshift:[a-z0-9_:]+)"))
      CHECK_MESSAGE(records.contains(name), file, ": ", name);
  }
  CHECK(named > 40);
  CHECK(queries_of(dashboards[0]).size() >= 10);
}

TEST_SUITE("system" * doctest::skip()) {
  TEST_CASE("promtool finds nothing to say against a page") {
    if (!have_program("promtool")) return;
    const scratch_directory place;
    const auto file = (place.path() / "page").string();
    quiet_site site;
    exporter metrics;
    std::ofstream{file} << metrics.page(site, site.now(), exposition_format::text);
    const auto told = run_shell("promtool check metrics <" + file);
    CHECK(told.status == 0);
    CHECK(told.output == "");
  }

  TEST_CASE("promtool takes the rules, and their tests pass") {
    if (!have_program("promtool")) return;
    for (const char* file : rules) {
      const auto told = run_shell("promtool check rules '" + shared_file(file) + "'");
      CHECK_MESSAGE(told.status == 0, told.output);
    }
    const auto told = run_shell("promtool test rules '" FORESHIFT_TEST_DATA "/prometheus/rules_test.yml'");
    CHECK_MESSAGE(told.status == 0, told.output);
  }
  TEST_CASE("every query of a dashboard is one to promtool") {
    if (!have_program("promtool")) return;
    const scratch_directory place;
    const auto file = (place.path() / "queries.yml").string();
    std::ofstream out{file};
    out << "groups:\n  - name: queries\n    rules:\n";
    std::size_t n = 0;
    for (const char* dashboard : dashboards)
      for (const auto& query : queries_of(dashboard))
        out << "      - record: query:" << n++ << "\n        expr: |-\n          " << query << "\n";
    out.close();
    const auto told = run_shell("promtool check rules " + file);
    CHECK_MESSAGE(told.status == 0, told.output);
    CHECK(told.output.find("SUCCESS: " + std::to_string(n) + " rules found") != std::string::npos);
    CHECK(n >= 30);
  }
}
