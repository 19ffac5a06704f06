#pragma once
/// @file
/// How far off an additive model expects to be: Prophet's intervals.
///
/// The future trend bends like the past one: change points come at the historical rate, with changes drawn
/// from a Laplace distribution of the mean absolute size of the fitted ones. Futures are simulated with that
/// and with noise, and quantiles are taken step by step. The parameters count as known, as in Prophet's
/// default; on real load such intervals are too narrow, and `backtested<additive>` has calibrated ones.
///
/// Source: S. J. Taylor, B. Letham, "Forecasting at scale", 2018, section 3.1.4.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/forecast/additive_model.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/prediction.hpp>
#include <foreshift/numeric/statistics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

/// What is wanted of the simulated futures.
struct additive_request {
  std::size_t horizon = 1;
  std::span<const double> levels = {};  ///< in (0, 1), ascending; empty: the two ends of `interval_width`
  bool keep_paths = false;              ///< keeps each simulated future
  regressor_view regressors = {};       ///< `horizon` rows, or empty
};

namespace detail {

class additive_simulation {
 public:
  additive_simulation(const additive_model& m, regressor_view x, std::size_t horizon) : m_(m) {
    double sum = 0;
    for (const double d : m.fitted_.delta) sum += std::abs(d);
    pace_ = static_cast<double>(m.changepoints_.size());
    size_ = pace_ > 0 ? sum / pace_ : 0.0;
    std::vector<double> row(m.beta_.size());
    for (std::size_t h = 0; h < horizon; ++h) {
      const time_point at = m.time_ahead(h + 1);
      t_.push_back(m.clock(at));
      m.columns_.write_row(at, x.columns == 0 ? std::span<const double>{} : x.row(h), row);
      effect_.push_back(effect_of(row, m.beta_, m.multiplies_));
    }
  }
  [[nodiscard]] std::size_t samples() const { return static_cast<std::size_t>(m_.samples_); }
  [[nodiscard]] double interval_width() const { return m_.interval_width_; }

  /// One future, a function of the model's seed and the number of the path.
  void draw(std::size_t path, std::span<double> out) const {
    random_stream random{m_.seed_, path};
    const double noise = std::sqrt(m_.variance_);
    const auto pause = [&] { return pace_ * size_ > 0 ? random.exponential() / pace_ : INFINITY; };
    double line = m_.line_, rate = m_.rate_, at = m_.clock(m_.time_ahead(0)), next = at + pause();
    for (std::size_t h = 0; h < out.size(); ++h) {
      while (next < t_[h]) {
        line += rate * (next - at);
        at = next;
        const double change = size_ * random.exponential();
        rate += random.chance(0.5) ? change : -change;
        next = at + pause();
      }
      line = std::clamp(line + rate * (t_[h] - at), -additive_model::line_max, additive_model::line_max);
      at = t_[h];
      out[h] =
          m_.in_unit(m_.trend_of(line) * (1 + effect_[h].share) + effect_[h].added + noise * random.normal());
    }
  }

 private:
  const additive_model& m_;
  double pace_ = 0, size_ = 0;  ///< change points in a unit of scaled time, and their mean absolute change
  std::vector<double> t_;
  std::vector<feature_effect> effect_;
};

}  // namespace detail

/// Mean and quantiles of the next steps, and the futures themselves if asked for. The same model gives the
/// same answer. O(uncertainty_samples x horizon). @pre levels in (0, 1), ascending; regressors as in the fit
[[nodiscard]] inline prediction predict_uncertainty(const additive_model& m, const additive_request& wanted) {
  const regressor_view x = wanted.regressors;
  prediction out;
  out.start = m.end();
  out.step = m.step();
  out.mean.resize(wanted.horizon);
  predict_mean(m, x, out.mean);
  const detail::additive_simulation future{m, x, wanted.horizon};
  out.levels.assign(wanted.levels.begin(), wanted.levels.end());
  if (out.levels.empty()) out.levels = {(1 - future.interval_width()) / 2, (1 + future.interval_width()) / 2};
  FORESHIFT_EXPECT(std::ranges::is_sorted(out.levels) && out.levels.front() > 0 && out.levels.back() < 1);

  sample_paths paths{future.samples(), wanted.horizon};
  for (std::size_t p = 0; p < paths.count(); ++p) future.draw(p, paths[p]);
  out.quantiles.resize(out.levels.size() * wanted.horizon);
  std::vector<double> column(paths.count()), found(out.levels.size());
  for (std::size_t h = 0; h < wanted.horizon; ++h) {
    for (std::size_t p = 0; p < paths.count(); ++p) column[p] = paths[p][h];
    numeric::quantiles_in_place(column, out.levels, found);
    for (std::size_t l = 0; l < found.size(); ++l) out.quantiles[l * wanted.horizon + h] = found[l];
  }
  if (wanted.keep_paths) out.paths = std::move(paths);
  return out;
}

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
