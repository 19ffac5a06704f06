#pragma once
/// @file
/// Bayesian online detection of change points: how long has the stream been as it is now?
///
/// A hypothesis for every moment at which the present run may have begun, each with its own normal of unknown
/// mean and variance (normal-inverse-gamma, so that its prediction is Student's t). With every value each is
/// weighed by how well it predicted, and a new run may begin. The probability of a change is that of a short
/// run. Of hypotheses only the likeliest are kept.
///
/// R. P. Adams, D. J. C. MacKay, "Bayesian online changepoint detection" (arXiv:0710.3742, 2007).

#include <foreshift/anomaly/detector.hpp>
#include <foreshift/anomaly/probation_baseline.hpp>
#include <foreshift/core/archive.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::anomaly {

struct change_points_options {
  double expected_run = 250;  ///< samples from one change to the next; the hazard is its inverse; above 1
  std::uint64_t recent = 12;  ///< a run shorter than so many samples is a change; at least 1
  double threshold = 0.95;    ///< of the probability of a change; in (0, 1)
  std::size_t runs = 64;      ///< hypotheses kept; at least 2, and more than `recent`
  double probation = 100;     ///< samples that set the unit; at least 2
};

/// The score is the probability that the present run began within the last `recent` samples. It alerts when
/// that exceeds the threshold, and again only after it has been below. O(runs) a sample, no allocation.
class change_points {
 public:
  static constexpr std::string_view name = "change points";

  explicit change_points(const change_points_options& o = {})
      : hazard_(1 / o.expected_run),
        threshold_(o.threshold),
        recent_(o.recent),
        capacity_(o.runs),
        baseline_(o.probation) {
    FORESHIFT_EXPECT(o.expected_run > 1 && consistent());
    runs_.reserve(capacity_ + 1);
  }
  change_points(const change_points& other) { *this = other; }
  change_points& operator=(const change_points& other) {
    runs_.reserve(other.capacity_ + 1);
    runs_.assign(other.runs_.begin(), other.runs_.end());
    hazard_ = other.hazard_, threshold_ = other.threshold_, recent_ = other.recent_;
    capacity_ = other.capacity_, baseline_ = other.baseline_, seen_ = other.seen_, above_ = other.above_;
    return *this;
  }

  score observe(const telemetry::sample& s) {
    if (!std::isfinite(s.value)) return {};
    const auto x = baseline_.standardise(s.value);
    if (!x) return {};
    learn(*x);
    const double changed = seen_ <= recent_ ? 0 : std::clamp(probability_of_change(), 0.0, 1.0);
    const bool above = changed > threshold_;
    const bool alert = above && !above_;
    above_ = above;
    return {changed, alert};
  }
  /// That the run holds fewer than `recent` values.
  [[nodiscard]] double probability_of_change() const {
    double p = 0;
    for (const auto& r : runs_)
      if (r.length < recent_) p += r.probability;
    return p;
  }

 private:
  friend struct foreshift::archive_access;
  /// The values of a run, as far as they are known: the normal-inverse-gamma after `length` of them. The
  /// prior is the unit normal, with the weight of one value.
  struct run {
    std::uint64_t length = 0;
    double probability = 1;
    double mean = 0;
    double spread = 1;                ///< beta
    double gamma = log_half_root_pi;  ///< log Gamma(alpha + 1/2) - log Gamma(alpha), alpha = 1 + length / 2

    static void members(auto& self, auto& archive) {
      archive(self.length, self.probability, self.mean, self.spread, self.gamma);
    }
    [[nodiscard]] bool consistent() const {
      return probability >= 0 && probability <= 1 && std::isfinite(mean) && spread >= 1 &&
             std::isfinite(spread) && std::isfinite(gamma) && length < (std::uint64_t{1} << 62);
    }
    [[nodiscard]] double weight() const { return 1 + static_cast<double>(length); }  // kappa
    [[nodiscard]] double alpha() const { return 1 + static_cast<double>(length) / 2; }
    /// The density of Student's t.
    [[nodiscard]] double likelihood(double x) const {
      const double scale = 2 * spread * (weight() + 1) / weight(), off = x - mean;
      return std::exp(gamma - 0.5 * std::log(3.14159265358979323846 * scale) -
                      (alpha() + 0.5) * std::log1p(off * off / scale));
    }
    void learn(double x) {
      const double off = x - mean;
      spread += off * off * weight() / (2 * (weight() + 1));
      mean += off / (weight() + 1);
      gamma = std::log(alpha()) - gamma;  // Gamma(a + 1) = a Gamma(a)
      ++length;
    }
  };
  static constexpr double log_half_root_pi = -0.12078223763524522;

  static void members(auto& self, auto& archive) {
    archive(self.hazard_, self.threshold_, self.recent_, self.capacity_, self.baseline_, self.runs_,
            self.seen_, self.above_);
  }
  [[nodiscard]] bool consistent() const {
    return hazard_ > 0 && hazard_ < 1 && threshold_ > 0 && threshold_ < 1 && recent_ >= 1 && capacity_ >= 2 &&
           capacity_ > recent_ && capacity_ <= 65536 && runs_.size() <= capacity_;
  }

  void learn(double x) {
    ++seen_;
    if (runs_.empty()) runs_.push_back({});
    double begins = 0, all = 0;
    for (auto& r : runs_) {
      const double p = r.probability * r.likelihood(x);
      begins += p * hazard_;
      r.probability = p * (1 - hazard_);
      all += p;
      r.learn(x);
    }
    runs_.push_back({});
    runs_.back().probability = begins;
    if (!(all > 1e-300)) {  // nobody has foreseen this: all is new
      runs_.clear();
      runs_.push_back({});
      return;
    }
    if (runs_.size() > capacity_) forget_least(all);
    for (auto& r : runs_) r.probability /= all;
  }
  /// Not the one that has just begun.
  void forget_least(double& all) {
    const auto least = std::min_element(runs_.begin(), runs_.end() - 1, [](const run& a, const run& b) {
      return a.probability < b.probability;
    });
    all -= least->probability;
    runs_.erase(least);
  }

  double hazard_ = 0.5, threshold_ = 0.5;
  std::uint64_t recent_ = 1;
  std::size_t capacity_ = 2;
  probation_baseline baseline_;
  std::vector<run> runs_;
  std::uint64_t seen_ = 0;
  bool above_ = false;
};
static_assert(Detector<change_points>);

}  // namespace foreshift::inline FORESHIFT_ABI::anomaly
