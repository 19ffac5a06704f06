#pragma once
/// @file
/// The nodes of a site as one live telemetry source: a service is the sum over the nodes that run it.
///
/// Each node has a `container_source` of its own. A step is told when every node has told it; a node whose
/// daemon does not answer is not waited for, and a slow one until the next step is over. A service that such
/// a node ran when it was last heard is left out, or its sum would be too small; after two such steps it
/// counts as gone from there, since Swarm puts what a dead node ran on another.

#include <foreshift/adapters/docker/container_source.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/clock.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/telemetry/metric.hpp>
#include <foreshift/telemetry/sample.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::docker {

/// A TelemetrySource. A node that answers for the first time adds its share from its second round on.
template <ports::HttpClient Http, ports::Clock Clock>
class site_source {
 public:
  /// @param clock of the time of day; it outlives the source @param options of each node
  explicit site_source(Clock& clock, container_source_options options = {})
      : clock_(&clock), options_(std::move(options)) {}

  /// Adds a node. @param daemon outlives the source @param name in reasons
  site_source& reach(Http& daemon, std::string name) {
    auto own = options_;
    own.name = std::move(name);
    nodes_.push_back({container_source<Http, Clock>{daemon, *clock_, std::move(own)}});
    return *this;
  }

  /// Asks the nodes in turn, and tells the steps that are complete, each series once. Takes `busy_max` and
  /// `timeout` of the options at most.
  template <class Sink>
  void poll(Sink&& sink) {
    const time_point now = clock_->now();
    for (std::size_t n = 0; n < nodes_.size() && clock_->now() - now <= options_.busy_max; ++n)
      hear(nodes_[turn_++ % nodes_.size()]);
    while (!open_.empty() && is_over(open_.begin()->first, clock_->now())) {
      tell(open_.begin()->first, open_.begin()->second, sink);
      open_.erase(open_.begin());
    }
  }

  /// Why something is not known, of all nodes; empty where nothing is missing.
  [[nodiscard]] std::string trouble() const {
    std::string all;
    for (const auto& n : nodes_)
      if (!n.source.trouble().empty()) all += (all.empty() ? "" : "; ") + n.source.trouble();
    return all;
  }

 private:
  using keys = std::set<telemetry::series_key>;
  static constexpr int missed_max = 2;
  struct followed {
    container_source<Http, Clock> source;
    keys ran{};      ///< of services, when last heard
    int missed = 0;  ///< steps since then
  };
  struct step_sums {
    std::map<telemetry::series_key, double> of;
    keys left_out;
  };

  void hear(followed& node) {
    const auto before = node.source.counts().rounds;
    std::vector<telemetry::reading> told;
    node.source.poll([&](const telemetry::reading& r) { told.push_back(r); });
    if (node.source.counts().rounds == before || (closed_ && *node.source.told() <= *closed_)) return;
    step_sums& step = open_[*node.source.told()];
    keys runs;
    for (const auto& r : told) {
      step.of[r.key] += r.what.value;
      if (r.key.of.what == telemetry::entity::kind::workload) runs.insert(r.key);
    }
    // What was here and is not told has gone, or has given no answer; bytes without cores are of half a
    // round.
    if (!node.source.trouble().empty()) leave_out(node.ran, runs, step);
    for (const auto& key : runs)
      if (key.what == telemetry::metric::memory && !runs.contains({key.of, telemetry::metric::cpu}))
        for (const auto rate : {telemetry::metric::cpu, telemetry::metric::network, telemetry::metric::io})
          step.left_out.insert({key.of, rate});
    if (!node.source.trouble().empty()) runs.insert(node.ran.begin(), node.ran.end());
    node.ran = std::move(runs), node.missed = 0;
  }
  static void leave_out(const keys& ran, const keys& told, step_sums& step) {
    std::ranges::set_difference(ran, told, std::inserter(step.left_out, step.left_out.end()));
  }

  [[nodiscard]] static bool has_told(const followed& node, time_point step) {
    return node.source.told() && *node.source.told() >= step;
  }
  [[nodiscard]] bool is_over(time_point step, time_point now) const {
    return now >= step + 2 * options_.schedule.step || std::ranges::all_of(nodes_, [&](const followed& n) {
             return has_told(n, step) || !n.source.answers();
           });
  }
  template <class Sink>
  void tell(time_point at, step_sums& step, Sink& sink) {
    for (auto& n : nodes_) {
      if (has_told(n, at)) continue;
      if (++n.missed > missed_max) n.ran.clear();
      leave_out(n.ran, {}, step);
    }
    for (const auto& [key, value] : step.of)
      if (!step.left_out.contains(key)) sink(telemetry::reading{key, {at, value}});
    closed_ = at;
  }

  Clock* clock_;
  container_source_options options_;
  std::vector<followed> nodes_;
  std::size_t turn_ = 0;
  std::map<time_point, step_sums> open_;
  std::optional<time_point> closed_;  ///< the last step that was told
};

}  // namespace foreshift::inline FORESHIFT_ABI::docker
