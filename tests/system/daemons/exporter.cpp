// A real Prometheus scrapes a site's metrics from our server, in OpenMetrics, with the rules that are
// installed, and every query of the dashboards is answered.

#include <foreshift/adapters/http/server.hpp>
#include <foreshift/adapters/prometheus/exporter.hpp>

#include <adapters/prometheus/quiet_site.hpp>
#include <adapters/prometheus/shared_files.hpp>
#include <support/shell.hpp>
#include <system/daemons/real_prometheus.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <regex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

using namespace daemons_test;
using namespace prometheus_test;
using namespace std::chrono_literals;

TEST_CASE("a real Prometheus scrapes a site and answers what the dashboards ask") {
  if (!have_program("prometheus")) return;
  quiet_site site;
  prometheus::exporter metrics;
  metrics.follow(site);
  std::string asked_for;
  auto made = http::server::listen({}, [&](const ports::http_request& r) {
    std::string accept;
    for (const auto& [name, value] : r.headers)
      if (name == "Accept") accept = value;
    const auto format = prometheus::accepted_format(accept);
    asked_for = std::string{prometheus::content_type_of(format)};
    return ports::http_response{200, {{"Content-Type", asked_for}}, metrics.page(site, site.now(), format)};
  });
  REQUIRE(made.has_value());
  const auto target = "127.0.0.1:" + std::to_string((*made)->port());
  real_prometheus theirs{[&](const std::string&) {
    return "rule_files: ['" + shared_file("prometheus/*.yml") + "']\n" +
           "scrape_configs:\n  - job_name: foreshift\n    static_configs: [{targets: ['" + target + "']}]\n";
  }};
  std::size_t served = 0;
  std::jthread serving{[&](const std::stop_token& stop) {
    while (!stop.stop_requested()) (*made)->wait(20ms);
  }};
  const auto value_of = [&](const std::string& query) {
    const auto answer = theirs.ask(query);
    return answer.values.empty() ? -1 : answer.values[0];
  };
  for (int tries = 0; tries < 600 && value_of("count_over_time(foreshift_hosts[1m])") < 5; ++tries)
    std::this_thread::sleep_for(50ms);

  CHECK(value_of("up{job=\"foreshift\"}") == 1);
  CHECK(value_of("foreshift_hosts") == 2);
  CHECK(value_of("count(foreshift_predicted_demand_cores)") == 2 * 3 * 3);
  CHECK(value_of("count({__name__=~\"foreshift_.+\"})") > 100);
  for (const char* file : dashboards)
    for (std::string query : queries_of(file)) {
      query = std::regex_replace(query, std::regex{R"(\$(instance|host|lead))"}, ".*");
      static_cast<void>(theirs.ask(query));  // one that is refused fails the test
      ++served;
    }
  CHECK(served >= 30);
  CHECK(value_of("foreshift_overload_probability_ratio{horizon=\"far\", instance=~\".*\", host=~\".*\"}") >=
        0);
  serving.request_stop();
  serving.join();
  CHECK(prometheus::format_of(asked_for) == prometheus::exposition_format::openmetrics);
}
