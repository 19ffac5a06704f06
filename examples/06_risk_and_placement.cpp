// From joint paths to a decision: the risk of a host, the move that relieves it, the proposal with its
// evidence, and what another site makes of it. Prints each, and fails unless the other site accepts the move
// at first and rejects the same proposal when it knows of demand on its way to the destination.

#include <foreshift/core/random.hpp>
#include <foreshift/placement/best_fit.hpp>
#include <foreshift/placement/judgement.hpp>
#include <foreshift/placement/propose.hpp>
#include <foreshift/risk/exceedance.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

using namespace foreshift;
using forecast::sample_paths;

/// 100 paths of 6 steps around a level.
sample_paths paths_around(double level, std::uint64_t seed) {
  sample_paths out{100, 6};
  random_stream random{seed};
  for (double& x : out.flat()) x = level + 0.1 * random.normal();
  return out;
}

int main() {
  // Host 1 at site 1 carries three workloads; host 2 at site 2 carries what site 2 reports. Limits are 8
  // cores.
  const std::array demand = {paths_around(4, 1), paths_around(3, 2), paths_around(1.5, 3)};
  sample_paths hot;
  for (const auto& d : demand) hot += d;
  const sample_paths cold = paths_around(4, 4);
  std::vector<placement::workload_record> records;
  std::vector<placement::workload_outlook> workloads;
  for (std::uint64_t i = 0; i < demand.size(); ++i) {
    placement::workload_record one;
    one.id = {i + 1}, one.subset = {i + 1}, one.host = {1};
    records.push_back(one);
    workloads.push_back({one.id, &demand[i], demand[i].flat()[0], {}});
  }
  const resources capacity{{10, 0, 0, 0}};
  const auto known = placement::inventory::make(
      {{{1}, {1}, "hot", capacity, 0.8}, {{2}, {2}, "cold", capacity, 0.8}}, std::move(records));
  if (!known) return std::printf("%s\n", to_string(known.error()).c_str()), 1;
  const std::array hosts = {placement::outlook_of({1}, {1}, 8, hot),
                            placement::outlook_of({2}, {2}, 8, cold)};

  const auto danger = risk::exceedance(hot, {.host = {1}, .limit = 8});
  std::printf("risk: host 1 goes over %.0f with probability %.2f, for %.0f min in half an hour\n",
              danger.limit, danger.probability, to_seconds(danger.expected_overload) / 60);

  placement::site_view view;
  view.known = &*known, view.hosts = hosts, view.workloads = workloads;
  const auto made = placement::propose({danger, view, {site_id{1}, 1}, {}}, placement::best_fit<>{});
  if (!made) return std::printf("%s\n", explain(made.error()).data()), 1;
  std::printf("proposal: workload %d to host 2, avoids %.0f min, gap %.2f\n",
              static_cast<int>(made->workload.value), to_seconds(made->expected.overload_avoided) / 60,
              made->gap);

  // Site 2 looks with its own eyes: here they happen to see the same paths.
  placement::voter_view voter;
  voter.voter = {2};
  voter.source.paths = &hot, voter.source.limit = 8;
  voter.destination.paths = &cold, voter.destination.limit = 8;
  voter.workload = &demand[made->workload.value - 1];
  const auto first = placement::judge(*made, voter);
  voter.destination.pending = 3;  // another move towards host 2 has been agreed on
  const auto second = placement::judge(*made, voter);
  std::printf("site 2: %s\nsite 2, later: %s\n", first.text.c_str(), second.text.c_str());
  return first.opinion == placement::stance::accept && second.opinion == placement::stance::reject ? 0 : 1;
}
