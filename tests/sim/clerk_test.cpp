#include <foreshift/sim/clerk.hpp>

#include <foreshift/sim/requests.hpp>

#include <sim/little_log.hpp>

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <utility>
#include <vector>

using namespace foreshift;
using namespace std::chrono_literals;

namespace {

constexpr site_id sites[] = {{1}, {2}, {3}};

/// Stands for a driver: hands every message over at once.
struct desk_driver {
  struct replica_view {
    bool leading = false;
    [[nodiscard]] bool leads() const { return leading; }
  };
  test::little_log* log = nullptr;
  std::map<site_id, std::vector<driver::heard_message>>* post = nullptr;
  site_id self;
  replica_view state;
  std::vector<proposal_id> closed;

  [[nodiscard]] const consensus::state_machine& machine() const { return log->machine(); }
  [[nodiscard]] const replica_view& replica() const { return state; }
  void propose(site_id to, consensus::propose what) { (*post)[to].push_back({self, std::move(what)}); }
  void cast(consensus::vote paper) { (*post)[paper.proposal.sponsor].push_back({self, std::move(paper)}); }
  void close(proposal_id id) { closed.push_back(id); }
};

struct scene {
  sim::coverage seen;
  test::little_log log{sim::genesis_for(sites)};
  std::map<site_id, std::vector<driver::heard_message>> post;
  std::map<site_id, desk_driver> drivers;
  std::map<site_id, sim::clerk> clerks;
  std::map<std::string, int> verdicts;

  scene() {
    for (const site_id site : sites) {
      drivers[site] = {&log, &post, site, {}, {}};
      clerks.emplace(site, sim::clerk{site, seen});
    }
  }
  void deliver() {
    for (const site_id site : sites)
      for (const auto& m : std::exchange(post[site], {})) clerks.at(site).hear(drivers[site], m);
  }
  void round() {
    deliver();
    deliver();
    for (const site_id site : sites)
      clerks.at(site).work(drivers[site], [&](consensus::decide what) { apply(site, std::move(what)); });
  }
  template <class What>
  void apply(site_id client, What what) {
    for (const auto& e : log.apply(client, std::move(what))) {
      if (const auto* decided = std::get_if<consensus::proposal_decided>(&e))
        ++verdicts[std::string{name_of(decided->reason)}];
      if (std::holds_alternative<consensus::proposal_undecided>(e)) ++verdicts["undecided"];
      for (const site_id site : sites) clerks.at(site).learn(drivers[site], e);
    }
  }
  consensus::proposal_header header(std::uint64_t sequence) {
    const subset_id within{1 + sequence % 3};
    const host_id to{1 + (sequence + 1) % 3};
    consensus::proposal_header h;
    h.id = {site_id{1}, sequence};
    h.kind = consensus::proposal_kind::resize;  // nobody here settles moves
    h.changes = {{{10 * within.value}, within, to}};
    h.subsets = {{within, log.machine().authorities().find(within)->version}};
    h.hosts = {{to, log.machine().ledger_version(to)}};
    h.stakes = {{class_id{1}, consensus::criticality{2}}};
    h.expires_at = log.machine().log_time() + 20s;
    return h;
  }
};

}  // namespace

TEST_CASE("proposals get votes from everybody, and verdicts of both kinds") {
  scene s;
  for (std::uint64_t i = 1; i <= 60; ++i) {
    s.clerks.at(site_id{1}).sponsor(s.drivers[site_id{1}], s.header(i));
    s.round();
  }
  CHECK(s.verdicts["none"] > 30);
  CHECK(s.verdicts["voted_down"] > 2);
  CHECK(s.drivers[site_id{2}].closed.size() >= 60);
}

TEST_CASE("without votes the verdict is the deadline's; new credits open another attempt") {
  scene s;
  s.clerks.at(site_id{1}).sponsor(s.drivers[site_id{1}], s.header(1));
  s.deliver();
  s.post.clear();  // every vote is lost
  s.round();
  CHECK(s.verdicts.empty());
  s.apply(site_id{1}, consensus::credit_update{0, {{site_id{2}, class_id{1}, consensus::credit{1001}}}});
  s.round();  // asks again under the new credits, and nobody hears it
  s.post.clear();
  s.log.pass(1min);
  s.apply(site_id{1}, consensus::noop{});
  s.round();  // the verdict of the first attempt comes too late
  CHECK(s.verdicts["undecided"] == 1);
  s.round();
  CHECK(s.verdicts["deadline_passed"] == 1);
  CHECK(s.drivers[site_id{1}].closed.size() == 1);
}

TEST_CASE("who leads hands in the verdict when the sponsor is gone, and nobody else does") {
  for (const bool leads : {false, true}) {
    scene s;
    s.clerks.at(site_id{1}).sponsor(s.drivers[site_id{1}], s.header(2));
    s.deliver();
    for (auto& m : std::exchange(s.post[site_id{1}], {})) s.post[site_id{3}].push_back(std::move(m));
    s.drivers[site_id{3}].state.leading = leads;
    s.clerks.at(site_id{1}) = sim::clerk{site_id{1}, s.seen};
    s.round();
    CHECK(s.verdicts.size() == (leads ? 1 : 0));
  }
}
