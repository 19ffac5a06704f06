#pragma once
/// @file
/// The exact one-step predictor of a stationary ARMA process, in time proportional to its state.
///
/// A Kalman filter carries a matrix of r x r variances. From a stationary start that matrix changes from step
/// to step by a matrix of rank one only, so it is enough to carry the gain and one vector: r multiplications
/// each instead of r^2. The prediction variance falls at step t by the factor 1 - rho_t^2, rho being the
/// partial autocorrelation, so it stays positive in floating point. Once the vector has died away the filter
/// is in its steady state, and only the coefficients that are not zero take part.
///
/// Source: M. Morf, G. S. Sidhu, T. Kailath, "Some new algorithms for recursive estimation in constant,
/// linear, discrete-time systems", IEEE Trans. Automatic Control 19, 1974 (Chandrasekhar recursions); G.
/// Melard, "A fast algorithm for the exact likelihood of autoregressive-moving average models", Applied
/// Statistics 33, 1984; J. G. Pearlman, Biometrika 67, 1980 (the state of max(p, q) values).

#include <foreshift/forecast/arma_autocovariance.hpp>
#include <foreshift/forecast/lag_polynomial.hpp>
#include <foreshift/numeric/linalg.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

namespace detail {

/// A vector that is shifted by one place at each step: the window moves over a longer buffer, and the buffer
/// is wound back only when its end is reached.
class sliding_vector {
 public:
  sliding_vector() = default;
  explicit sliding_vector(std::size_t size) : size_(size), buffer_(8 * size + 32) {}

  [[nodiscard]] std::span<double> values() { return std::span{buffer_}.subspan(at_, size_); }
  [[nodiscard]] std::span<const double> values() const { return std::span{buffer_}.subspan(at_, size_); }
  [[nodiscard]] double front() const { return buffer_[at_]; }
  /// Drops the first value and appends 0.
  void shift() {
    if (at_ + size_ == buffer_.size()) {
      std::copy_n(buffer_.end() - static_cast<std::ptrdiff_t>(size_), size_, buffer_.begin());
      at_ = 0;
    }
    buffer_[at_ + size_] = 0;
    ++at_;
  }
  void clear() { std::ranges::fill(values(), 0.0); }

  static void members(auto& self, auto& archive) { archive(self.size_, self.at_, self.buffer_); }
  [[nodiscard]] bool consistent() const {
    return size_ >= 1 && buffer_.size() > size_ && at_ <= buffer_.size() - size_ &&
           std::ranges::all_of(buffer_, [](double x) { return std::isfinite(x); });
  }

 private:
  std::size_t size_ = 0, at_ = 0;
  std::vector<double> buffer_;
};

}  // namespace detail

/// What the predictor makes of a surprise, and how large it expects one to be: the same for every series of
/// the process, whatever its values.
class arma_gain {
 public:
  arma_gain() = default;
  /// @pre stationary polynomials, as `start` was made of them
  arma_gain(const arma_polynomials& process, const arma_start& start)
      : variance_(start.variance), gain_(start.covariance), change_(start.covariance.size()) {
    for (double& k : gain_) k /= variance_;
    std::ranges::copy(start.covariance, change_.values().begin());
    settle_if_still(process);
  }

  /// Of the next innovation, in units of the variance of e; at least 1.
  [[nodiscard]] double variance() const { return variance_; }
  [[nodiscard]] bool settled() const { return settled_; }
  [[nodiscard]] std::size_t size() const { return gain_.size(); }
  [[nodiscard]] std::span<const double> values() const { return gain_; }
  /// The variances of the state fall at this step by change x change' / variance.
  [[nodiscard]] std::span<const double> change() const { return change_.values(); }

  /// One step on. O(r), nothing once settled.
  void advance(const arma_polynomials& process) {
    if (settled_) return;
    const double first = change_.front(), share = first / variance_;
    variance_ = std::max(variance_ * (1 - share) * (1 + share), 1.0);
    change_.shift();
    const auto change = change_.values();
    for (const auto& [lag, value] : process.ar) change[lag - 1] += value * first;
    numeric::as_vector(change) -= first * numeric::as_vector(std::span<const double>{gain_});
    numeric::as_vector(std::span{gain_}) -=
        (share / variance_) * numeric::as_vector(std::span<const double>{change});
    if (++steps_ % 8 == 0) settle_if_still(process);
  }

  static void members(auto& self, auto& archive) {
    archive(self.variance_, self.gain_, self.change_, self.steps_, self.settled_);
  }
  [[nodiscard]] bool consistent() const {
    return variance_ >= 1 && std::isfinite(variance_) && change_.values().size() == gain_.size() &&
           std::ranges::all_of(gain_, [](double x) { return std::isfinite(x); });
  }

 private:
  /// What is still to come changes variance and gain by the square of the vector only.
  void settle_if_still(const arma_polynomials& process) {
    constexpr double still = 1e-8;
    for (const double c : change_.values())
      if (!(std::abs(c) <= still)) return;
    settled_ = true;
    variance_ = 1;
    std::ranges::fill(gain_, 0.0);
    for (const auto& [lag, value] : process.ar) gain_[lag - 1] += value;
    for (const auto& [lag, value] : process.ma) gain_[lag - 1] += value;
  }

  double variance_ = 1;
  std::vector<double> gain_;
  detail::sliding_vector change_;
  std::size_t steps_ = 0;
  bool settled_ = false;
};

/// What the autoregression makes of a state that nothing is added to: the means of the next steps.
/// O(h x coefficients).
inline void predict_from(const arma_polynomials& process, std::span<const double> state,
                         std::span<double> out) {
  for (std::size_t h = 0; h < out.size(); ++h) {
    out[h] = h < state.size() ? state[h] : 0.0;
    for (const auto& [lag, value] : process.ar) {
      if (lag > h) break;
      out[h] += value * out[h - lag];
    }
  }
}

/// Predictions of one series: value i is what the past contributes to the value i steps ahead.
class arma_state {
 public:
  arma_state() = default;
  explicit arma_state(std::size_t size) : past_(size) {}

  [[nodiscard]] double predicted() const { return past_.front(); }
  [[nodiscard]] std::span<const double> values() const { return past_.values(); }
  void clear() { past_.clear(); }

  /// Takes the next value of the series and returns by how much it differs from the prediction. O(r), or the
  /// number of coefficients once the gain is settled. The gain is the one before its own `advance`.
  double learn(const arma_polynomials& process, const arma_gain& gain, double w) {
    const double before = past_.front(), innovation = w - before;
    past_.shift();
    const auto past = past_.values();
    if (gain.settled()) {
      for (const auto& [lag, value] : process.ar) past[lag - 1] += value * w;
      for (const auto& [lag, value] : process.ma) past[lag - 1] += value * innovation;
    } else {
      for (const auto& [lag, value] : process.ar) past[lag - 1] += value * before;
      numeric::as_vector(past) += innovation * numeric::as_vector(gain.values());
    }
    return innovation;
  }
  static void members(auto& self, auto& archive) { archive(self.past_); }

 private:
  detail::sliding_vector past_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
