#include <foreshift/adapters/kubernetes/rollout.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace foreshift;
using namespace foreshift::kubernetes;
using state = rollout::state;

namespace {

workload rolled_out(kind what = kind::deployment) {
  workload w;
  w.what = what;
  w.meta.generation = w.observed_generation = 2;
  w.replicas = w.existing = w.updated = w.ready = w.available = 3;
  w.surge = 1;
  return w;
}

}  // namespace

TEST_CASE("a rollout is judged as kubectl judges it, and only by a status that has seen the change") {
  auto w = rolled_out();
  CHECK(rollout_of(w).what == state::complete);
  w.observed_generation = 1;
  CHECK(rollout_of(w).reason == "the controller has not seen the change yet");
  w = rolled_out(), w.updated = 1;
  CHECK(rollout_of(w).reason == "1 of 3 copies are new");
  w = rolled_out(), w.existing = 4;
  CHECK(rollout_of(w).reason == "1 old copies are still there");
  w = rolled_out(), w.available = 2;
  CHECK(rollout_of(w).reason == "2 of 3 copies are available");
  CHECK(rollout_of(w).what == state::under_way);
  w.progress_reason = "ProgressDeadlineExceeded", w.progress_message = "web has timed out";
  CHECK(rollout_of(w) == rollout{state::failed, "ProgressDeadlineExceeded: web has timed out"});
  w.observed_generation = 1;  // that verdict was about an earlier specification
  CHECK(rollout_of(w).what == state::under_way);
  w = rolled_out(), w.paused = true;
  CHECK(rollout_of(w).what == state::failed);
}

TEST_CASE("a StatefulSet is complete when its last revision is everywhere") {
  auto w = rolled_out(kind::stateful_set);
  w.current_revision = "a", w.update_revision = "b";
  CHECK(rollout_of(w).what == state::under_way);
  w.current_revision = "b";
  CHECK(rollout_of(w).what == state::complete);
  w.updated = 1, w.partition = 2;
  CHECK(rollout_of(w).what == state::complete);
  w.rolling = false;
  CHECK(rollout_of(w).what == state::failed);
}

TEST_CASE("a single copy moves without a gap where one more is allowed, whatever its budget") {
  auto w = rolled_out();
  w.replicas = 1;
  disruption_budget budget;
  budget.selector.present = true, budget.desired_healthy = 1, budget.meta.name = "one";
  const std::vector budgets{budget};
  CHECK(gap_reason(w, budgets) == "");
  w.unavailable = 1;
  CHECK(gap_reason(w, budgets).starts_with("its strategy lets all of its copies be unavailable at once"));
}

TEST_CASE("what would leave a gap is refused with its reason") {
  auto w = rolled_out();
  w.unavailable = 1;
  CHECK(gap_reason(w, {}) == "");
  disruption_budget budget;
  budget.selector.present = true, budget.desired_healthy = 3, budget.meta.name = "all";
  const std::vector budgets{budget};
  CHECK(gap_reason(w, budgets) == "the disruption budget all wants 3 copies, and its strategy leaves 2");
  auto elsewhere = budgets;
  elsewhere[0].meta.space = "test";
  CHECK(gap_reason(w, elsewhere) == "");
  w.rolling = false;
  CHECK(gap_reason(w, {}).starts_with("its strategy is Recreate"));
  w = rolled_out(), w.paused = true;
  CHECK(gap_reason(w, {}) == "it is paused: resume it first");
  w = rolled_out(kind::replica_set);
  CHECK(gap_reason(w, {}).starts_with("a ReplicaSet replaces nothing"));
  w = rolled_out(kind::stateful_set), w.unavailable = 1;
  CHECK(gap_reason(w, {}) == "");
  w.replicas = 1;
  CHECK(gap_reason(w, {}).starts_with("a StatefulSet stops a copy before its successor starts"));
  w.replicas = 3, w.has_claims = true;
  CHECK(gap_reason(w, {}).starts_with("its copies have volumes"));
  w.has_claims = false, w.partition = 1;
  CHECK(gap_reason(w, {}).starts_with("its update is partitioned"));
  w.rolling = false;
  CHECK(gap_reason(w, {}).starts_with("its update strategy is OnDelete"));
  w.replicas = 0;
  CHECK(gap_reason(w, {}) == "");
}
