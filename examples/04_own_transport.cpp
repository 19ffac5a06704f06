// Three replicas in one process talk over a transport written here: a mailbox for each site. Submits five
// remarks at one of them, prints what each has applied, and fails unless all three hold the same log with all
// five.

#include <foreshift/driver/replica_driver.hpp>
#include <foreshift/ports/host.hpp>
#include <foreshift/sim/clock.hpp>
#include <foreshift/sim/storage.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <deque>
#include <map>
#include <utility>
#include <variant>

using namespace foreshift;

struct letter {
  site_id from;
  ports::channel which;
  byte_string bytes;
};
/// Two mailboxes a site, one for each channel: what waits in one never delays the other.
using post_office = std::map<site_id, std::array<std::deque<letter>, 2>>;

class mailbox_transport {
 public:
  mailbox_transport(post_office& office, site_id self) : office_(&office), self_(self) {}
  std::error_code send(site_id to, ports::channel which, byte_span bytes) {
    (*office_)[to][static_cast<std::size_t>(which)].push_back({self_, which, {bytes.begin(), bytes.end()}});
    return {};
  }
  template <class Sink>
  void poll(Sink&& sink) {
    for (const auto which : {ports::channel::resource, ports::channel::monitoring})
      for (const letter& l : std::exchange((*office_)[self_][static_cast<std::size_t>(which)], {}))
        sink(l.from, l.which, byte_span{l.bytes});
  }

 private:
  post_office* office_;
  site_id self_;
};
static_assert(ports::Transport<mailbox_transport>);

int main() {
  using site_host = ports::host<sim::clock, mailbox_transport, sim::storage>;
  constexpr std::array sites = {site_id{1}, site_id{2}, site_id{3}};
  const auto members = consensus::uniform_epoch(sites);
  sim::timer time;
  post_office office;
  std::array<sim::disk, 3> disks;
  std::deque<site_host> hosts;  // a driver holds on to its host
  std::deque<driver::replica_driver<site_host>> drivers;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    hosts.push_back({sim::clock{time}, mailbox_transport{office, sites[i]}, sim::storage{disks[i]}});
    consensus::replica_config config;
    config.self = sites[i], config.members = members;
    auto started = driver::replica_driver<site_host>::start(
        config, consensus::state_machine{{members, {}, {}, {}}}, hosts.back());
    if (!started) return std::printf("%s\n", started.error().reason.c_str()), 1;
    drivers.push_back(std::move(*started));
  }

  for (int i = 0; i < 5; ++i) drivers.front().submit(consensus::remark{});
  std::array<std::size_t, 3> read{};
  for (int i = 0; i < 1000; ++i, time.run_for(std::chrono::milliseconds{10}))
    for (std::size_t s = 0; s < sites.size(); ++s)
      for (const auto& entry : drivers[s].poll().applied)
        for (const auto& effect : entry.effects)
          read[s] += std::holds_alternative<consensus::remarked>(effect) ? 1 : 0;

  bool same = true;
  for (std::size_t s = 0; s < sites.size(); ++s) {
    same = same && read[s] == 5 && drivers[s].machine().chain() == drivers[0].machine().chain();
    std::printf("site %zu has read %zu remarks\n", s + 1, read[s]);
  }
  return same ? 0 : 1;
}
