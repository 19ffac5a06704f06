#pragma once
/// @file
/// What the services on one node use, from the counts of their containers, round by round.
///
/// A round asks every container once. What a container has used between two rounds is the difference of its
/// counts, so nothing is missed between them, however long that is; a count that is smaller than before is of
/// a new start, and one of a container that was not there is all of it new. What a container used after the
/// last round in which it was seen is not known. A service is told when each of its containers has been
/// heard, or a sum would be too small.

#include <foreshift/adapters/docker/container.hpp>
#include <foreshift/adapters/docker/container_usage.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/cluster_inventory.hpp>
#include <foreshift/telemetry/metric.hpp>
#include <foreshift/telemetry/sample.hpp>

#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

class service_usage {
 public:
  /// Begins a round; O(containers log containers). @param running all containers of services on the node
  /// @param now later than before
  void begin(std::vector<container> running, time_point now) {
    fresh_over_ = began_ ? std::optional{now - *began_} : std::nullopt;
    began_ = now;
    std::map<std::string, std::optional<container_usage>> kept;
    for (const container& c : running) {
      if (const auto before = last_.find(c.id); before != last_.end())
        kept.emplace(c.id, before->second && before->second->at ? before->second : std::nullopt);
      else if (fresh_over_)
        kept.emplace(c.id, container_usage{});  // it has begun since, and with nothing
      else
        kept.emplace(c.id, std::nullopt);
    }
    last_ = std::move(kept);
    running_ = std::move(running);
    sums_.clear();
    asked_ = 0;
  }

  /// Whom to ask next; null when all have been. To be followed by one of the three below.
  [[nodiscard]] const container* due() const {
    return asked_ < running_.size() ? &running_[asked_] : nullptr;
  }

  /// @pre due() @param now of the container
  void heard(const container_usage& now) {
    const container& c = running_[asked_++];
    auto& before = last_[c.id];
    sum& s = sums_[c.service];
    s.memory += now.use[resource::memory];
    const duration passed = !before ? duration{} : !before->at ? *fresh_over_ : span(*before->at, now.at);
    if (passed <= duration{}) {
      s.rates = false;
    } else {
      const auto rate = [&](double to, double from) {
        return (to < from ? to : to - from) / to_seconds(passed);
      };
      s.cpu += rate(now.cpu_s, before->cpu_s);
      s.network += rate(now.received, before->received) + rate(now.sent, before->sent);
      s.io += rate(now.read, before->read) + rate(now.written, before->written);
    }
    s.networks |= now.networks, s.devices |= now.devices;
    before = now;
  }
  /// It does not run any more. @pre due()
  void gone() { ++asked_; }
  /// It has given no answer. @pre due()
  void unheard() { sums_[running_[asked_++].service].whole = false; }

  /// What the round has found, as readings at `at`: each service that was heard as a whole, and the node as
  /// their sum where all were. Nothing of the first round: the counts begin with it.
  template <class Sink>
  void tell(host_id node, time_point at, Sink&& sink) const {
    if (!fresh_over_) return;
    sum all;
    for (const auto& [name, s] : sums_) {
      s.tell(workload_id{ports::id_of_name(name)}, at, sink);
      all.add(s);
    }
    all.tell(node, at, sink);
  }

 private:
  struct sum {
    double cpu = 0, memory = 0, network = 0, io = 0;
    bool whole = true, rates = true, networks = false, devices = false;

    void add(const sum& s) {
      cpu += s.cpu, memory += s.memory, network += s.network, io += s.io;
      whole &= s.whole, rates &= s.rates, networks |= s.networks, devices |= s.devices;
    }
    template <class Sink>
    void tell(telemetry::entity of, time_point at, Sink& sink) const {
      using telemetry::metric;
      const auto one = [&](bool known, metric what, double value) {
        if (known && std::isfinite(value)) sink(telemetry::reading{{of, what}, {at, value}});
      };
      one(whole && rates, metric::cpu, cpu);
      one(whole, metric::memory, memory);
      one(whole && rates && networks, metric::network, network);
      one(whole && rates && devices, metric::io, io);
    }
  };
  /// 0 where it cannot be told.
  [[nodiscard]] static duration span(time_point from, std::optional<time_point> to) {
    return to && *to > from ? *to - from : duration{};
  }

  std::optional<time_point> began_;
  std::optional<duration> fresh_over_;  ///< since the round before, of which there was one
  std::vector<container> running_;
  std::size_t asked_ = 0;
  std::map<std::string, std::optional<container_usage>> last_;  ///< by id; without a time: it was not there
  std::map<std::string, sum> sums_;                             ///< by service
};

}  // namespace foreshift::inline FORESHIFT_ABI::docker
