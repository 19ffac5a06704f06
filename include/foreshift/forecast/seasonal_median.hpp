#pragma once
/// @file
/// The typical day or week: for each place in the season the median of the last few seasons.
///
/// With a season of 168 hours it is the weekly profile that beats least squares on the load of virtual
/// machines; with 24 hours, or 288 steps of five minutes in buckets of twelve, it is the hour-of-day profile.
/// Each place keeps a ring of its last values, and its median is brought up to date when a value arrives.

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/robust_level.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

class seasonal_median_model;

/// Every step to come is like the median of its place in the season. Regressors are ignored.
struct seasonal_median {
  using model = seasonal_median_model;
  static constexpr std::string_view name = "seasonal-median";
  static constexpr bool fits_by_update = true;
  std::size_t season_length = 24;  ///< in steps, at least 1
  std::size_t seasons_max = 8;     ///< how many seasons are remembered, at least 1
  std::size_t bucket_length = 1;   ///< how many neighbouring steps share a median; divides season_length
};

/// Memory: 2 x season_length x seasons_max values. Update: O(seasons_max x bucket_length) for the median of
/// one place, whatever has been seen before; no allocation. Prediction: O(h).
class seasonal_median_model {
 public:
  explicit seasonal_median_model(const seasonal_median& spec)
      : bucket_length_(spec.bucket_length),
        season_length_(spec.season_length),
        depth_(spec.seasons_max * spec.bucket_length),
        recent_(spec.season_length * spec.seasons_max),
        sorted_(recent_.size()),
        places_(spec.season_length / spec.bucket_length),
        level_(std::min<std::size_t>(spec.season_length, 25)) {}

  friend void update(seasonal_median_model& m, double y, std::span<const double> /*row*/) {
    if (is_observed(y)) m.learn(y);
    if (++m.next_ == m.season_length_) m.next_ = 0;
  }
  friend void predict_mean(const seasonal_median_model& m, regressor_view /*x*/, std::span<double> out) {
    std::size_t at = m.next_;
    for (double& o : out) {
      const place& here = m.places_[at / m.bucket_length_];
      o = here.seen > 0 ? here.median : m.level_.median();  // a place never seen is like the last day
      if (++at == m.season_length_) at = 0;
    }
  }
  [[nodiscard]] bool empty() const { return level_.empty(); }

 private:
  friend struct foreshift::archive_access;
  struct place {
    double median = 0;
    std::uint32_t seen = 0;  ///< values in its ring
    std::uint32_t next = 0;  ///< where the next goes
    static void members(auto& self, auto& archive) { archive(self.median, self.seen, self.next); }
  };
  seasonal_median_model() : level_(archive_access::blank<running_median>()) {}
  static void members(auto& self, auto& archive) {
    archive(self.bucket_length_, self.season_length_, self.depth_, self.recent_, self.sorted_, self.places_,
            self.level_, self.next_);
  }
  [[nodiscard]] bool consistent() const {
    if (!is_archived_size(bucket_length_) || !is_archived_size(season_length_) || !is_archived_size(depth_))
      return false;
    if (season_length_ % bucket_length_ != 0 || places_.size() != season_length_ / bucket_length_)
      return false;
    if (recent_.size() != places_.size() * depth_ || sorted_.size() != recent_.size()) return false;
    for (std::size_t at = 0; at < places_.size(); ++at)
      if (!consistent(at)) return false;
    return next_ < season_length_ && !level_.empty();
  }
  [[nodiscard]] bool consistent(std::size_t at) const {
    const place& here = places_[at];
    if (here.next >= depth_ || here.seen > depth_ || (here.seen < depth_ && here.next != here.seen))
      return false;
    const auto ring = std::span{recent_}.subspan(at * depth_, here.seen);
    return is_observed(here.median) &&
           detail::is_sorted_copy(std::span{sorted_}.subspan(at * depth_, here.seen),
                                  {ring.begin(), ring.end()});
  }

  void learn(double y) {
    level_.push(y);
    const std::size_t at = next_ / bucket_length_;
    place& here = places_[at];
    const auto ring = std::span{recent_}.subspan(at * depth_, depth_);
    const auto sorted = std::span{sorted_}.subspan(at * depth_, depth_);
    if (here.seen == depth_)
      detail::replace_sorted(sorted, ring[here.next], y);
    else
      detail::insert_sorted(sorted.first(++here.seen), y);
    ring[here.next] = y;
    here.next = here.next + 1 == depth_ ? 0 : here.next + 1;
    here.median = detail::median_of_sorted(sorted.first(here.seen));
  }

  std::size_t bucket_length_ = 1;
  std::size_t season_length_ = 1;
  std::size_t depth_ = 1;
  std::vector<double> recent_;  ///< places x depth
  std::vector<double> sorted_;  ///< the same values, each place in ascending order
  std::vector<place> places_;
  running_median level_;
  std::size_t next_ = 0;
};

/// `all_missing` without any observation. A series shorter than a season is enough: places not seen yet take
/// the level of the last observations. O(n). @pre lengths >= 1, season_length a multiple of bucket_length
[[nodiscard]] inline result<seasonal_median_model, errc> fit(const seasonal_median& spec,
                                                             telemetry::series_view y, regressor_view) {
  FORESHIFT_EXPECT(spec.season_length >= 1 && spec.seasons_max >= 1 && spec.bucket_length >= 1);
  FORESHIFT_EXPECT(spec.season_length % spec.bucket_length == 0);
  seasonal_median_model model{spec};
  // All of it, although only the last seasons are remembered: where there were gaps, they reach further back.
  for (const double v : y.values) update(model, v, {});
  if (model.empty()) return failure{errc::all_missing};
  return model;
}

static_assert(Forecaster<seasonal_median>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
