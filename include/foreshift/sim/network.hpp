#pragma once
/// @file
/// A network of datagrams between sites: late, lost, twice, out of order, or not at all.
///
/// Every pair of sites has a link, and every channel of a link has a queue of its own that drains at the
/// link's bandwidth. So a flood on the monitoring channel fills that queue and leaves the resource channel
/// alone, which is what a host must provide as well.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/transport.hpp>
#include <foreshift/sim/timer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <system_error>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::sim {

/// One direction between two sites.
struct link {
  duration latency_min = std::chrono::milliseconds{1};
  duration latency_tail = std::chrono::milliseconds{2};  ///< mean of the exponential part above the minimum
  double loss = 0;                                       ///< probability that a message vanishes; [0, 1]
  double duplication = 0;                                ///< probability that it arrives twice; [0, 1]
  double reordering = 0;  ///< probability that it is held back by up to `held_max`; [0, 1]
  duration held_max = std::chrono::milliseconds{50};
  std::uint64_t bytes_per_second = 0;  ///< of each channel; 0 is unlimited
  duration queue_max =
      std::chrono::seconds{5};  ///< a message that would wait longer than this to leave is lost
};

/// What became of the messages so far.
struct network_counts {
  std::uint64_t sent = 0, delivered = 0;
  std::uint64_t lost = 0;     ///< for whatever reason
  std::uint64_t dropped = 0;  ///< of these, by the link's chance of loss
  std::uint64_t duplicated = 0, held_back = 0;
};

class transport;

/// Not copied and not moved: endpoints and messages under way refer to it.
class network {
 public:
  /// @pre the timer outlives the network and every message under way
  network(timer& t, std::uint64_t seed, link usual = {})
      : timer_(t), random_(seed, 0x6e6574), usual_(usual) {}
  network(const network&) = delete;
  network& operator=(const network&) = delete;

  /// The endpoint of a site, which is up from now on.
  [[nodiscard]] transport attach(site_id self);
  /// A site that is down receives nothing; what was waiting for it is gone.
  void down(site_id site) { sites_[site] = {}; }

  /// The link for every pair without one of its own, from now on. Messages under way keep their fate.
  void set(link usual) { usual_ = usual; }
  [[nodiscard]] const link& usual() const { return usual_; }
  void set(site_id from, site_id to, link l) { links_[{from, to}] = l; }
  /// Cuts one direction, so that asymmetric partitions can be built. Messages under way are lost too.
  void cut(site_id from, site_id to) { cuts_[{from, to}] = true; }
  void heal(site_id from, site_id to) { cuts_.erase({from, to}); }
  void heal() { cuts_.clear(); }

  /// Sees every message that is sent, whatever becomes of it.
  void tap(std::function<void(site_id from, site_id to, ports::channel, byte_span)> watch) {
    tap_ = std::move(watch);
  }
  [[nodiscard]] const network_counts& counts() const { return counts_; }

 private:
  friend class transport;
  using pair = std::pair<site_id, site_id>;
  struct message {
    site_id from;
    ports::channel which;
    byte_string bytes;
  };
  struct inbox {
    bool up = false;
    std::vector<message> waiting;
    std::function<void()> arrival;
  };

  void send(site_id from, site_id to, ports::channel which, byte_span bytes) {
    ++counts_.sent;
    if (tap_) tap_(from, to, which, bytes);
    const link* own = links_.find({from, to});
    const link& l = own != nullptr ? *own : usual_;
    duration wait{};
    if (l.bytes_per_second > 0) {
      time_point& free_at = busy_[{{from, to}, which}];
      free_at = std::max(free_at, timer_.now());
      wait = free_at - timer_.now();
      if (wait > l.queue_max) return drop();
      const duration takes{static_cast<std::int64_t>(bytes.size() * 1'000'000'000 / l.bytes_per_second)};
      free_at += takes;
      wait += takes;
    }
    if (random_.chance(l.loss)) return ++counts_.dropped, drop();
    const bool twice = random_.chance(l.duplication);
    if (twice) ++counts_.duplicated;
    for (int copy = 0; copy < (twice ? 2 : 1); ++copy) {
      duration flight = l.latency_min + stretched(l.latency_tail, random_.exponential());
      if (random_.chance(l.reordering)) {
        flight += stretched(l.held_max, random_.uniform());
        ++counts_.held_back;
      }
      timer_.after(wait + flight,
                   [this, to, m = message{from, which, {bytes.begin(), bytes.end()}}]() mutable {
                     arrive(to, std::move(m));
                   });
    }
  }
  void arrive(site_id to, message m) {
    inbox& in = sites_[to];
    if (!in.up || cuts_.contains({m.from, to})) return drop();
    ++counts_.delivered;
    in.waiting.push_back(std::move(m));
    if (in.arrival) in.arrival();
  }
  void drop() { ++counts_.lost; }
  static duration stretched(duration d, double factor) {
    return duration{static_cast<std::int64_t>(static_cast<double>(d.count()) * factor)};
  }

  timer& timer_;
  random_stream random_;
  link usual_;
  flat_map<pair, link> links_;
  flat_map<pair, bool> cuts_;
  flat_map<std::pair<pair, ports::channel>, time_point> busy_;
  flat_map<site_id, inbox> sites_;
  network_counts counts_;
  std::function<void(site_id, site_id, ports::channel, byte_span)> tap_;
};

/// One site's end of the network.
class transport {
 public:
  /// A message to oneself arrives like any other.
  std::error_code send(site_id to, ports::channel which, byte_span message) {
    network_->send(self_, to, which, message);
    return {};
  }
  /// Calls `sink(from, which, bytes)` for each message that has arrived. The sink may send.
  template <class Sink>
  void poll(Sink&& sink) {
    auto arrived = std::exchange(network_->sites_[self_].waiting, {});
    for (const auto& m : arrived) sink(m.from, m.which, byte_span{m.bytes});
  }
  /// Has `notify()` called whenever a message arrives. It must not poll there and then, but may put that into
  /// the timer.
  void on_arrival(std::function<void()> notify) { network_->sites_[self_].arrival = std::move(notify); }
  [[nodiscard]] site_id self() const { return self_; }

 private:
  friend class network;
  transport(network& n, site_id self) : network_(&n), self_(self) {}
  network* network_;
  site_id self_;
};
static_assert(ports::Transport<transport>);

inline transport network::attach(site_id self) {
  sites_[self] = {.up = true, .waiting = {}, .arrival = {}};
  return {*this, self};
}

}  // namespace foreshift::inline FORESHIFT_ABI::sim
