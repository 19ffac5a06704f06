#include <foreshift/sim/orchestrator.hpp>

#include <contracts/orchestrator_contract.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace foreshift;
using namespace std::chrono_literals;
using migration::cut_over_style;

namespace {

template <cut_over_style Style>
struct harness {
  sim::timer time;
  sim::data_centre source{time, site_id{1}, 1, {.style = Style}};
  sim::data_centre destination{time, site_id{2}, 2, {.style = Style}};
  sim::orchestrator<Style> owner{site_id{2}};

  harness() { owner.reach(source).reach(destination); }
  sim::orchestrator<Style>& endpoint() { return owner; }
  static migration::command first_command() {
    migration::command c;
    c.migration = {41};
    c.subset = {5};
    c.workload = {6};
    c.from_site = {1};
    c.from = {100};
    c.to_site = {2};
    c.to = {200};
    return c;
  }
  void settle() { time.run_for(5min); }
  std::size_t starts(migration_id id) const {
    const auto& acts = destination.acts();
    return static_cast<std::size_t>(std::count_if(acts.begin(), acts.end(), [&](const sim::act& a) {
      return a.what == migration::event_kind::started && a.command.migration == id;
    }));
  }
};

}  // namespace

TEST_CASE("the simulated orchestrator keeps the contract, two_step") {
  contracts::orchestrator_contract<harness<cut_over_style::two_step>>();
}

TEST_CASE("the simulated orchestrator keeps the contract, one_step") {
  contracts::orchestrator_contract<harness<cut_over_style::one_step>>();
}

TEST_CASE("a command for a data centre without a way to it is refused at once") {
  sim::orchestrator<> o{site_id{1}};
  CHECK(o.submit(harness<cut_over_style::two_step>::first_command()));
}

TEST_CASE("acts carry the name of the site that asked") {
  harness<cut_over_style::two_step> h;
  auto c = h.first_command();
  c.what = migration::verb::start;
  c.token = {slot{4}, 0};
  REQUIRE(!h.owner.submit(c));
  h.settle();
  REQUIRE(!h.destination.acts().empty());
  CHECK(h.destination.acts().front().by == site_id{2});
  CHECK(h.source.acts().empty());
}

TEST_CASE("when the site has crashed its answers are lost and its successor is told what comes of the copy") {
  harness<cut_over_style::two_step> h;
  auto c = h.first_command();
  c.what = migration::verb::start;
  c.token = {slot{4}, 0};
  {
    sim::orchestrator<> crashed{site_id{2}};
    crashed.reach(h.destination);
    REQUIRE(!crashed.submit(c));
  }
  h.time.run_for(1s);
  c.what = migration::verb::query;
  REQUIRE(!h.owner.submit(c));
  h.settle();
  std::vector<migration::event_kind> heard;
  h.owner.poll([&](const migration::event& e) { heard.push_back(e.what); });
  CHECK(heard == std::vector{migration::event_kind::status, migration::event_kind::copied});
}
