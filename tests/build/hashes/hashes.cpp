// Prints a hash for each of twenty seeds of a faulty cluster: of all that happened, and of the log. Every
// compiler and every level of optimisation has to print the same.

#include <foreshift/consensus/command.hpp>
#include <foreshift/sim/cluster.hpp>
#include <foreshift/sim/fault_plan.hpp>
#include <foreshift/sim/requests.hpp>

#include <chrono>
#include <cstdio>

using namespace foreshift;
using namespace std::chrono_literals;

int main() {
  constexpr site_id sites[] = {{1}, {2}, {3}};
  const consensus::state_machine first{sim::genesis_for(sites)};
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    sim::cluster<> cluster{{.self = {}, .members = first.members(), .times = {100ms, 150ms, 500ms}},
                           first,
                           seed,
                           {.weather = {}, .drift_ppm_max = 500}};
    random_stream random{seed, 1};
    digest chain;
    slot furthest;
    cluster.after_poll([&](site_id, auto& driver, const auto&) {
      if (driver.machine().applied() > furthest)
        furthest = driver.machine().applied(), chain = driver.machine().chain();
    });
    cluster.carry_out(sim::plan_faults(sites, seed, {.length = 5s, .disks_lost_max = 1}));
    for (int i = 0; i < 100; ++i) {
      cluster.time().run_for(60ms);
      auto* driver = cluster.driver(sites[random.below(3)]);
      if (driver == nullptr || driver->halted()) continue;
      const subset_id what{1 + random.below(3)};
      const auto owner = driver->machine().authorities().find(what)->owner;
      driver->submit(consensus::prepare_transfer{
          what, owner, sites[random.below(3)], {}, driver->machine().log_time() + 1s});
    }
    std::printf("%2llu %016llx ", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(cluster.story().hash()));
    for (const auto byte : chain.value) std::printf("%02x", static_cast<unsigned>(byte));
    std::printf("\n");
  }
}
