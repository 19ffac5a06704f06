#include <foreshift/adapters/prometheus/relabel.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace foreshift;
using namespace std::chrono_literals;
using prometheus::parse_relabel_table;
using telemetry::metric;

namespace {
std::string fault_of(const std::string& text) {
  const auto table = parse_relabel_table(text, "m.map");
  REQUIRE_MESSAGE(!table.has_value(), text);
  return to_string(table.error());
}
}  // namespace

TEST_CASE("a table says what to ask and whose the answer is") {
  const auto table = parse_relabel_table(
      "\xEF\xBB\xBF# hosts\r\n\r\n[cpu]\r\nquery = sum by (instance) (\r\n    rate(a{x=\"#1\"}[$window]))\r\n"
      "host={instance|host}\r\n site\r\n\n"
      "[ network ]\n  # still a comment\nquery\t=\tb\nworkload = {ns}/{pod}\nhost = {node}\nsite = {dc}\n"
      "kind = counter\nfactor = 0.125\ncombine = max",
      "m.map");
  // " site" goes on with the value of host.
  REQUIRE_MESSAGE(table.has_value(), (table ? "" : to_string(table.error())));
  REQUIRE(table->rules.size() == 2);
  const auto& cpu = table->rules[0];
  CHECK(cpu.what == metric::cpu);
  CHECK(cpu.query == "sum by (instance) ( rate(a{x=\"#1\"}[$window]))");
  CHECK(cpu.kind == prometheus::sample_kind::gauge);
  CHECK(cpu.factor == 1);
  CHECK(cpu.line == 3);
  CHECK(subject_of(cpu, {{"instance", "h:1"}}) == prometheus::subject{"", "h site", ""});
  const auto& net = table->rules[1];
  CHECK(net.what == metric::network);
  CHECK(net.kind == prometheus::sample_kind::counter);
  CHECK(net.factor == 0.125);
  CHECK(net.combine == prometheus::combine_rule::max);
  CHECK(subject_of(net, {{"dc", "east"}, {"node", "n"}, {"ns", "a"}, {"pod", "b"}}) ==
        prometheus::subject{"east", "n", "a/b"});
  CHECK(!subject_of(net, {{"node", "n"}, {"ns", "a"}, {"pod", "b"}}));
}
TEST_CASE("what is wrong in a table is named by line and key") {
  const std::string start = "[cpu]\nquery = x\n";
  CHECK(fault_of("") == "m.map: no rule in it: a rule begins with [cpu]");
  CHECK(fault_of("# nothing\n") == "m.map: no rule in it: a rule begins with [cpu]");
  CHECK(fault_of("query = x\n") == "m.map:1: a key before the first rule: a rule begins with [cpu]");
  CHECK(fault_of("  query = x\n") == "m.map:1: goes on with nothing: \"query = x\"");
  CHECK(fault_of("[cpu]\n x\n") == "m.map:2: goes on with nothing: \"x\"");
  CHECK(fault_of("[cpu\n") == "m.map:1: a bracket stays open: \"[cpu\"");
  CHECK(fault_of("[speed]\n").starts_with("m.map:1: not a metric: \"speed\": there is cpu, memory, network"));
  CHECK(fault_of(start + "host\n") == "m.map:3: neither [metric] nor key = value: \"host\"");
  CHECK(fault_of(start) == "m.map:1: [cpu]: has neither host nor workload: whose series are these?");
  CHECK(fault_of("[cpu]\nhost = {a}\n") == "m.map:1: [cpu]: has no query");
  CHECK(fault_of(start + "host =\n") == "m.map:3: host: empty");
  CHECK(fault_of(start + "host = {a\n") == "m.map:3: host: a brace without its other one");
  CHECK(fault_of(start + "host = {a-b}\n").starts_with("m.map:3: host: not a label: \"a-b\""));
  CHECK(fault_of(start + "host = {a}\nhost = {b}\n") == "m.map:4: host: stands on line 3 already");
  CHECK(fault_of(start + "kind = rate\n") == "m.map:3: kind: neither gauge nor counter: \"rate\"");
  CHECK(fault_of(start + "combine = mean\n") == "m.map:3: combine: neither sum nor max: \"mean\"");
  CHECK(fault_of(start + "node = {a}\n").starts_with("m.map:3: node: no such key: there is query, site"));
  for (const std::string factor : {"0", "-1", "x", "1x", "inf", "nan", "1e999"})
    CHECK(fault_of(start + "factor = " + factor + "\n").starts_with("m.map:3: factor: not a number above 0"));
  CHECK(fault_of("[errors]\nquery = x\nkind = counter\n").starts_with("m.map:3: kind: errors is a count"));
  // The first of two faults is told, on its own line.
  CHECK(fault_of("[cpu]\nquery = x\n\n[memory]\n").starts_with("m.map:1: [cpu]: has neither"));
  CHECK(fault_of(start + "factor = x\n\n[speed]\n").starts_with("m.map:3: factor"));
}
TEST_CASE("a table is bounded") {
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "[cpu]\nquery = x\nhost = {a}\n";
  CHECK(fault_of(many) == "m.map:3001: more than 1000 rules");
  std::string lines = "[cpu]\nquery = x\n";
  for (int i = 0; i < 20'000; ++i) lines += " 12345678\n";
  CHECK(fault_of(lines).find("query: longer than 100000 bytes") != std::string::npos);
}
TEST_CASE("a window is as long as the step, and long enough for a rate") {
  const prometheus::relabel_rule rule{.query = "rate(a[$window]) + rate(b[$window])"};
  CHECK(expand_query(rule, 5min, 1min) == "rate(a[300s]) + rate(b[300s])");
  CHECK(expand_query(rule, 1min, 1min) == "rate(a[240s]) + rate(b[240s])");
  CHECK(expand_query(rule, 1500ms, 0s) == "rate(a[1500ms]) + rate(b[1500ms])");
  CHECK(prometheus::expand_query({.query = "$windo"}, 1min, 1min) == "$windo");
}
