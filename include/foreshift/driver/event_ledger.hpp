#pragma once
/// @file
/// What a site has learnt of announced events: the calendar, what each series saw them do, and what all of
/// them have in common.

#include <foreshift/core/time.hpp>
#include <foreshift/forecast/event_effects.hpp>
#include <foreshift/forecast/forecaster.hpp>
#include <foreshift/telemetry/calendar.hpp>
#include <foreshift/telemetry/event_regressors.hpp>
#include <foreshift/telemetry/series.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::driver {

/// Of one series, one entry for each column of the ledger.
struct series_effects {
  std::vector<forecast::event_effect> used{};  ///< its own, with what all series or the announcement say
  time_point next{};                           ///< when it is looked at again
  std::optional<std::size_t> slot{};           ///< where the ledger keeps what was seen on it
};

/// Columns are the pairs of kind and label in the calendar, and the steps before and after them that were
/// asked for. What an announcement says of an effect stands in for what other series say.
class event_ledger {
 public:
  /// @param season_length steps of a day, or of another cycle; 0: a day's
  event_ledger(telemetry::calendar events, duration step, std::size_t lead_steps, std::size_t lag_steps,
               std::size_t season_length = 0)
      : events_(std::move(events)),
        step_(step),
        season_(season_length > 0 ? season_length : static_cast<std::size_t>(std::chrono::hours{24} / step)),
        columns_(
            telemetry::event_columns(events_, {telemetry::event_grouping::by_label, lead_steps, lag_steps})),
        pools_(columns_.size()),
        seen_(columns_.size()),
        unpooled_(columns_.size()) {
    for (const auto& column : columns_) announced_.push_back(announced(column));
  }

  [[nodiscard]] bool empty() const { return columns_.empty(); }
  [[nodiscard]] const std::vector<telemetry::event_column>& columns() const { return columns_; }
  [[nodiscard]] const telemetry::calendar& calendar() const { return events_; }

  /// A row for each of n steps from `start`, a share for each column. Valid until the next call.
  [[nodiscard]] forecast::regressor_view shares(time_point start, std::size_t n) const {
    if (columns_.empty()) return {};
    if (start != shares_from_ || n != shares_count_) {
      shares_ = telemetry::event_regressors(events_, columns_, {start, step_, n});
      telemetry::set_apart(shares_, columns_);
      shares_from_ = start, shares_count_ = n;
    }
    return {shares_, columns_.size()};
  }

  /// Effects are looked at again once a day, in the course of each event and after it.
  [[nodiscard]] bool due(const series_effects& of, time_point now) const {
    return !columns_.empty() && now >= of.next;
  }
  /// Learns from the history, shares, and says whether the series' own past looks different by it: an effect
  /// that it has seen changed by more than 2 %. O(columns n + n log n), and once in a while O(series).
  bool learn(series_effects& of, telemetry::series_view history) {
    if (columns_.empty()) return false;
    const auto own = forecast::learn_effects(history, shares(history.start, history.size()), season_);
    keep(of, own);
    const auto before = std::exchange(of.used, with_others(own));
    of.next = next_look(history.end());
    for (std::size_t j = 0; j < own.size(); ++j)
      if (own[j].known() && (before.empty() || std::abs(of.used[j].log_factor - before[j].log_factor) > 0.02))
        return true;
    return false;
  }
  /// The effects on a series that is not followed; nothing of it is kept.
  [[nodiscard]] std::vector<forecast::event_effect> effects_of(telemetry::series_view history) const {
    return with_others(forecast::learn_effects(history, shares(history.start, history.size()), season_));
  }
  /// The series is not followed any more, and what it saw does not count.
  void release(series_effects& of) {
    if (!of.slot) return;
    for (std::size_t j = 0; j < seen_.size(); ++j) seen_[j][*of.slot] = {}, ++unpooled_[j];
    free_.push_back(*of.slot);
    of = {};
  }

 private:
  [[nodiscard]] std::vector<forecast::event_effect> with_others(
      std::span<const forecast::event_effect> own) const {
    std::vector<forecast::event_effect> used;
    used.reserve(own.size());
    for (std::size_t j = 0; j < own.size(); ++j) used.push_back(shrunk(own[j], prior(j)));
    return used;
  }
  /// All series are gone through when an eighth of them has news: in the long run O(1) a series.
  void keep(series_effects& of, std::span<const forecast::event_effect> own) {
    if (!of.slot && !free_.empty()) of.slot = free_.back(), free_.pop_back();
    if (!of.slot) {
      of.slot = seen_.front().size();
      for (auto& column : seen_) column.emplace_back();
    }
    for (std::size_t j = 0; j < own.size(); ++j) {
      if (seen_[j][*of.slot] == own[j]) continue;
      seen_[j][*of.slot] = own[j];
      if (8 * ++unpooled_[j] < seen_[j].size()) continue;
      pools_[j] = forecast::share_effects(seen_[j]);
      unpooled_[j] = 0;
    }
  }
  /// The number that the announcement gives; of several events the one that begins last.
  [[nodiscard]] std::optional<double> announced(const telemetry::event_column& column) const {
    const telemetry::calendar_event* last = nullptr;
    for (const auto& e : events_.events)
      if (column.shift_steps == 0 && e.kind == column.kind && e.label == column.label && e.effect &&
          (last == nullptr || e.start > last->start))
        last = &e;
    return last == nullptr ? std::nullopt : last->effect;
  }
  /// An announcement is taken to be off by a quarter of what it says; what nobody has seen is taken to be as
  /// other labels of its kind on average, and to be off by half of that and as much as they differ.
  [[nodiscard]] forecast::shared_effect prior(std::size_t j) const {
    if (announced_[j]) {
      const double mean = std::log1p(*announced_[j]);
      return {mean, 0.0625 * mean * mean, 2};
    }
    if (pools_[j].series > 0) return pools_[j];
    std::vector<forecast::event_effect> others;
    for (std::size_t k = 0; k < columns_.size(); ++k)
      if (columns_[k].kind == columns_[j].kind && columns_[k].shift_steps == columns_[j].shift_steps &&
          pools_[k].series > 0)
        others.push_back({pools_[k].mean, pools_[k].variance + 1e-6, pools_[k].series});
    forecast::shared_effect kind = forecast::share_effects(others);
    if (kind.series == 0) return kind;
    for (const auto& e : others) kind.variance += e.variance / static_cast<double>(others.size());
    kind.variance += 0.25 * kind.mean * kind.mean;
    kind.series = 2;
    return kind;
  }
  /// The next time that anything can have been learnt: a day on, when the next event has ended, and while one
  /// is on, whenever a quarter more of it has been seen.
  [[nodiscard]] time_point next_look(time_point now) const {
    time_point next = now + std::chrono::hours{24};
    for (const auto& e : events_.events) {
      if (e.end + step_ <= now) continue;
      const duration seen = std::max(now - e.start, duration::zero());
      next =
          std::min({next, e.end + step_, std::max(now, e.start) + std::max<duration>(3 * step_, seen / 4)});
    }
    return next;
  }
  telemetry::calendar events_;
  duration step_;
  std::size_t season_;
  std::vector<telemetry::event_column> columns_;
  std::vector<std::optional<double>> announced_;
  std::vector<forecast::shared_effect> pools_;
  std::vector<std::vector<forecast::event_effect>> seen_;  ///< for each column, on the series of each slot
  std::vector<std::size_t> unpooled_;                      ///< news since the column was pooled
  std::vector<std::size_t> free_;                          ///< slots
  mutable std::vector<double> shares_;
  mutable time_point shares_from_{};
  mutable std::size_t shares_count_ = 0;
};

}  // namespace foreshift::inline FORESHIFT_ABI::driver
