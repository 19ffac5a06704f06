#pragma once
/// @file
/// An ARIMA whose order is found from the series.
///
/// Differences are chosen first: a seasonal one when the season is strong (decomposition.hpp; above 0.64, as
/// R's nsdiffs has it), then plain ones until the level is stationary (stationarity.hpp). The other orders
/// are found by a walk (arima_search.hpp) for the least AICc. On long series the walk goes by conditional
/// least squares, each fit begun where its neighbour ended; the best few are then fitted by exact likelihood,
/// and a second, shorter walk goes on from the best of these.
///
/// Source: R. J. Hyndman, Y. Khandakar, "Automatic time series forecasting: the forecast package for R",
/// J. Statistical Software 27(3), 2008. Departures: the roots of a seasonal polynomial, which have to keep a
/// distance from the unit circle, are counted in B^m, because in B even a moderate seasonal coefficient has
/// roots near it; and more than one model is fitted exactly.

#include <foreshift/forecast/arima.hpp>
#include <foreshift/forecast/arima_search.hpp>
#include <foreshift/forecast/mstl.hpp>
#include <foreshift/forecast/stationarity.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

struct auto_arima {
  using model = arima_model;
  static constexpr std::string_view name = "auto-arima";

  std::size_t season_length = 24;  ///< m, in steps; 1: no season
  std::size_t p_max = 5, d_max = 2, q_max = 5;
  std::size_t P_max = 2, D_max = 1, Q_max = 2;
  bool allow_constant = true;  ///< a mean without differences, a drift with one
  double root_min = 1.01;      ///< no root of p and q nearer to the unit circle, >= 1
  double seasonal_root_min =
      1.0005;                     ///< nor one of P and Q, in B^m: a constant season is near it and allowed
  std::size_t exact_below = 150;  ///< shorter series are searched by exact likelihood throughout
  std::size_t finalists = 4;      ///< models that are fitted exactly after a search by least squares, >= 1
  std::size_t last_steps =
      8;  ///< exact fits of the second walk; fewer where these take long, from order 6 on
  bool standard_errors = true;

  static void members(auto& self, auto& archive) {
    archive(self.season_length, self.p_max, self.d_max, self.q_max, self.P_max, self.D_max, self.Q_max,
            self.allow_constant, self.root_min, self.seasonal_root_min, self.exact_below, self.finalists,
            self.last_steps, self.standard_errors);
  }
  [[nodiscard]] bool consistent() const {
    return arima_order{p_max, d_max, q_max, P_max, D_max, Q_max, season_length}.consistent() &&
           root_min >= 1 && seasonal_root_min >= 1 && finalists >= 1;
  }
};

namespace detail {

/// Above this the season should be differenced away.
inline constexpr double strong_season = 0.64;

/// Whether the series calls for a seasonal difference. @pre season_length >= 2
[[nodiscard]] inline bool has_strong_season(std::span<const double> y, std::size_t season_length) {
  const auto parts = decompose(mstl{.season_lengths = {season_length}}, y);
  return parts && seasonal_strength(*parts) > strong_season;
}

/// The differences that the series, its regressors taken out, calls for.
[[nodiscard]] inline arima_order choose_differences(const auto_arima& spec, const arima_sample& whole) {
  arima_order out{.season_length = spec.season_length};
  std::vector<double> rest = whole.level;
  if (whole.regressors > 1) {  // more than the mean
    const auto estimate = estimate_at(whole, {});
    for (std::size_t c = 0; c < whole.regressors && !estimate.beta.empty(); ++c)
      for (std::size_t t = 0; t < rest.size(); ++t)
        rest[t] -= estimate.beta[whole.gaps.size() + c] * whole.level_column(c)[t];
  }
  const std::size_t m = spec.season_length, observed = rest.size() - whole.gaps.size();
  if (m > 1 && spec.D_max > 0 && observed > 2 * m + 3 && has_strong_season(rest, m)) {
    out.D = 1;
    for (std::size_t t = 0; t + m < rest.size(); ++t) rest[t] = rest[t + m] - rest[t];
    rest.resize(rest.size() - m);
  }
  const std::size_t room = observed - std::min(observed, out.lost() + 4);
  out.d = differences_to_level(rest, std::min(spec.d_max, room));
  return out;
}

/// Whether the exact likelihood is cheap enough for every candidate.
[[nodiscard]] inline bool exact_throughout(const auto_arima& spec, const arima_sample& sample) {
  return sample.used() <= spec.exact_below && sample.gaps.size() <= 8;
}

/// Fits candidates on one series, and remembers the coefficients of the last good ones as starts for the
/// next.
class arima_contest {
 public:
  arima_contest(const auto_arima& spec, arima_sample with, arima_sample without)
      : spec_(spec), with_(std::move(with)), without_(std::move(without)) {}

  /// AICc of the exact fit, infinite when a root is too near to the circle.
  double exact(const arima_candidate& c) {
    const auto& sample = prepared(c);
    const auto options = exact_throughout(spec_, sample)
                             ? numeric::least_squares_options{.rounds_max = 40, .tolerance = 1e-7}
                             : numeric::least_squares_options{
                                   .rounds_max = 12, .tolerance = 1e-5, .rounds_a_linearisation = 6};
    return remember(c, fit_likelihood(sample, start_for(c), options));
  }
  /// The same by conditional least squares, up to a constant that all candidates share.
  double conditional(const arima_candidate& c) {
    const auto& sample = prepared(c);
    auto fitted = fit_css(sample, start_for(c), {}, {.rounds_max = 10, .tolerance = 1e-5});
    const double k = parameters(c);
    if (!(fitted.variance > 0) || !acceptable(sample.order, fitted.coefficients))
      return std::numeric_limits<double>::infinity();
    const auto n = static_cast<double>(sample.used());
    starts_.emplace_back(c, std::move(fitted.coefficients));
    return n * (std::log(fitted.variance) + 2 * std::log(sample.scale.unit)) + penalty(k, n);
  }
  [[nodiscard]] const arima_sample& sample(const arima_candidate& c) { return prepared(c); }
  [[nodiscard]] const arima_estimate& best() const { return best_; }
  [[nodiscard]] const arima_candidate& best_candidate() const { return best_candidate_; }
  [[nodiscard]] double best_criterion() const { return best_criterion_; }
  void forget_starts() { starts_.clear(); }

  /// The winner once more, to the last digit.
  arima_estimate finish() {
    const auto& sample = prepared(best_candidate_);
    auto polished = fit_likelihood(sample, best_.coefficients,
                                   {.rounds_max = 12,
                                    .tolerance = 1e-9,
                                    .rounds_a_linearisation = sample.gaps.size() > 16 ? std::size_t{6} : 1});
    if (acceptable(sample.order, polished.coefficients) && polished.log_likelihood >= best_.log_likelihood)
      best_ = std::move(polished);
    return best_;
  }

 private:
  [[nodiscard]] arima_sample& prepared(const arima_candidate& c) {
    arima_sample& s = c.constant ? with_ : without_;
    s.order.p = c.p, s.order.q = c.q, s.order.P = c.P, s.order.Q = c.Q;
    return s;
  }
  [[nodiscard]] double parameters(const arima_candidate& c) {
    return static_cast<double>(c.p + c.q + c.P + c.Q + prepared(c).regressors + 1);
  }
  [[nodiscard]] static double penalty(double k, double n) {
    return n > k + 1 ? 2 * k + 2 * k * (k + 1) / (n - k - 1) : std::numeric_limits<double>::infinity();
  }
  [[nodiscard]] bool acceptable(const arima_order& order, std::span<const double> coefficients) const {
    const arma_parts<const double> part{order, coefficients};
    return roots_beyond(part.ar, spec_.root_min) && roots_beyond(part.ma, spec_.root_min, -1.0) &&
           roots_beyond(part.seasonal_ar, spec_.seasonal_root_min) &&
           roots_beyond(part.seasonal_ma, spec_.seasonal_root_min, -1.0);
  }
  double remember(const arima_candidate& c, arima_estimate estimate) {
    const auto& order = prepared(c).order;
    const double value = -2 * unscaled(estimate.log_likelihood, prepared(c)) +
                         penalty(parameters(c), static_cast<double>(prepared(c).used()));
    if (!std::isfinite(value) || !acceptable(order, estimate.coefficients))
      return std::numeric_limits<double>::infinity();
    starts_.emplace_back(c, estimate.coefficients);
    if (value < best_criterion_) {
      best_criterion_ = value;
      best_candidate_ = c;
      best_ = std::move(estimate);
    }
    return value;
  }
  /// The coefficients of the nearest order fitted so far, cut or filled with zeros.
  [[nodiscard]] std::vector<double> start_for(const arima_candidate& c) {
    const auto apart = [](std::size_t a, std::size_t b) { return a > b ? a - b : b - a; };
    const std::vector<double>* nearest = nullptr;
    arima_candidate from;
    std::size_t least = 3;  // farther than this a start says nothing
    for (const auto& [other, coefficients] : starts_) {
      const std::size_t distance =
          apart(c.p, other.p) + apart(c.q, other.q) + apart(c.P, other.P) + apart(c.Q, other.Q);
      if (distance <= least) least = distance, nearest = &coefficients, from = other;
    }
    const arima_order order = prepared(c).order;
    std::vector<double> out(order.coefficients());
    if (nearest == nullptr) return out;
    arima_order old = order;
    old.p = from.p, old.q = from.q, old.P = from.P, old.Q = from.Q;
    const arma_parts<const double> given{old, *nearest};
    const arma_parts<double> wanted{order, out};
    const auto copy = [](std::span<const double> a, std::span<double> b) {
      std::copy_n(a.begin(), std::min(a.size(), b.size()), b.begin());
    };
    copy(given.ar, wanted.ar);
    copy(given.ma, wanted.ma);
    copy(given.seasonal_ar, wanted.seasonal_ar);
    copy(given.seasonal_ma, wanted.seasonal_ma);
    if (!roots_beyond(order, out, 1.0001)) std::ranges::fill(out, 0.0);  // a cut polynomial may have lost it
    return out;
  }

  const auto_arima& spec_;
  arima_sample with_, without_;
  std::vector<std::pair<arima_candidate, std::vector<double>>> starts_;
  arima_estimate best_;
  arima_candidate best_candidate_;
  double best_criterion_ = std::numeric_limits<double>::infinity();
};

/// Runs the search and leaves the winner in the contest.
inline void find_order(const auto_arima& spec, const arima_limits& limits, bool constant,
                       const arima_sample& sample, arima_contest& contest) {
  constexpr std::size_t models_max = 94;
  arima_search search{limits, constant};
  const auto exactly = [&](const arima_candidate& c) { return contest.exact(c); };
  if (exact_throughout(spec, sample)) {
    search.walk(search.start(exactly), exactly, models_max);
    return;
  }
  const auto conditionally = [&](const arima_candidate& c) { return contest.conditional(c); };
  search.walk(search.start(conditionally), conditionally, models_max);
  auto ranked = search.entries();
  std::ranges::stable_sort(ranked, {}, &arima_search::entry::criterion);
  arima_search second{limits, constant};
  const std::size_t gaps = sample.gaps.size(), wanted = gaps == 0 ? spec.finalists : 1;
  arima_candidate best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    if (i >= wanted && std::isfinite(least)) break;
    const double value = second.visit(ranked[i].candidate, exactly);
    if (value < least) least = value, best = ranked[i].candidate;
  }
  if (gaps > 0 || !std::isfinite(least)) return;
  const std::size_t size = best.p + best.q + best.P + best.Q;
  second.walk(best, exactly, spec.last_steps * 6 / std::max<std::size_t>(size, 6));
}

}  // namespace detail

/// Never fails for want of a fitting order: a series in which no other is acceptable is a random walk, or
/// noise about its mean. Failures as for `arima`, and `too_short` below four observations. Some thirty to
/// fifty conditional fits and a dozen exact ones. @pre spec.consistent()
[[nodiscard]] inline result<arima_model, errc> fit(const auto_arima& spec, telemetry::series_view y,
                                                   regressor_view x) {
  FORESHIFT_EXPECT(spec.consistent());
  constexpr std::size_t least = 3;
  const auto whole = arima_sample_of({.season_length = spec.season_length}, y.values, x, arima_constant::mean,
                                     least + 1 + x.columns);
  if (!whole) return failure{whole.error()};
  const arima_order differences = detail::choose_differences(spec, *whole);
  const std::size_t total = differences.d + differences.D;
  const auto constant = !spec.allow_constant || total > 1 ? arima_constant::none
                        : total == 1                      ? arima_constant::drift
                                                          : arima_constant::mean;
  auto with = arima_sample_of(differences, y.values, x, constant, least);
  auto without = arima_sample_of(differences, y.values, x, arima_constant::none, least);
  if (!with) return failure{with.error()};
  if (!without) return failure{without.error()};
  if (collinear(*without)) return failure{errc::singular};
  const bool constant_allowed = constant != arima_constant::none && !collinear(*with);

  const std::size_t observed = whole->length - whole->gaps.size(), m = spec.season_length;
  arima_limits limits{std::min(spec.p_max, observed / 3), std::min(spec.q_max, observed / 3),
                      m > 1 ? std::min(spec.P_max, observed / 3 / m) : 0,
                      m > 1 ? std::min(spec.Q_max, observed / 3 / m) : 0};
  if (limits.P > 0) limits.p = std::min(limits.p, m - 1);
  if (limits.Q > 0) limits.q = std::min(limits.q, m - 1);

  detail::arima_contest contest{spec, std::move(*with), std::move(*without)};
  arima_candidate chosen{.constant = constant_allowed};
  const bool still = without_noise(contest.sample(chosen));
  if (!still) detail::find_order(spec, limits, constant_allowed, contest.sample(chosen), contest);
  arima_estimate estimate;
  if (std::isfinite(contest.best_criterion())) {
    estimate = contest.finish();
    chosen = contest.best_candidate();
  } else {
    estimate = estimate_at(contest.sample(chosen), {});
    estimate.fixed = false;
  }
  const auto& sample = contest.sample(chosen);
  auto model = arima_model_of(sample, chosen.constant ? constant : arima_constant::none, estimate,
                              spec.standard_errors);
  detail::pass_trailing_gaps(model, sample, y.size(), x);
  return model;
}

static_assert(Forecaster<auto_arima>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
