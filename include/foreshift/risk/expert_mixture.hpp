#pragma once
/// @file
/// Several opinions on one event made one, so that the mixture is never much worse than any of them.
///
/// Bayes' rule: each expert's weight is multiplied by the probability that it gave to what then happened, and
/// the mixture is the weighted mean. Its log loss is then at most that of expert i plus ln(1 / its first
/// weight), whatever happens. When an outcome is known only `delay` looks later, the looks are dealt in turn
/// to as many mixtures as that: each knows the last outcome before its next look, and the bound is `delay`
/// times as large. Among the experts stands the base rate, so no series can make the risk a worse guess than
/// counting, save for that constant.
///
/// Sources: V. Vovk, A game of prediction with expert advice, J. Computer and System Sciences 56 (1998);
/// M. J. Weinberger, E. Ordentlich, On delayed prediction of individual sequences, IEEE Transactions on
/// Information Theory 48 (2002).

#include <foreshift/core/archive.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/risk/online_logistic.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::risk {

/// Allocates the weights of each turn and nothing else. O(N) a look.
template <std::size_t N>
class expert_mixture {
 public:
  using opinions = std::array<double, N>;

  /// @param first weights before anything is known, each > 0; they are scaled to the sum 1
  /// @param delay looks from one to its outcome, at least 1
  expert_mixture(const opinions& first, std::size_t delay) : weights_(delay, scaled(first)) {
    FORESHIFT_EXPECT(delay >= 1);
  }

  /// What the experts say together at a look. @pre each in [0, 1]
  [[nodiscard]] double operator()(std::size_t look, const opinions& said) const {
    const auto& w = weights_of(look);
    double sum = 0;
    for (std::size_t i = 0; i < N; ++i) sum += w[i] * inside(said[i]);
    return std::clamp(sum, probability_min, 1 - probability_min);
  }
  /// What came of a look at which this was said; not to be called where nobody knows.
  void learn(std::size_t look, const opinions& said, bool happened) {
    auto& w = weights_[look % weights_.size()];
    for (std::size_t i = 0; i < N; ++i) w[i] *= happened ? inside(said[i]) : 1 - inside(said[i]);
    w = scaled(w);
  }
  [[nodiscard]] const opinions& weights_of(std::size_t look) const {
    return weights_[look % weights_.size()];
  }
  [[nodiscard]] std::size_t turns() const { return weights_.size(); }

 private:
  friend struct foreshift::archive_access;
  expert_mixture() = default;
  static void members(auto& self, auto& archive) { archive(self.weights_); }
  [[nodiscard]] bool consistent() const {
    return !weights_.empty() && std::ranges::all_of(weights_, [](const opinions& w) {
      return std::abs(std::accumulate(w.begin(), w.end(), 0.0) - 1) < 1e-6 &&
             std::ranges::all_of(w, [](double x) { return x > 0 && x <= 1; });
    });
  }
  [[nodiscard]] static double inside(double p) { return std::clamp(p, probability_min, 1 - probability_min); }
  /// No weight falls to 0: whoever was wrong for long can still come back.
  [[nodiscard]] static opinions scaled(opinions w) {
    double sum = std::accumulate(w.begin(), w.end(), 0.0);
    for (double& x : w) {
      FORESHIFT_EXPECT(x > 0);
      x = std::max(x / sum, 1e-200);
    }
    sum = std::accumulate(w.begin(), w.end(), 0.0);
    for (double& x : w) x /= sum;
    return w;
  }
  std::vector<opinions> weights_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::risk
