#pragma once
/// @file
/// How often the event has come: in all of the past, of late, and at this time of day.
///
/// The rate of all of the past is what any forecast of an event is measured against. It is estimated with
/// half an event in one look believed beforehand, which keeps its log loss within half a logarithm of the
/// best constant's; a second estimate is shrunk to the rate of the whole fleet. The recent one fades, the
/// seasonal one looks at the same place of the last seasons.
///
/// Sources: R. E. Krichevsky, V. K. Trofimov, The performance of universal encoding, IEEE Transactions on
/// Information Theory 27 (1981); B. Cestnik, Estimating probabilities (ECAI 1990) for the fleet's share.

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::risk {

/// (events + 1/2) / (looks + 1). @pre 0 <= events <= looks
[[nodiscard]] constexpr double krichevsky_trofimov(double events, double looks) {
  FORESHIFT_EXPECT(events >= 0 && events <= looks);
  return (events + 0.5) / (looks + 1);
}

/// Outcomes counted.
struct event_count {
  double events = 0, looks = 0;
  constexpr void add(bool happened) { events += happened ? 1 : 0, looks += 1; }
  [[nodiscard]] constexpr double rate() const { return krichevsky_trofimov(events, looks); }

  static void members(auto& self, auto& archive) { archive(self.events, self.looks); }
  [[nodiscard]] bool consistent() const { return events >= 0 && events <= looks && looks <= 1e18; }
  friend bool operator==(const event_count&, const event_count&) = default;
};

struct event_rates_options {
  std::size_t season_length = 0;  ///< looks in a season, e.g. those of a day; 0: none
  double seasons_kept = 4;        ///< memory of each place of the season, at least 1
  double recent = 36;             ///< looks after which a recent one counts 1/e, at least 1
  double fleet_looks = 2;         ///< what the fleet's rate counts, at least 0
  double overlap = 1;             ///< looks that say much the same as one, e.g. the horizon; at least 1

  static void members(auto& self, auto& archive) {
    archive(self.season_length, self.seasons_kept, self.recent, self.fleet_looks, self.overlap);
  }
  [[nodiscard]] bool consistent() const {
    return season_length <= archived_size_max && seasons_kept >= 1 && seasons_kept <= 1e9 && recent >= 1 &&
           recent <= 1e9 && fleet_looks >= 0 && fleet_looks <= 1e9 && overlap >= 1 && overlap <= 1e9;
  }
};

/// Allocates the places of the season and nothing else; everything is O(1).
class event_rates {
 public:
  explicit event_rates(const event_rates_options& o) : options_(o), season_(o.season_length) {
    FORESHIFT_EXPECT(o.consistent());
  }

  /// The outcome of the look at `step`.
  void learn(std::size_t step, bool happened) {
    all_.add(happened);
    recent_ += ((happened ? 1.0 : 0.0) - recent_) / options_.recent;
    if (season_.empty()) return;
    auto& place = season_[step % season_.size()];
    const double kept = 1 - 1 / options_.seasons_kept;
    place.events *= kept, place.looks *= kept;
    place.add(happened);
  }

  [[nodiscard]] const event_rates_options& options() const { return options_; }
  [[nodiscard]] const event_count& all() const { return all_; }
  /// All of the past, shrunk to the fleet's rate. @pre 0 <= fleet <= 1, and so below
  [[nodiscard]] double base(double fleet) const {
    const double n = options_.fleet_looks * options_.overlap;
    return all_.looks + n > 0 ? (all_.events + n * fleet) / (all_.looks + n) : fleet;
  }
  /// Of late. @param otherwise what is believed before there is anything
  [[nodiscard]] double recent(double otherwise) const {
    return (recent_ * options_.recent + otherwise) / (options_.recent + 1);
  }
  /// At this place of past seasons and beside it; `otherwise` where there is no season.
  [[nodiscard]] double seasonal(std::size_t step, double otherwise) const {
    if (season_.empty()) return otherwise;
    constexpr std::array beside = {0.4, 0.7, 1.0, 0.7, 0.4};
    double events = otherwise, looks = 1;
    const std::size_t n = season_.size(), first = step % n + 2 * n - 2 % n;
    for (std::size_t i = 0; i < std::min(beside.size(), n); ++i) {
      const auto& place = season_[(first + i) % n];
      events += beside[i] * place.events, looks += beside[i] * place.looks;
    }
    return events / looks;
  }

 private:
  friend struct foreshift::archive_access;
  event_rates() = default;
  static void members(auto& self, auto& archive) {
    archive(self.options_, self.all_, self.recent_, self.season_);
  }
  [[nodiscard]] bool consistent() const {
    return season_.size() == options_.season_length && recent_ >= 0 && recent_ <= 1;
  }
  event_rates_options options_;
  event_count all_;
  double recent_ = 0;
  std::vector<event_count> season_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
