#include <foreshift/sim/proposal_fit.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

using namespace foreshift;
using namespace foreshift::sim;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{std::chrono::hours{24 * 20000}};

/// Two workloads over eight half-hour steps; the warm-up takes four of them.
fleet_trace small_trace() {
  fleet_trace trace;
  trace.start = start, trace.step = 30min;
  trace.workloads.push_back({"a", 1, {10, 20, 30, 40, 50, 60, 70, 80}, {}});
  trace.workloads.push_back({"b", 1, {90, 80, 70, 60, 50, 40, 30, 20}, {}});
  return trace;
}
/// Four hosts in two sites, 0.8 cores each before they are over their limit.
scenario four_hosts() { return {.sites = 2, .hosts = 4, .host_capacity = 1, .start_fill = 1}; }

/// Made of the fleet above, 4 s after step 4 is over.
placement::proposal fitting() {
  placement::proposal p;
  p.id = {site_id{0}, 1};
  p.workload = {1}, p.subset = {1};
  p.made_at = start + 5 * 30min + 4s;
  p.what = placement::migrate{{site_id{0}, host_id{0}}, {site_id{1}, host_id{1}}};
  p.why.limit = 0.8;
  p.why.recent = {start + 30min, 30min, {0.8, 0.7, std::numeric_limits<double>::quiet_NaN(), 0.5}};
  p.alternatives = {{{site_id{0}, host_id{2}}, placement::rejection::would_overload, 0}};
  return p;
}

/// The field that does not fit after the change; empty where all fits.
std::string misfit_after(const std::function<void(placement::proposal&)>& change,
                         const scenario& rules = four_hosts()) {
  auto p = fitting();
  change(p);
  const auto step = fit(p, demand_table{small_trace()}, rules);
  return step ? "" : step.error().field;
}
placement::migrate& way(placement::proposal& p) { return std::get<placement::migrate>(p.what); }

}  // namespace

TEST_CASE("a proposal is placed at the last step that its sponsor had seen") {
  const demand_table demand{small_trace()};
  CHECK(*fit(fitting(), demand, four_hosts()) == 4);
  auto p = fitting();
  p.made_at = start + 5 * 30min;
  CHECK(*fit(p, demand, four_hosts()) == 4);
  p.made_at = start + 6 * 30min - duration{1};
  CHECK(*fit(p, demand, four_hosts()) == 4);
  p.made_at = start + 2h;  // the first decision: the warm-up is over
  CHECK(*fit(p, demand, four_hosts()) == 3);
}

TEST_CASE("the field that does not fit is named") {
  CHECK(misfit_after([](auto&) {}).empty());
  CHECK(misfit_after([](auto& p) { p.workload = {2}; }) == "workload");
  CHECK(misfit_after([](auto& p) { p.workload = {0}; }) == "why.recent");
  CHECK(misfit_after([](auto& p) { p.made_at = start + 2h - duration{1}; }) == "made_at");
  CHECK(misfit_after([](auto& p) { p.made_at = start + 4h; }) == "made_at");
  CHECK(misfit_after([](auto& p) { way(p).from = {site_id{0}, host_id{4}}; }) == "what.from.host");
  CHECK(misfit_after([](auto& p) { way(p).to.host = host_id{~0ULL}; }) == "what.to.host");
  CHECK(misfit_after([](auto& p) { way(p).to.site = site_id{0}; }) == "what.to.site");
  CHECK(misfit_after([](auto& p) { way(p).to = way(p).from; }) == "what.to.host");
  CHECK(misfit_after([](auto& p) { p.why.limit = 6.4; }) == "why.limit");
  CHECK(misfit_after([](auto& p) { p.alternatives[0].to.host = host_id{9}; }) == "alternatives[0].to.host");
  CHECK(misfit_after([](auto& p) {
          p.what = placement::scale{{site_id{1}, host_id{8}}, 2};
        }) == "what.at.host");
  CHECK(misfit_after([](auto& p) { p.why.recent.step = 5min; }) == "why.recent.step");
  CHECK(misfit_after([](auto& p) { p.why.recent.start += 1s; }) == "why.recent.start");
  CHECK(misfit_after([](auto& p) { p.why.recent.start = start - 30min; }) == "why.recent.start");
  CHECK(misfit_after([](auto& p) { p.why.recent.start += 2h + 30min; }) == "why.recent");
  CHECK(misfit_after([](auto& p) { p.why.recent.start = start + 24h; }) == "why.recent");
  CHECK(misfit_after([](auto& p) { p.why.recent.values[3] = 0.501; }) == "why.recent");
  CHECK(misfit_after([](auto&) {}, {.sites = 4, .hosts = 4, .host_capacity = 1, .start_fill = 1}) ==
        "alternatives[0].to.site");
  CHECK(misfit_after([](auto&) {}, {.sites = 1, .hosts = 4, .host_capacity = 1, .start_fill = 1}) ==
        "what.to.site");
}

TEST_CASE("what is not known is not held against a proposal") {
  CHECK(misfit_after([](auto& p) { p.why.recent.values.clear(); }).empty());
  CHECK(misfit_after([](auto& p) { p.alternatives.clear(); }).empty());
  // The size before an adjustment may be one that was agreed on earlier.
  CHECK(misfit_after([](auto& p) {
          p.what = placement::resize{{site_id{1}, host_id{1}}, {}, {}}, p.why.limit = 3;
        }).empty());
}
