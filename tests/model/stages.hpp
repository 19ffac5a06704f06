#pragma once
/// @file
/// What is searched in every run of the tests: each stage is rich in one thing and bounded in the others.
///
/// All of it at once does not end. Shipped rules have to survive every stage, seen to its end; a seeded bug
/// has to die in the one that is meant for it (`mutant_info::stage`).

#include "schedules.hpp"
#include "site.hpp"

#include <string_view>
#include <vector>

namespace model {

struct stage {
  std::string_view name;
  std::string_view bounds;  ///< in words
  std::vector<std::uint64_t> weights{};
  std::uint64_t ballots = 3;
  model::bounds limits{};
  bool quick = true;  ///< small enough for every run of the tests
  /// What the sites weigh once the command in slot 1 is decided; empty: nothing changes.
  std::vector<std::uint64_t> weights_then{};
};

[[nodiscard]] inline std::vector<elector> electors_of(const stage& one) {
  std::vector<elector> all;
  for (const auto weight : one.weights) all.push_back({site_id{all.size() + 1}, quorum_weight{weight}});
  return all;
}
/// The bounds with the sites filled in.
[[nodiscard]] inline bounds limits_of(const stage& one) {
  bounds limits = one.limits;
  limits.electors = electors_of(one);
  for (const auto weight : one.weights_then) limits.weights_then.push_back({weight});
  return limits;
}
/// Who opens which ballot, sites that weigh the same in every epoch being alike.
[[nodiscard]] inline std::vector<std::vector<std::size_t>> schedules_of(const stage& one) {
  auto kinds = electors_of(one);
  for (std::size_t i = 0; i < one.weights_then.size(); ++i)
    kinds[i].weight = {kinds[i].weight.value * 65536 + one.weights_then[i]};
  return schedules_of(kinds, one.ballots);
}

[[nodiscard]] inline std::vector<stage> stages() {
  const carried nothing_chosen{.news = false, .catch_up = false}, news{.catch_up = false};
  std::vector<stage> all;
  all.push_back({"prompt", "3 sites, 3 ballots; disks sync at once", {1, 1, 1}, 3, {}});
  all.back().limits = {.prompt_disks = true, .network = nothing_chosen};
  all.push_back({"syncs", "3 sites, 3 ballots; every sync an action", {1, 1, 1}, 3, {}});
  all.back().limits = {.network = nothing_chosen};
  all.push_back({"four", "4 sites, where ties exist, 2 ballots; every sync an action", {1, 1, 1, 1}, 2, {}});
  all.back().limits = {.network = nothing_chosen};
  all.push_back(
      {"weights", "4 sites of weights 2, 2, 1, 1, 2 ballots; disks sync at once", {2, 2, 1, 1}, 2, {}});
  all.back().limits = {.prompt_disks = true, .network = nothing_chosen};
  all.push_back(
      {"crash", "3 sites, 2 ballots, 1 crash; every sync, also of a part, an action", {1, 1, 1}, 2, {}});
  all.back().limits = {.crashes = 1, .partial_syncs = true, .network = nothing_chosen};
  all.push_back(
      {"news", "3 sites, 2 ballots; followers hear what is chosen; every sync an action", {1, 1, 1}, 2, {}});
  all.back().limits = {.network = news};
  all.push_back(
      {"catch_up", "3 sites, 2 ballots; news, and catching up; disks sync at once", {1, 1, 1}, 2, {}});
  all.back().limits = {.prompt_disks = true};
  all.push_back({"overtaken",
                 "3 sites, 2 ballots, site 3 alone is a quorum, and two may miss what it chooses; news, "
                 "and catching up; disks sync at once",
                 {1, 1, 3},
                 2,
                 {}});
  all.back().limits = {.prompt_disks = true};
  all.push_back(
      {"slots", "3 sites, 2 ballots, 2 slots open at a time; disks sync at once", {1, 1, 1}, 2, {}});
  all.back().limits = {.slots = 2, .alpha = 2, .prompt_disks = true, .network = nothing_chosen};
  all.back().quick = false;
  all.push_back({"applying",
                 "3 sites, 2 ballots, 2 slots; applying what is chosen an action; disks sync at once",
                 {1, 1, 1},
                 2,
                 {}});
  all.back().limits = {.slots = 2, .prompt_disks = true, .lazy_apply = true, .network = nothing_chosen};
  all.push_back({"again",
                 "3 sites, 2 ballots, 1 retransmission, refusals and news; disks sync at once",
                 {1, 1, 1},
                 2,
                 {}});
  all.back().limits = {.beats = 1, .prompt_disks = true, .network = {.nacks = true, .catch_up = false}};
  all.push_back(
      {"epochs",
       "4 sites, 2 ballots, 2 epochs: slot 1 decides that 2 to 4 count and not 1 to 3, slot 2 is theirs; "
       "news, and catching up; disks sync at once",
       {1, 1, 1, 0},
       2,
       {}});
  all.back().limits = {.slots = 2, .prompt_catch_up = true, .prompt_disks = true, .network = {.news = false}};
  all.back().weights_then = {0, 1, 1, 1};
  all.push_back({"heaviest",
                 "4 sites, 2 ballots, 2 epochs: site 2 alone is a quorum, then site 3 is; followers hear "
                 "what is chosen; disks sync at once",
                 {1, 3, 1, 0},
                 2,
                 {}});
  all.back().limits = {.slots = 2, .prompt_disks = true, .network = news};
  all.back().weights_then = {0, 1, 3, 1};
  all.push_back({"lazy_epochs", "the same; applying what is chosen an action", {1, 3, 1, 0}, 2, {}});
  all.back().limits = {.slots = 2, .prompt_disks = true, .lazy_apply = true, .network = news};
  all.back().weights_then = {0, 1, 3, 1};
  all.back().quick = false;
  return all;
}

}  // namespace model
