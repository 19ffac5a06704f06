#include <foreshift/adapters/prometheus/exporter.hpp>

#include <adapters/prometheus/page_text.hpp>
#include <adapters/prometheus/quiet_site.hpp>
#include <support/scratch_directory.hpp>
#include <support/shell.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <fstream>
#include <string>

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
}
