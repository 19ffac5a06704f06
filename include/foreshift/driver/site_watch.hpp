#pragma once
/// @file
/// What strikes a site about its series, its hosts and the other sites.
///
/// Each series has a detector of its own: an alert is told, and a value that is strange by a known
/// probability also speaks for the failure of the host it comes from, as silence does and counters of faults
/// (failure_watch.hpp). A score alone is no probability.

#include <foreshift/anomaly/detector.hpp>
#include <foreshift/anomaly/score.hpp>
#include <foreshift/consensus/quorum.hpp>
#include <foreshift/core/flat_map.hpp>
#include <foreshift/driver/failure_watch.hpp>
#include <foreshift/driver/status_report.hpp>
#include <foreshift/driver/step_readings.hpp>
#include <foreshift/ports/observer.hpp>
#include <foreshift/telemetry/sample.hpp>

#include <concepts>
#include <optional>
#include <span>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// A detector that says how improbable its last value was where nothing has changed, in [0, 1].
template <class D>
concept SurprisedDetector = requires(const D& detector) {
  { detector.p_value() } -> std::convertible_to<double>;
};

template <anomaly::Detector Detector>
class site_watch {
 public:
  /// @param fresh the detector that each series begins with
  site_watch(site_id self, Detector fresh, const failure_watch_options& options = {})
      : self_(self), fresh_(std::move(fresh)), failures_(options) {}

  [[nodiscard]] failure_watch& failures() { return failures_; }
  [[nodiscard]] const failure_watch& failures() const { return failures_; }

  /// A reading of an own host: it lives, and its counters of faults speak of its failure.
  void hear(host_id h, const telemetry::reading& r, time_point now) {
    failures_.heard(h, now);
    if (telemetry::is_counter(r.key.what)) failures_.counted(h, r.key.what, r.what);
  }
  /// Before the values of a step, and after its readings.
  void next_step() { failures_.next_step(); }
  /// @param host the own host that the series tells of, if it does
  /// @param tell called with what an observer is to be told
  template <class Tell>
  void observe(const step_value& v, std::optional<host_id> host, Tell tell) {
    auto* one = series_.find(v.of);
    if (one == nullptr) one = &series_.insert_or_assign(v.of, watched{fresh_, {}});
    auto* const detector = &one->detector;
    if (const auto score = one->last = detector->observe(v.what); score.alert) {
      ports::anomaly_alerted strange{v.of, score.value};
      if constexpr (requires { strange.why = detector->why(); }) strange.why = detector->why();
      tell(std::move(strange));
    }
    if constexpr (SurprisedDetector<Detector>)
      if (host) failures_.strange(*host, detector->p_value());
  }
  /// How strange the last value of a series was; nothing for one that is not watched.
  [[nodiscard]] std::optional<anomaly::score> score_of(telemetry::entity series) const {
    const auto* one = series_.find(series);
    return one == nullptr ? std::nullopt : std::optional{one->last};
  }
  /// Writes down how likely each own host is to fail, and tells of those, and of sites, that probably have:
  /// once when they come to be suspected.
  template <class Tell>
  void suspect(status_report& report, std::span<const consensus::elector> members, time_point now,
               Tell tell) {
    for (auto& h : report.hosts) {
      const auto seen = failures_.of_own(h.host, now);
      h.failure = seen.probability;
      if (failures_.suspects(h.host, seen.probability)) tell(ports::failure_suspected{self_, h.host, seen});
    }
    for (const auto& peer : members) {
      if (peer.site == self_) continue;
      const auto seen = failures_.of(peer.site, now);
      if (failures_.suspects(peer.site, seen.probability))
        tell(ports::failure_suspected{peer.site, std::nullopt, seen});
    }
  }

 private:
  struct watched {
    Detector detector;
    anomaly::score last;
  };

  site_id self_;
  Detector fresh_;
  flat_map<telemetry::entity, watched> series_;
  failure_watch failures_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
