#include <foreshift/sim/versioned_cluster.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace foreshift;
using namespace std::chrono_literals;
using ports::call_error, ports::cluster_act, ports::copy_progress;

namespace {

struct one_workload {
  sim::timer time;
  sim::cluster_objects objects;
  sim::versioned_cluster<> cluster{time, objects};
  migration::command move;

  one_workload() {
    move.workload = {6};
    move.from_site = move.to_site = {1};
    move.from = {100};
    move.to = {200};
    objects.all[move.workload] = {.exists = true, .runs_at = {100}};
  }
};

}  // namespace

TEST_CASE("a write under an old version changes nothing") {
  one_workload w;
  const auto old = *w.cluster.read(w.move);
  CHECK(w.cluster.write(old, w.move, cluster_act::hold, {.subset = {5}}, nullptr));
  const auto late = w.cluster.write(old, w.move, cluster_act::start, {}, nullptr);
  REQUIRE(!late);
  CHECK(late.error().what == call_error::kind::conflict);
  CHECK(w.cluster.read(w.move)->record.subset == subset_id{5});
  CHECK(w.objects.acts.size() == 1);
}

TEST_CASE("a copy takes its time, and ends serving, failed or never") {
  one_workload w;
  CHECK(w.cluster.write(*w.cluster.read(w.move), w.move, cluster_act::start, {}, nullptr));
  const auto stands = [&] { return w.cluster.progress(*w.cluster.read(w.move), w.move)->what; };
  CHECK(stands() == copy_progress::state::copying);
  w.time.run_for(11s);
  w.objects.faults.copies_hang = true;
  CHECK(stands() == copy_progress::state::copying);
  w.objects.faults = {.copies_fail = true};
  CHECK(stands() == copy_progress::state::failed);
  w.objects.faults = {};
  CHECK(stands() == copy_progress::state::serving);
  CHECK(w.cluster.read(w.move)->runs_at == place_id{200});
}

TEST_CASE("faults strike as often as they were told to, and half of a success is one") {
  one_workload w;
  w.objects.faults = {.unsent = 1, .refusals = 1, .quiet = 3s};
  CHECK(w.cluster.read(w.move).error().what == call_error::kind::unsent);
  const auto seen = *w.cluster.read(w.move);
  const auto refused = w.cluster.write(seen, w.move, cluster_act::hold, {}, nullptr);
  CHECK(refused.error().what == call_error::kind::refused);
  CHECK(refused.error().retry_after == 3s);
  w.objects.faults.unreadable = 1;
  CHECK(w.cluster.write(seen, w.move, cluster_act::hold, {.subset = {5}}, nullptr).error().what ==
        call_error::kind::unknown);
  CHECK(w.cluster.read(w.move)->record.subset == subset_id{5});
}

TEST_CASE("a workload that is not there is made from where it is, or not at all") {
  one_workload w;
  w.move.workload = {7};
  const auto absent = *w.cluster.read(w.move);
  CHECK(!absent.exists);
  CHECK(w.cluster.write(absent, w.move, cluster_act::hold, {}, nullptr).error().what ==
        call_error::kind::refused);
  const sim::cluster_objects::object original{.exists = true};
  CHECK(w.cluster.write(absent, w.move, cluster_act::hold, {}, &original)->exists);
}
