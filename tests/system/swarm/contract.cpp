// The behaviour suite of Orchestrator over real swarms, within one and between two.
#include <system/swarm/swarms.hpp>

#include <contracts/orchestrator_contract.hpp>

#include <doctest/doctest.h>

#include <cstddef>

using namespace swarm_test;

namespace {

template <int To>
struct harness {
  static constexpr migration::cut_over_style style =
      To == 2 ? orchestrator::style : orchestrator::style_between;
  town here;
  web w{here};
  orchestrator o = here.process();

  orchestrator& endpoint() { return o; }
  migration::command first_command() {
    migration::command c;
    c.migration = {41};
    c.subset = {5};
    c.workload = w.id();
    c.from_site = {1};
    c.from = web::place(1);
    c.to_site = site_of(To);
    c.to = web::place(To);
    return c;
  }
  /// Until nothing is on its way any more.
  void settle() {
    CHECK(comes_true([&] {
      for (int site : {1, 2}) {
        if (!w.is_there(site)) continue;
        const auto s = w.seen(site);
        if (s.update == "updating") return false;
        std::size_t wanted = 0;
        for (const auto& t : w.tasks(site)) {
          if (t.wanted != "running" && t.wanted != "ready" && t.runs()) return false;
          wanted += t.serves() ? 1 : 0;
        }
        const bool moved = docker::pinned_to(s.spec).empty() || !w.serving(To).empty();
        if (wanted != s.replicas() || (s.replicas() != 0 && !moved)) return false;
      }
      return true;
    }));
  }
  /// Swarm forgets the tasks of a service that is scaled to 0; between swarms each start counts ForceUpdate
  /// up.
  std::size_t starts(migration_id) {
    if (To == 2) return w.begun(To).size();
    return w.is_there(2) ? docker::count_at(w.seen(2).spec, "TaskTemplate", "ForceUpdate").value_or(0) : 0;
  }
};

}  // namespace

TEST_CASE("within a real swarm the contract holds, in one step") {
  contracts::orchestrator_contract<harness<2>>();
}
TEST_CASE("between two real swarms the contract holds, in two steps") {
  contracts::orchestrator_contract<harness<3>>();
}
