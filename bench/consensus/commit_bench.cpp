// What does one agreed command cost: three replicas in one process, disk and network of no cost? The same
// entries applied to three state machines without any agreement stand beside it.

#include <foreshift/consensus/replica.hpp>
#include <foreshift/consensus/state_machine.hpp>
#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/sim/clock.hpp>
#include <foreshift/sim/network.hpp>
#include <foreshift/sim/storage.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <utility>
#include <vector>

using namespace foreshift;

namespace {

constexpr std::array sites{site_id{1}, site_id{2}, site_id{3}};

using site_host = ports::host<sim::clock, sim::transport, sim::storage>;
using site_driver = driver::replica_driver<site_host>;

struct trio {
  trio() {
    const auto members = consensus::uniform_epoch(sites);
    for (std::size_t i = 0; i < sites.size(); ++i) {
      hosts.push_back({sim::clock{time}, net.attach(sites[i]), sim::storage{disks[i]}});
      consensus::replica_config config;
      config.self = sites[i], config.members = members;
      drivers.push_back(
          site_driver::start(config, consensus::state_machine{{members, {}, {}, {}}}, hosts.back()).value());
    }
    while (leader == nullptr) {
      round(std::chrono::milliseconds{10});
      for (auto& d : drivers)
        if (d.replica().leads()) leader = &d;
    }
  }
  void round(duration wait) {
    time.run_for(wait);
    for (auto& d : drivers) d.poll();
  }
  /// Until the leader has applied everything; virtual time moves with the messages.
  void settle(std::uint64_t commands) {
    for (std::size_t i = 0; leader->replica().submitted() > 0; ++i) {
      if (i > 1000 + commands) std::abort();
      round(std::chrono::microseconds{1});
    }
  }
  sim::timer time;
  sim::network net{time, 1, {.latency_min = {}, .latency_tail = {}}};
  std::array<sim::disk, 3> disks;
  std::deque<site_host> hosts;
  std::deque<site_driver> drivers;
  site_driver* leader = nullptr;
};

// Argument: commands submitted at once.
void agreed(benchmark::State& state) {
  trio group;
  const auto batch = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) {
    for (std::uint64_t i = 0; i < batch; ++i) group.leader->submit(consensus::noop{});
    group.settle(batch);
  }
  for (int i = 0; i < 1000; ++i) group.round(std::chrono::milliseconds{1});
  for (const auto& d : group.drivers)
    if (!(d.machine().chain() == group.leader->machine().chain())) std::abort();
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(agreed)->Arg(1)->Arg(64)->Iterations(2000);

void applied_only(benchmark::State& state) {
  const auto members = consensus::uniform_epoch(sites);
  std::array<consensus::state_machine, 3> machines;
  for (auto& m : machines) m = consensus::state_machine{{members, {}, {}, {}}};
  std::uint64_t at = 0;
  const auto batch = static_cast<std::uint64_t>(state.range(0));
  std::uint64_t sequence = 0;
  for (auto _ : state) {
    std::vector<byte_string> commands;
    for (std::uint64_t i = 0; i < batch; ++i)
      commands.push_back(canonical(consensus::command{{sites[0], ++sequence}, consensus::noop{}}));
    const consensus::entry entry{{}, commands};
    ++at;
    for (auto& m : machines) benchmark::DoNotOptimize(m.apply(slot{at}, entry));
  }
  if (machines[0].applied() != slot{at}) std::abort();
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(applied_only)->Arg(1)->Arg(64)->Iterations(2000);

}  // namespace
