#include <foreshift/adapters/prometheus/host_metrics.hpp>

#include <adapters/prometheus/page_text.hpp>
#include <adapters/prometheus/quiet_site.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace prometheus_test;

namespace {

page_text page_of(quiet_site& site, const host_metrics_options& options) {
  exposition_writer out;
  static_cast<void>(site.outlook());
  write_hosts(out, site, site.now(), options);
  return page_text{out.take()};
}

}  // namespace

TEST_CASE("own hosts are shown with limit, demand, quantiles that do not cross, and dangers") {
  quiet_site site;
  site.strange_.insert_or_assign(workload_id{1}, anomaly::score{0.75});
  site.strange_.insert_or_assign(workload_id{2}, anomaly::score{0.25});
  const auto page = page_of(site, {});
  CHECK(page["foreshift_hosts"] == 2);
  CHECK(page["foreshift_hosts_not_shown"] == 0);
  for (const std::string host : {"host0", "host1"}) {
    const std::string of = "{host=\"" + host + "\",resource=\"cpu\"";
    CHECK(page["foreshift_host_limit_cores" + of + "}"] == 8);
    CHECK(page["foreshift_host_demand_cores" + of + "}"] > 5);
    for (const std::string lead : {"300", "900", "1800"}) {
      const auto quantile = [&](const char* level) {
        return page["foreshift_predicted_demand_cores" + of + ",lead_seconds=\"" + lead + "\",level=\"" +
                    level + "\"}"];
      };
      CHECK(quantile("0.05") > 0);
      CHECK(quantile("0.05") <= quantile("0.5"));
      CHECK(quantile("0.5") <= quantile("0.95"));
    }
    const double near = page["foreshift_overload_probability_ratio" + of + ",horizon=\"near\"}"];
    const double far = page["foreshift_overload_probability_ratio" + of + ",horizon=\"far\"}"];
    CHECK((near >= 0 && near <= 1 && far >= 0 && far <= 1));
    CHECK(page["foreshift_highest_overload_probability_ratio"] >= far);
    CHECK(page["foreshift_expected_overload_seconds" + of + "}"] >= 0);
    CHECK(page["foreshift_host_failure_probability_ratio{host=\"" + host + "\"}"] < 0.1);
  }
  CHECK(page["foreshift_anomaly_score_ratio{host=\"host0\"}"] == 0.75);
  CHECK(page.count("foreshift_anomaly_score_ratio") == 1);  // nothing on the other host is watched
  CHECK(page.count("foreshift_site_failure_probability_ratio{") == 2);
  CHECK(page.families.at("foreshift_predicted_demand_cores") == metric_type::gauge);
}

TEST_CASE("beyond the most hosts that are shown the others are counted, and the highest danger is of all") {
  quiet_site site;
  const auto all = page_of(site, {}), one = page_of(site, {.hosts_max = 1, .leads = {2, 7}, .levels = {0.5}});
  CHECK(one["foreshift_hosts"] == 2);
  CHECK(one["foreshift_hosts_not_shown"] == 1);
  CHECK(one.count("foreshift_host_demand_cores{") == 1);
  CHECK(one.count("foreshift_predicted_demand_cores{") == 1);  // lead 7 is beyond the horizon of 6
  CHECK(one["foreshift_highest_overload_probability_ratio"] ==
        all["foreshift_highest_overload_probability_ratio"]);
  const auto none = page_of(site, {.hosts_max = 0});
  CHECK(none["foreshift_hosts_not_shown"] == 2);
  CHECK(none.count("foreshift_host_") == 0);
}

TEST_CASE("hosts of one name, or of none, are told apart by their numbers") {
  std::vector<placement::host_record> hosts;
  for (std::uint64_t h = 1; h <= 4; ++h)
    hosts.push_back({{h}, {1}, h == 4 ? "" : "twin", {{8, 0, 0, 0}}, 0.8});
  driver::outlook_options options;
  options.self = {1};
  const driver::fleet_outlook<driver_test::last_value> fleet{
      options, placement::inventory::make(hosts, {}).value(),
      driver::forecast_book<driver_test::last_value>{driver_test::forecaster(), driver_test::book_options()}};
  const auto rows = prometheus::detail::own_hosts(fleet, driver_test::noon);
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].label == "twin");
  CHECK(rows[1].label == "twin#2");
  CHECK(rows[2].label == "twin#3");
  CHECK(rows[3].label == "#4");
  CHECK(!rows[0].odds);
}

TEST_CASE("each resource has a base unit") {
  CHECK(unit_of(resource::cpu) == "cores");
  CHECK(unit_of(resource::memory) == "bytes");
  CHECK(unit_of(resource::network) == "bytes_per_second");
  CHECK(unit_of(resource::io) == "bytes_per_second");
}
