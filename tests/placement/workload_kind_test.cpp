#include <foreshift/placement/workload_kind.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace foreshift;
using namespace foreshift::placement;

namespace {

workload_features plain() {
  workload_features f;
  f.level = 1, f.variability = 0.1, f.burstiness = 0.2, f.seasonality = 0.05, f.trend = 0;
  f.idle_share = 0, f.on_off = 0.1, f.persistence = 0.2;
  return f;
}
workload_kind with(auto change) {
  auto f = plain();
  change(f);
  return kind_of(f);
}

}  // namespace

TEST_CASE("the name follows from the features by the rule as it stands") {
  CHECK(kind_of(plain()) == workload_kind::steady);
  CHECK(with([](auto& f) { f.level = numeric::missing; }) == workload_kind::unknown);
  CHECK(with([](auto& f) { f.on_off = 0.8, f.persistence = 0.5; }) == workload_kind::batch);
  CHECK(with([](auto& f) { f.on_off = 0.8; }) == workload_kind::steady);  // too short: not a job
  CHECK(with([](auto& f) { f.idle_share = 0.95; }) == workload_kind::idle);
  CHECK(with([](auto& f) { f.trend = 0.25; }) == workload_kind::growing);
  CHECK(with([](auto& f) { f.trend = -0.3; }) == workload_kind::shrinking);
  CHECK(with([](auto& f) { f.seasonality = 0.4; }) == workload_kind::daily);
  CHECK(with([](auto& f) { f.burstiness = 0.6; }) == workload_kind::bursty);
  CHECK(with([](auto& f) { f.variability = 0.5; }) == workload_kind::variable);
  CHECK(with([](auto& f) { f.trend = numeric::missing, f.seasonality = numeric::missing; }) ==
        workload_kind::steady);
}

TEST_CASE("the first rule that holds wins") {
  CHECK(with([](auto& f) { f.on_off = 0.8, f.persistence = 0.5, f.idle_share = 0.95; }) ==
        workload_kind::batch);
  CHECK(with([](auto& f) { f.trend = 0.5, f.seasonality = 0.5; }) == workload_kind::growing);
  CHECK(with([](auto& f) { f.seasonality = 0.5, f.burstiness = 0.9; }) == workload_kind::daily);
}

TEST_CASE("the explanation names the kind and the number that decided") {
  auto f = plain();
  f.seasonality = 0.62;
  CHECK(explain_kind(f) == "daily: the same hour on other days explains 62 % of its swings");
  f.seasonality = 0, f.burstiness = 0.75;
  CHECK(explain_kind(f) == "bursty: short peaks reach 3.0 times its level above it");
  CHECK(explain_kind(workload_features{}) == "unknown: no readings");
}

TEST_CASE("ids of classes are distinct, say what they are and can be read back") {
  std::set<class_id> ids;
  auto f = plain();
  for (const double trend : {0.0, 0.5, -0.5})
    for (const double idle : {0.0, 1.0})
      for (std::size_t dominant = 0; dominant <= resource_count; ++dominant) {
        f.trend = trend, f.idle_share = idle;
        f.mix = plain().mix;
        if (dominant > 0) f.mix = {0.1, 0.1, 0.1, 0.1}, f.mix[dominant - 1] = 0.7;
        const auto id = class_of(f);
        ids.insert(id);
        CHECK(kind_of(id) == kind_of(f));
        CHECK(class_name(id).starts_with(name_of(kind_of(f))));
        CHECK(id.value <= 9 + 16 * 4);
      }
  CHECK(ids.size() == 4 * 5);
  CHECK(class_of(workload_features{}) == class_id{});
  CHECK(class_name(class_id{5 + 16 * 2}) == "daily, memory");
  CHECK(class_name(class_id{15}) == "class 15");
  CHECK(kind_of(class_id{15}) == workload_kind::unknown);
  CHECK(kind_of(class_id{~std::uint64_t{0}}) == workload_kind::unknown);
}

TEST_CASE("bursts want headroom, steady workloads may fill, daily ones want the opposite phase") {
  CHECK(advice_for(workload_kind::bursty).best == destination_type::headroom);
  CHECK(advice_for(workload_kind::bursty).minds_company == sensitivity::high);
  CHECK(advice_for(workload_kind::steady).best == destination_type::fill);
  CHECK(advice_for(workload_kind::daily).best == destination_type::opposite_phase);
  CHECK(advice_for(workload_kind::unknown).best == destination_type::headroom);
}
