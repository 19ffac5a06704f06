// What does the protocol alone cost: three replicas in one process, 256 byte commands, no disk, no network,
// no encoding? Messages are handed over as values, records count as durable at the end of each site's turn,
// as a driver syncs once for what a poll brought, and what is delivered is applied by nobody. The log is cut
// every 4,096 slots.
//
// Time is CPU time of all three replicas for each command that the leader has delivered.

#include <foreshift/consensus/replica.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

using namespace foreshift;

namespace {

constexpr std::array site_ids{site_id{1}, site_id{2}, site_id{3}};
constexpr std::size_t command_bytes = 256;
constexpr std::uint64_t cut_every = 4096;

class trio {
 public:
  explicit trio(std::size_t batch) {
    for (std::size_t i = 0; i < site_ids.size(); ++i) {
      consensus::replica_config config;
      config.self = site_ids[i], config.members = consensus::uniform_epoch(site_ids),
      config.batch_count = batch;
      sites_[i].self = consensus::replica::recover(config, {}).value();
    }
    while (!sites_[leader_].self.leads()) {
      now_ += std::chrono::milliseconds{10};
      for (std::size_t i = 0; i < sites_.size(); ++i) step(i, consensus::tick{now_});
      settle();
      for (std::size_t i = 0; i < sites_.size(); ++i)
        if (sites_[i].self.leads()) leader_ = i;
    }
  }
  /// Submits `count` commands to the leader and goes on until nobody has anything to say.
  void commit(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      ++submitted_;
      for (std::size_t b = 0; b < 8; ++b) text_[b] = static_cast<std::byte>(submitted_ >> (8 * b));
      step(leader_, consensus::submit{shared_bytes{byte_span{text_}}});
    }
    settle();
  }
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
  [[nodiscard]] std::uint64_t submitted() const { return submitted_; }

 private:
  struct site {
    consensus::replica self;
    std::vector<consensus::received> mail, reading;
    std::vector<consensus::send_duty> waiting;
    lsn written, durable;
    slot delivered, applied;
  };
  void step(std::size_t at, const consensus::input& in) {
    auto& here = sites_[at];
    here.self.step(in, due_);
    if (!due_.persist.empty()) here.written = due_.persist.back().at;
    if (due_.snapshot) here.written = std::max(here.written, due_.snapshot->covers);
    for (auto& m : due_.send) here.waiting.push_back(std::move(m));
    for (const auto& d : due_.deliver) {
      here.delivered = d.at;
      if (at == leader_) delivered_ += d.value.commands.size();
    }
  }
  /// True if there was anything to do.
  bool turn(std::size_t at) {
    auto& here = sites_[at];
    bool busy = !here.mail.empty();
    here.reading.swap(here.mail);
    for (auto& m : here.reading) step(at, std::move(m));
    here.reading.clear();
    while (here.durable < here.written || here.applied < here.delivered) {
      busy = true;
      here.durable = here.written;
      step(at, consensus::durable{here.durable});
      if (here.applied == here.delivered) continue;
      const auto cut = here.applied.value / cut_every < here.delivered.value / cut_every;
      here.applied = here.delivered;
      step(at, consensus::applied{here.applied, {}});
      if (cut) step(at, consensus::snapshotted{here.applied, {}});
    }
    for (auto& m : here.waiting) sites_[m.to.value - 1].mail.push_back({site_ids[at], std::move(m.what)});
    here.waiting.clear();
    return busy;
  }
  void settle() {
    for (bool busy = true; busy;) {
      busy = false;
      for (std::size_t i = 0; i < sites_.size(); ++i) busy = turn(i) || busy;
    }
  }

  std::array<site, 3> sites_;
  std::array<std::byte, command_bytes> text_{};
  consensus::duties due_;
  std::size_t leader_ = 0;
  time_point now_{};
  std::uint64_t submitted_ = 0, delivered_ = 0;
};

// Arguments: commands under way at once, commands in one entry.
void commit(benchmark::State& state) {
  trio group{static_cast<std::size_t>(state.range(1))};
  const auto count = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) group.commit(count);
  if (group.delivered() != group.submitted()) std::abort();
  state.counters["cpu_per_commit"] = benchmark::Counter(
      static_cast<double>(group.submitted()), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(commit)->Args({1, 1})->Args({16, 1})->Args({64, 1})->Args({64, 64});

}  // namespace
