#pragma once
/// @file
/// A pool of methods that compete on the stream itself; the best of the moment predict.
///
/// Every member forecasts at every step, its errors at the leads of the horizon are remembered with fading
/// weight, and the mean of the `mean_of` members with the smallest absolute error is the forecast. The mean
/// of a few good forecasts is better than the best one, and a member that fails on this series costs nothing
/// but its time.
///
/// Source: R. T. Clemen, "Combining forecasts: a review", Int. J. Forecasting 5, 1989; selection by rolling
/// origins: L. J. Tashman, "Out-of-sample tests of forecasting accuracy", Int. J. Forecasting 16, 2000.

#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

class streaming_selection_model;

/// Where members are of equal merit the earlier one goes first, so put the simplest first.
struct streaming_selection {
  using model = streaming_selection_model;
  std::vector<any_forecaster> pool;
  std::size_t horizon = 12;      ///< the leads that are judged, at least 1
  std::size_t mean_of = 1;       ///< how many of the best make the forecast, at least 1
  double memory = 288;           ///< steps after which an error counts e times less, > 0
  double replay_share = 0.5;     ///< share of the history, its end, on which members are judged while fitting
  std::size_t replay_max = 576;  ///< and at most so many steps of it
};

/// update: one update and one prediction of each member; no allocation of its own. Prediction: a copy up to
/// the horizon when there are no regressors.
class streaming_selection_model {
 public:
  friend void update(streaming_selection_model& m, double y, std::span<const double> row) {
    m.judge(y);
    for (auto& one : m.members_) update(one.model, y, row);
    m.foresee(row);
  }
  friend void predict_mean(const streaming_selection_model& m, regressor_view x, std::span<double> out) {
    m.write_mean(x, out);
  }

  struct standing {
    std::size_t index = 0;  ///< in the pool
    double error = 0;       ///< faded mean absolute error over the leads
  };
  /// The members in use, best first. Allocates.
  [[nodiscard]] std::vector<standing> standings() const {
    std::vector<standing> all;
    for (const std::size_t i : order_)
      all.push_back({members_[i].index, weight_ > 0 ? members_[i].error / weight_ : 0.0});
    return all;
  }

  friend result<streaming_selection_model, fit_error> fit(const streaming_selection& spec,
                                                          telemetry::series_view y, regressor_view x);

 private:
  struct member {
    std::size_t index;
    any_fitted_model model;
    std::vector<double> curves;  ///< horizon x horizon: its last forecasts, a ring of rows
    double error = 0;
  };

  streaming_selection_model(const streaming_selection& spec, std::size_t columns)
      : horizon_(spec.horizon),
        mean_of_(spec.mean_of),
        fade_(std::exp(-1.0 / spec.memory)),
        held_(columns * spec.horizon),
        columns_(columns) {}

  void judge(double y) {
    if (!is_observed(y)) return;
    weight_ = fade_ * weight_ + 1.0;
    const std::size_t leads = std::min(begun_, horizon_);
    for (auto& one : members_) {
      double sum = 0;
      for (std::size_t lead = 0; lead < leads; ++lead)
        sum += std::abs(y - one.curves[row_back(lead) * horizon_ + lead]);
      one.error = fade_ * one.error + (leads > 0 ? sum / static_cast<double>(leads) : 0.0);
    }
    sort();
  }
  // Insertion: the order hardly ever changes. Ties go to the simpler member.
  void sort() {
    for (std::size_t i = 1; i < order_.size(); ++i)
      for (std::size_t j = i; j > 0 && better(order_[j], order_[j - 1]); --j)
        std::swap(order_[j], order_[j - 1]);
  }
  [[nodiscard]] bool better(std::size_t a, std::size_t b) const {
    return members_[a].error < members_[b].error || (members_[a].error == members_[b].error && a < b);
  }
  /// The ring's row of the forecast that was made `back` forecasts before the last one.
  [[nodiscard]] std::size_t row_back(std::size_t back) const {
    return head_ >= back ? head_ - back : head_ + horizon_ - back;
  }
  void foresee(std::span<const double> row) {
    FORESHIFT_EXPECT(row.size() == columns_);
    for (std::size_t i = 0; i < held_.size(); ++i) held_[i] = row[i % columns_];
    head_ = head_ + 1 == horizon_ ? 0 : head_ + 1;
    begun_ = std::min(begun_ + 1, horizon_);
    for (auto& one : members_)
      predict_mean(one.model, regressor_view{held_, columns_},
                   std::span{one.curves}.subspan(head_ * horizon_, horizon_));
  }
  void write_mean(regressor_view x, std::span<double> out) const {
    const std::size_t used = std::min(mean_of_, members_.size());
    if (columns_ == 0 && out.size() <= horizon_) {  // already known
      for (std::size_t h = 0; h < out.size(); ++h) {
        double sum = 0;
        for (std::size_t i = 0; i < used; ++i) sum += members_[order_[i]].curves[head_ * horizon_ + h];
        out[h] = sum / static_cast<double>(used);
      }
      return;
    }
    predict_mean(members_[order_[0]].model, x, out);
    if (used == 1) return;
    std::vector<double> other(out.size());
    for (std::size_t i = 1; i < used; ++i) {
      predict_mean(members_[order_[i]].model, x, other);
      for (std::size_t h = 0; h < out.size(); ++h) out[h] += other[h];
    }
    for (double& o : out) o /= static_cast<double>(used);
  }

  std::size_t horizon_, mean_of_;
  double fade_;
  std::vector<member> members_;
  std::vector<std::size_t> order_;  ///< of members_, best first
  std::vector<double> held_;
  std::size_t columns_;
  std::size_t head_ = 0, begun_ = 0;
  double weight_ = 0;
};

/// Members are fitted on the first part of the history, judged on the rest, and fitted again on all of it. A
/// member that does not fit is left out; when none does, the reason of the first is returned.
/// @pre pool not empty, horizon >= 1, mean_of >= 1, memory > 0, 0 <= replay_share < 1
[[nodiscard]] inline result<streaming_selection_model, fit_error> fit(const streaming_selection& spec,
                                                                      telemetry::series_view y,
                                                                      regressor_view x) {
  FORESHIFT_EXPECT(!spec.pool.empty() && spec.horizon >= 1 && spec.mean_of >= 1 && spec.memory > 0);
  FORESHIFT_EXPECT(spec.replay_share >= 0 && spec.replay_share < 1);
  if (x.columns > 0 && x.rows() != y.size()) return failure{fit_error::bad_regressors};
  const auto share = static_cast<std::size_t>(spec.replay_share * static_cast<double>(y.size()));
  const std::size_t from = y.size() - std::min(share, spec.replay_max);
  const auto rows = [&](std::size_t n) { return x.slice(0, x.columns == 0 ? 0 : n); };

  streaming_selection_model m{spec, x.columns};
  auto reason = fit_error::too_short;
  std::vector<any_fitted_model> whole;
  std::vector<std::size_t> unjudged;
  for (std::size_t i = 0; i < spec.pool.size(); ++i) {
    auto now = fit(spec.pool[i], y, x);
    if (!now) {
      if (i == 0) reason = now.error();
      continue;
    }
    auto before = fit(spec.pool[i], y.first(from), rows(from));
    m.members_.push_back(
        {i, before ? std::move(*before) : *now, std::vector<double>(spec.horizon * spec.horizon)});
    if (!before) unjudged.push_back(whole.size());
    m.order_.push_back(m.order_.size());
    whole.push_back(std::move(*now));
  }
  if (m.members_.empty()) return failure{reason};
  const auto row_at = [&](std::size_t t) { return x.columns == 0 ? std::span<const double>{} : x.row(t); };
  if (y.size() > 0) m.foresee(row_at(from > 0 ? from - 1 : 0));
  for (std::size_t t = from; t < y.size(); ++t) update(m, y.values[t], row_at(t));
  for (const std::size_t i : unjudged)  // saw in advance what it was judged on: it goes last
    for (const auto& other : m.members_) m.members_[i].error = std::max(m.members_[i].error, other.error);
  m.sort();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    m.members_[i].model = std::move(whole[i]);
    predict_mean(m.members_[i].model, regressor_view{m.held_, m.columns_},
                 std::span{m.members_[i].curves}.subspan(m.head_ * m.horizon_, m.horizon_));
  }
  return m;
}

static_assert(Forecaster<streaming_selection>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
