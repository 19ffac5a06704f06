#pragma once
/// @file
/// A pool of methods that compete on the stream itself; the best of the moment predict.
///
/// Every member makes a forecast every few steps, its errors over the horizon are remembered with fading
/// weight, and the forecast is a mean of the members with the smallest absolute error, the better the
/// heavier. The mean of a few good forecasts is better than the best one, and a member that fails on this
/// series costs nothing but its time.
///
/// Source: R. T. Clemen, "Combining forecasts: a review", Int. J. Forecasting 5, 1989; selection by rolling
/// origins: L. J. Tashman, "Out-of-sample tests of forecasting accuracy", Int. J. Forecasting 16, 2000;
/// weights by a power of the error: J. M. Bates, C. W. J. Granger, "The combination of forecasts",
/// Operational Research Quarterly 20, 1969 (there the power is 2 and the errors are squared).

#include <foreshift/core/archive.hpp>
#include <foreshift/forecast/any_forecaster.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/forecast/observation.hpp>
#include <foreshift/forecast/saved_model.hpp>
#include <foreshift/numeric/statistics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::forecast {

class streaming_selection_model;

/// Where members are of equal merit the earlier one goes first, so put the simplest first.
struct streaming_selection {
  using model = streaming_selection_model;
  static constexpr std::string_view name = "selection";
  std::vector<any_forecaster> pool;
  std::size_t horizon = 12;      ///< the leads that are judged, at least 1
  std::size_t judge_every = 1;   ///< steps from one judged forecast to the next, at least 1
  std::size_t mean_of = 1;       ///< how many of the best make the forecast, at least 1
  double sharpness = 0;          ///< they weigh error^-sharpness; 0: all alike, >= 0
  double memory = 288;           ///< steps after which an error counts e times less, > 0
  double replay_share = 0.5;     ///< share of the history, its end, on which members are judged while fitting
  std::size_t replay_max = 576;  ///< and at most so many steps of it
  bool refit =
      true;  ///< fit on all of the history after judging; false: go on with the members that were judged
};

/// update: one update of each member and, every `judge_every` steps, a prediction; no allocation of its own.
/// Prediction: a weighted sum of curves; without regressors and right after a judged forecast they are known.
/// Until a forecast has been held against what came, the median of the pool predicts.
class streaming_selection_model {
 public:
  friend void update(streaming_selection_model& m, double y, std::span<const double> row) {
    m.learn(y, row);
    if (m.due()) m.foresee(m.held(row));
  }
  friend void predict_mean(const streaming_selection_model& m, regressor_view x, std::span<double> out) {
    m.write_mean(x, out);
  }

  struct standing {
    std::size_t index = 0;  ///< in the pool
    double error = 0;       ///< faded mean absolute error over the leads
    double weight = 0;      ///< share in the forecast; all 0 while the median of the pool predicts
  };
  /// The members in use, best first. Allocates.
  [[nodiscard]] std::vector<standing> standings() const {
    std::vector<standing> all;
    double total = 0;
    for (std::size_t rank = 0; rank < order_.size(); ++rank) {
      all.push_back({members_[order_[rank]].index, mean_error(rank), judged() ? raw_weight(rank) : 0.0});
      total += all.back().weight;
    }
    for (auto& s : all) s.weight /= total > 0 ? total : 1.0;
    return all;
  }

  [[nodiscard]] bool takes(std::size_t regressors) const {
    return columns_ == regressors &&
           std::ranges::all_of(members_, [&](const member& one) { return one.model.takes(regressors); });
  }

  friend result<streaming_selection_model, errc> fit(const streaming_selection& spec,
                                                     telemetry::series_view y, regressor_view x);
  friend streaming_selection_model blank_model(const streaming_selection& spec);

 private:
  friend struct foreshift::archive_access;
  struct member {
    std::size_t index;
    any_fitted_model model;
    std::vector<double>
        curves;  ///< rows x horizon: the forecasts that are still being judged, a ring of rows
    double error = 0;
  };

  streaming_selection_model() = default;
  static void members(auto& self, auto& archive) {
    std::vector<std::size_t> used;
    for (const auto& one : self.members_) used.push_back(one.index);
    archive(used);
    if constexpr (std::remove_reference_t<decltype(archive)>::reading)
      if (!self.keep(used)) return archive.fail();
    for (auto& one : self.members_) archive(one.model, one.curves, one.error);
    archive(self.horizon_, self.every_, self.rows_, self.mean_of_, self.sharpness_, self.fade_, self.order_,
            self.held_, self.columns_, self.head_, self.begun_, self.since_, self.weight_);
  }
  /// Of empty members of the whole pool keeps those that were in use; false when there are none such.
  [[nodiscard]] bool keep(std::span<const std::size_t> used) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < members_.size() && kept < used.size(); ++i) {
      if (members_[i].index != used[kept]) continue;
      if (kept != i) members_[kept] = std::move(members_[i]);
      ++kept;
    }
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(kept), members_.end());
    return kept > 0 && kept == used.size();
  }
  [[nodiscard]] bool consistent() const {
    return is_archived_size(horizon_) && is_archived_size(every_) && columns_ <= archived_size_max &&
           rows_ == (horizon_ + every_ - 1) / every_ && head_ < rows_ && begun_ <= rows_ && since_ < every_ &&
           mean_of_ >= 1 && sharpness_ >= 0 && fade_ >= 0 && fade_ <= 1 &&
           held_.size() == columns_ * horizon_ && weight_ >= 0 && is_bounded(weight_) &&
           std::ranges::all_of(members_, [&](const member& one) { return consistent(one); }) && sorted();
  }
  [[nodiscard]] bool consistent(const member& one) const {
    return one.curves.size() == rows_ * horizon_ && std::ranges::all_of(one.curves, is_bounded) &&
           one.error >= 0 && is_bounded(one.error) && one.model.takes(columns_);
  }
  /// Whether order_ names every member once, the best first.
  [[nodiscard]] bool sorted() const {
    if (order_.size() != members_.size() || *std::ranges::max_element(order_) >= members_.size())
      return false;
    for (std::size_t i = 1; i < order_.size(); ++i)
      if (!better(order_[i - 1], order_[i])) return false;
    return true;
  }

  streaming_selection_model(const streaming_selection& spec, std::size_t columns)
      : horizon_(spec.horizon),
        every_(spec.judge_every),
        rows_((spec.horizon + spec.judge_every - 1) / spec.judge_every),
        mean_of_(spec.mean_of),
        sharpness_(spec.sharpness),
        fade_(std::exp(-1.0 / spec.memory)),
        held_(columns * spec.horizon),
        columns_(columns) {}

  void learn(double y, std::span<const double> row) {
    judge(y);
    for (auto& one : members_) update(one.model, y, row);
    ++since_;
  }
  [[nodiscard]] bool due() const { return since_ >= every_; }
  [[nodiscard]] bool judged() const { return weight_ > 0; }

  void judge(double y) {
    if (!is_observed(y)) return;
    // The forecast `back` forecasts before the last one is now at this lead.
    const auto lead = [&](std::size_t back) { return since_ + back * every_; };
    std::size_t pending = begun_;
    while (pending > 0 && lead(pending - 1) >= horizon_) --pending;
    if (pending == 0) return;
    weight_ = fade_ * weight_ + 1.0;
    for (auto& one : members_) {
      const double* const curves = one.curves.data();
      double sum = 0;
      for (std::size_t back = 0, row = head_; back < pending; ++back, row = (row == 0 ? rows_ : row) - 1)
        sum += std::abs(y - curves[row * horizon_ + lead(back)]);
      one.error = fade_ * one.error + sum / static_cast<double>(pending);
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
  [[nodiscard]] double mean_error(std::size_t rank) const {
    return judged() ? members_[order_[rank]].error / weight_ : 0.0;
  }
  /// Relative to the best member's; 0 for those that are left out. @pre judged()
  [[nodiscard]] double raw_weight(std::size_t rank) const {
    if (rank >= mean_of_) return 0.0;
    const double best = members_[order_[0]].error, own = members_[order_[rank]].error;
    const double w = own == best ? 1.0 : std::pow(best / own, sharpness_);
    return w >= negligible ? w : 0.0;
  }

  [[nodiscard]] std::span<double> latest(member& one) const {
    return std::span{one.curves}.subspan(head_ * horizon_, horizon_);
  }
  [[nodiscard]] regressor_view held(std::span<const double> row) {
    FORESHIFT_EXPECT(row.size() == columns_);
    for (std::size_t i = 0; i < held_.size(); ++i) held_[i] = row[i % columns_];
    return {held_, columns_};
  }
  void foresee(regressor_view future) {
    since_ = 0;
    head_ = head_ + 1 == rows_ ? 0 : head_ + 1;
    begun_ = std::min(begun_ + 1, rows_);
    for (auto& one : members_) predict_mean(one.model, future, latest(one));
  }

  void write_mean(regressor_view x, std::span<double> out) const {
    if (!judged()) return write_median(x, out);
    std::ranges::fill(out, 0.0);
    std::vector<double> curve(out.size());
    double total = 0;
    for (std::size_t rank = 0; rank < order_.size(); ++rank) {
      const double weight = raw_weight(rank);
      if (weight == 0) continue;
      total += weight;
      write_curve(members_[order_[rank]], x, curve);
      for (std::size_t h = 0; h < out.size(); ++h) out[h] += weight * curve[h];
    }
    for (double& o : out) o /= total;
  }
  void write_median(regressor_view x, std::span<double> out) const {
    std::vector<double> curves(members_.size() * out.size()), column(members_.size());
    for (std::size_t i = 0; i < members_.size(); ++i)
      write_curve(members_[i], x, std::span{curves}.subspan(i * out.size(), out.size()));
    for (std::size_t h = 0; h < out.size(); ++h) {
      for (std::size_t i = 0; i < column.size(); ++i) column[i] = curves[i * out.size() + h];
      out[h] = numeric::median_in_place(column);
    }
  }
  void write_curve(const member& one, regressor_view x, std::span<double> out) const {
    if (columns_ == 0 && since_ == 0 && begun_ > 0 && out.size() <= horizon_)  // already known
      std::copy_n(one.curves.begin() + static_cast<std::ptrdiff_t>(head_ * horizon_), out.size(),
                  out.begin());
    else
      predict_mean(one.model, x, out);
  }

  static constexpr double negligible = 1e-3;  ///< a member of less weight than this is not asked
  std::size_t horizon_ = 1, every_ = 1, rows_ = 1, mean_of_ = 1;
  double sharpness_ = 0, fade_ = 0;
  std::vector<member> members_;
  std::vector<std::size_t> order_;  ///< of members_, best first
  std::vector<double> held_;
  std::size_t columns_ = 0;
  std::size_t head_ = 0, begun_ = 0;
  std::size_t since_ = 0;  ///< observations since the last judged forecast
  double weight_ = 0;
};

/// The pool belongs to the name: a model is restored by the pool it was fitted with, in the same order.
[[nodiscard]] inline std::string name_of(const streaming_selection& spec) {
  std::string text{spec.name};
  for (std::size_t i = 0; i < spec.pool.size(); ++i)
    text += (i == 0 ? "(" : ",") + detail::saved_name(spec.pool[i]);
  return text + ')';
}
[[nodiscard]] inline streaming_selection_model blank_model(const streaming_selection& spec) {
  streaming_selection_model m;
  for (std::size_t i = 0; i < spec.pool.size(); ++i)  // one that cannot be restored may not have been in use
    if (auto model = detail::blank_of(spec.pool[i])) m.members_.push_back({i, std::move(*model), {}});
  return m;
}

/// Members are fitted on the first part of the history, judged on the rest, and fitted again on all of it,
/// unless judging has taught them the same. A member that does not fit is left out; when none does, the
/// reason of the first is returned.
/// @pre pool not empty, horizon >= 1, judge_every >= 1, mean_of >= 1, sharpness >= 0, memory > 0,
/// 0 <= replay_share < 1
[[nodiscard]] inline result<streaming_selection_model, errc> fit(const streaming_selection& spec,
                                                                 telemetry::series_view y, regressor_view x) {
  FORESHIFT_EXPECT(!spec.pool.empty() && spec.horizon >= 1 && spec.judge_every >= 1 && spec.mean_of >= 1);
  FORESHIFT_EXPECT(spec.sharpness >= 0 && spec.memory > 0);
  FORESHIFT_EXPECT(spec.replay_share >= 0 && spec.replay_share < 1);
  if (x.columns > 0 && x.rows() != y.size()) return failure{errc::bad_regressors};
  const auto share = static_cast<std::size_t>(spec.replay_share * static_cast<double>(y.size()));
  const std::size_t from = y.size() - std::min(share, spec.replay_max);
  const auto rows = [&](std::size_t n) { return x.slice(0, x.columns == 0 ? 0 : n); };

  streaming_selection_model m{spec, x.columns};
  auto reason = errc::too_short;
  std::vector<std::size_t> unjudged;
  for (std::size_t i = 0; i < spec.pool.size(); ++i) {
    auto start = fit(spec.pool[i], y.first(from), rows(from));
    if (!start) {
      start = fit(spec.pool[i], y, x);
      if (start) unjudged.push_back(m.members_.size());
    }
    if (!start) {
      if (i == 0) reason = start.error();
      continue;
    }
    m.order_.push_back(m.order_.size());
    m.members_.push_back({i, std::move(*start), std::vector<double>(m.rows_ * spec.horizon)});
  }
  if (m.members_.empty()) return failure{reason};
  const auto row_at = [&](std::size_t t) { return x.columns == 0 ? std::span<const double>{} : x.row(t); };
  if (y.size() > 0) m.foresee(m.held(row_at(from > 0 ? from - 1 : 0)));
  for (std::size_t t = from; t < y.size(); ++t) update(m, y.values[t], row_at(t));
  for (const std::size_t i : unjudged)  // saw in advance what it was judged on: it goes last
    for (const auto& other : m.members_) m.members_[i].error = std::max(m.members_[i].error, other.error);
  m.sort();
  for (std::size_t i = 0; i < m.members_.size(); ++i) {
    auto& one = m.members_[i];
    const bool judged = !std::ranges::binary_search(unjudged, i);
    if (judged && (!spec.refit || spec.pool[one.index].learns_all_by_update())) continue;
    if (auto whole = fit(spec.pool[one.index], y, x)) one.model = std::move(*whole);
    if (m.since_ == 0) predict_mean(one.model, regressor_view{m.held_, m.columns_}, m.latest(one));
  }
  return m;
}

static_assert(Forecaster<streaming_selection>);

}  // namespace foreshift::inline FORESHIFT_ABI::forecast
