#pragma once
/// @file
/// Workloads sorted into classes while they are watched: mini-batch k-medians whose old weight decays.
///
/// A batch - the features of a site's workloads, once a day, say - is assigned to the nearest centres as they
/// stood before it; each centre then goes towards the median of what it got, by that weight against its own.
/// What is far from every centre makes new ones, densest first; centres that have come close are merged, and
/// those whose weight has decayed are let go. So no order within a batch matters and nothing is random; the
/// order of batches matters as it should, the later ones counting for more. A centre's class is the name that
/// its features give it (workload_kind.hpp): centres of one name are one class.
///
/// Sources: D. Sculley, "Web-scale k-means clustering", WWW 2010 (mini-batches), with medians for means;
/// F. Cao et al., "Density-based clustering over an evolving data stream", SDM 2006 (decay, new centres).

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/id.hpp>
#include <foreshift/numeric/statistics.hpp>
#include <foreshift/placement/workload_features.hpp>
#include <foreshift/placement/workload_kind.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Between two workloads: the sum of the differences of their features, which have one scale, and of a half
/// of those of their mixes; for features that one of the two lacks the others stand in. At most 8; infinite
/// when nothing compares.
[[nodiscard]] double feature_distance(const workload_features& a, const workload_features& b);

struct class_options {
  double radius = 0.5;            ///< what is further from a centre does not move it
  double merge_within = 0.3;      ///< centres closer than this become one
  double keep = 0.9;              ///< weight that a batch leaves of the past
  std::size_t centres_max = 24;   ///< the lightest go first
  std::size_t newcomers_min = 3;  ///< so many workloads alike make a centre
  double weight_min = 0.2;        ///< below this a centre goes
  kind_rule rule{};
};

/// The class of one workload.
struct class_assignment {
  class_id of{};
  workload_kind kind = workload_kind::unknown;
  /// In [0, 1]: how much nearer the class is than the next one, (d2 - d1) / (d2 + d1), times the share of the
  /// features that are known, times radius / d1 where it is outside of the radius. A class that has no centre
  /// yet counts as a radius away.
  double confidence = 0;
  double distance = std::numeric_limits<double>::infinity();  ///< to the class's nearest centre, if any
};

struct class_centre {
  workload_features at{};
  double weight = 0;

  static void members(auto& self, auto& archive) { archive(self.at, self.weight); }
};

/// A regular value; it lists its members for core/archive.hpp, but for the options. Bounded by `centres_max`.
class workload_classes {
 public:
  explicit workload_classes(class_options options = {}) : options_(options) {
    FORESHIFT_EXPECT(options_.radius > 0 && options_.centres_max > 0 && options_.newcomers_min > 0);
  }

  /// Takes in one batch; workloads without readings are left out. O(n centres + n_far log n), and O(n_far^2)
  /// up to 2,000 that are far.
  void learn(std::span<const workload_features> batch);

  /// O(centres). With no centre near enough - nearer than the radius - a workload is what its own features
  /// say, which `confidence` then shows.
  [[nodiscard]] class_assignment classify(const workload_features& of) const;

  [[nodiscard]] std::span<const class_centre> centres() const { return centres_; }
  [[nodiscard]] const class_options& options() const { return options_; }

 private:
  friend struct foreshift::archive_access;
  static void members(auto& self, auto& archive) { archive(self.centres_); }
  [[nodiscard]] bool consistent() const {
    return std::ranges::all_of(centres_, [](const class_centre& c) { return c.weight > 0; });
  }

  [[nodiscard]] std::size_t nearest(const workload_features& f) const;
  void found_centres(std::vector<workload_features> far);
  bool found_centres_of(std::vector<workload_features> sample, std::vector<workload_features>& far);
  void merge_close();

  class_options options_;
  std::vector<class_centre> centres_;
};

namespace detail {

inline constexpr std::array<double workload_features::*, 7> clustered_features{
    &workload_features::variability, &workload_features::burstiness, &workload_features::seasonality,
    &workload_features::trend,       &workload_features::idle_share, &workload_features::on_off,
    &workload_features::persistence};

[[nodiscard]] inline double known_share(const workload_features& f) {
  double known = 0;
  for (const auto m : clustered_features) known += std::isnan(f.*m) ? 0 : 1;
  return known / static_cast<double>(clustered_features.size());
}

/// Feature by feature the median of those that have it.
[[nodiscard]] inline workload_features median_of(std::span<const workload_features> all) {
  std::vector<double> column(all.size());
  const auto middle = [&](const auto& read) {
    std::ranges::transform(all, column.begin(), read);
    return numeric::median_in_place(column);
  };
  workload_features m;
  m.level = middle([](const auto& f) { return f.level; });
  m.days = middle([](const auto& f) { return f.days; });
  m.present = middle([](const auto& f) { return f.present; });
  for (const auto field : clustered_features)
    m.*field = middle([field](const workload_features& f) { return f.*field; });
  for (std::size_t i = 0; i < resource_count; ++i)
    m.mix[i] = middle([i](const workload_features& f) { return f.mix[i]; });
  return m;
}

/// From a towards b by a share; what only one of them knows is taken from it.
[[nodiscard]] inline workload_features between(const workload_features& a, const workload_features& b,
                                               double share) {
  const auto mix = [share](double x, double y) {
    return std::isnan(x) ? y : std::isnan(y) ? x : x + share * (y - x);
  };
  workload_features m;
  m.level = mix(a.level, b.level), m.days = mix(a.days, b.days), m.present = mix(a.present, b.present);
  for (const auto field : clustered_features) m.*field = mix(a.*field, b.*field);
  for (std::size_t i = 0; i < resource_count; ++i) m.mix[i] = mix(a.mix[i], b.mix[i]);
  return m;
}

}  // namespace detail

inline double feature_distance(const workload_features& a, const workload_features& b) {
  double sum = 0, known = 0;
  for (const auto field : detail::clustered_features)
    if (const double d = std::abs(a.*field - b.*field); !std::isnan(d)) sum += d, ++known;
  if (known == 0) return std::numeric_limits<double>::infinity();
  sum *= static_cast<double>(detail::clustered_features.size()) / known;
  for (std::size_t i = 0; i < resource_count; ++i)
    if (const double d = std::abs(a.mix[i] - b.mix[i]); !std::isnan(d)) sum += d / 2;
  return sum;
}

inline std::size_t workload_classes::nearest(const workload_features& f) const {
  std::size_t best = centres_.size();
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < centres_.size(); ++c)
    if (const double d = feature_distance(f, centres_[c].at); d < least) least = d, best = c;
  return least <= options_.radius ? best : centres_.size();
}

inline void workload_classes::learn(std::span<const workload_features> batch) {
  std::vector<std::vector<workload_features>> got(centres_.size());
  std::vector<workload_features> far;
  for (const auto& f : batch) {
    if (std::isnan(f.level)) continue;
    const auto c = nearest(f);
    (c < centres_.size() ? got[c] : far).push_back(f);
  }
  for (std::size_t c = 0; c < got.size(); ++c) {
    auto& centre = centres_[c];
    centre.weight *= options_.keep;
    if (got[c].empty()) continue;
    const auto fresh = static_cast<double>(got[c].size());
    centre.at = detail::between(centre.at, detail::median_of(got[c]), fresh / (fresh + centre.weight));
    centre.weight += fresh;
  }
  found_centres(std::move(far));
  merge_close();
  std::erase_if(centres_, [&](const class_centre& c) { return c.weight < options_.weight_min; });
  std::ranges::stable_sort(centres_, [](const auto& a, const auto& b) { return a.weight > b.weight; });
  if (centres_.size() > options_.centres_max) centres_.resize(options_.centres_max);
}

/// Of many only a sample founds centres, evenly from their order; then one of those that are left, until a
/// sample founds none, or everybody was in it.
inline void workload_classes::found_centres(std::vector<workload_features> far) {
  constexpr std::size_t founders_max = 2000;
  const std::size_t known = centres_.size();
  // In an order that is the batch's own, whatever order it came in.
  const auto key = [](const workload_features& f) {
    std::array<double, detail::clustered_features.size() + 1> k{};
    for (std::size_t i = 0; i + 1 < k.size(); ++i) {
      const double x = f.*detail::clustered_features[i];
      k[i] = std::isnan(x) ? -2 : x;
    }
    k.back() = f.level;
    return k;
  };
  std::ranges::sort(far, {}, key);
  for (bool all = false, some = true; some && !all && far.size() >= options_.newcomers_min;) {
    const std::size_t stride = (far.size() + founders_max - 1) / founders_max;
    if (all = stride == 1; !all && centres_.size() >= known + options_.centres_max) return;
    std::vector<workload_features> sample;
    for (std::size_t i = stride / 2; i < far.size(); i += stride) sample.push_back(far[i]);
    some = found_centres_of(std::move(sample), far);
  }
}

/// The one of the sample with most others of it within half a radius founds a centre at their median, which
/// takes all that lie within a radius of it; and so on, until too few are alike. O(sample^2 + centres x far).
/// @return whether there is a new centre
inline bool workload_classes::found_centres_of(std::vector<workload_features> sample,
                                               std::vector<workload_features>& far) {
  const double within = options_.radius / 2;
  const auto alike = [&](const auto& a, const auto& b) { return feature_distance(a, b) <= within; };
  std::vector<std::size_t> near(sample.size());  // so many of the sample are alike
  for (std::size_t i = 0; i < sample.size(); ++i)
    for (std::size_t j = 0; j <= i; ++j)
      if (alike(sample[i], sample[j])) ++near[i], near[j] += j < i ? 1 : 0;
  const std::size_t before = centres_.size();
  while (!sample.empty()) {
    const auto founder = static_cast<std::size_t>(std::ranges::max_element(near) - near.begin());
    if (near[founder] < options_.newcomers_min) break;
    std::vector<workload_features> taken;
    for (const auto& f : sample)
      if (alike(sample[founder], f)) taken.push_back(f);
    const auto centre = detail::median_of(taken);
    const auto takes = [&](const auto& f) { return feature_distance(centre, f) <= options_.radius; };
    taken.clear();
    std::erase_if(far, [&](const workload_features& f) {
      if (!takes(f)) return false;
      taken.push_back(f);
      return true;
    });
    if (taken.empty()) break;  // their median is like none of them
    centres_.push_back({detail::median_of(taken), static_cast<double>(taken.size())});
    std::size_t left = 0;
    taken.clear();  // now those of the sample
    for (std::size_t i = 0; i < sample.size(); ++i)
      if (takes(sample[i]))
        taken.push_back(sample[i]);
      else
        sample[left] = sample[i], near[left++] = near[i];
    sample.resize(left), near.resize(left);
    if (taken.empty()) break;  // others would be found again for ever
    for (std::size_t i = 0; i < left; ++i)
      near[i] -= static_cast<std::size_t>(
          std::ranges::count_if(taken, [&](const auto& f) { return alike(sample[i], f); }));
  }
  return centres_.size() > before;
}

inline void workload_classes::merge_close() {
  for (;;) {
    std::size_t a = 0, b = 0;
    double least = options_.merge_within;
    for (std::size_t j = 1; j < centres_.size(); ++j)
      for (std::size_t i = 0; i < j; ++i)
        if (const double d = feature_distance(centres_[i].at, centres_[j].at); d < least)
          least = d, a = i, b = j;
    if (a == b) return;
    auto& [at, weight] = centres_[a];
    const double sum = weight + centres_[b].weight;
    at = detail::between(at, centres_[b].at, centres_[b].weight / sum);
    weight = sum;
    centres_.erase(centres_.begin() + static_cast<std::ptrdiff_t>(b));
  }
}

inline class_assignment workload_classes::classify(const workload_features& of) const {
  if (std::isnan(of.level)) return {};
  class_assignment out;
  if (const auto c = nearest(of); c < centres_.size()) {
    out.distance = feature_distance(of, centres_[c].at);
    out.of = class_of(centres_[c].at, options_.rule);
  } else {
    out.of = class_of(of, options_.rule);
  }
  out.kind = kind_of(out.of);
  double other = 2 * options_.radius;
  for (const auto& c : centres_) {
    const double d = feature_distance(of, c.at);
    if (class_of(c.at, options_.rule) == out.of)
      out.distance = std::min(out.distance, d);
    else
      other = std::min(other, d);
  }
  const double d = std::isinf(out.distance) ? options_.radius : out.distance;
  if (!(d < other)) return out;
  out.confidence = (other - d) / (other + d) * detail::known_share(of);
  if (d > options_.radius) out.confidence *= options_.radius / d;
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
