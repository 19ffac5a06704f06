#include <foreshift/adapters/prometheus/relabel_presets.hpp>

#include <foreshift/adapters/prometheus/relabel.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace foreshift;

TEST_CASE("each preset is a table that knows the four demands, each once") {
  for (const auto& preset : prometheus::relabel_presets) {
    CAPTURE(preset.name);
    const auto table = prometheus::parse_relabel_table(preset.text, std::string{preset.name});
    REQUIRE_MESSAGE(table.has_value(), (table ? "" : to_string(table.error())));
    std::set<telemetry::metric> metrics;
    for (const auto& rule : table->rules) metrics.insert(rule.what);
    CHECK(metrics.size() == 4);
    CHECK(table->rules.size() == 4);
    CHECK(prometheus::relabel_preset_text(preset.name) == preset.text);
  }
  CHECK(!prometheus::relabel_preset_text("nagios"));
}
TEST_CASE("a pod is a workload of its host, and a host of node_exporter is one by itself") {
  const auto pods = prometheus::parse_relabel_table(*prometheus::relabel_preset_text("cadvisor"), "");
  CHECK(
      subject_of(pods->rules[0], {{"instance", "10.0.0.9:10250"}, {"namespace", "shop"}, {"pod", "web-1"}}) ==
      prometheus::subject{"", "10.0.0.9", "shop/web-1"});
  const auto hosts = prometheus::parse_relabel_table(*prometheus::relabel_preset_text("node_exporter"), "");
  CHECK(subject_of(hosts->rules[0], {{"instance", "10.0.0.9:9100"}}) ==
        prometheus::subject{"", "10.0.0.9", ""});
}
TEST_CASE("services and deployments have the names that the inventory of their cluster gives them") {
  const auto services = prometheus::parse_relabel_table(*prometheus::relabel_preset_text("swarm"), "");
  CHECK(subject_of(services->rules[0], {{"instance", "10.0.0.9:8080"},
                                        {"container_label_com_docker_swarm_service_name", "web"}}) ==
        prometheus::subject{"", "10.0.0.9", "web"});
  const auto pods = prometheus::parse_relabel_table(*prometheus::relabel_preset_text("deployments"), "");
  CHECK(subject_of(pods->rules[0], {{"instance", "node-1"}, {"namespace", "shop"}, {"deployment", "web"}}) ==
        prometheus::subject{"", "node-1", "deployment/shop/web"});
}
