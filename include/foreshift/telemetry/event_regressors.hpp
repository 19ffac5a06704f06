#pragma once
/// @file
/// A calendar made into numbers a regression can use.
///
/// Each column says which share of a step an event covers. People act before and after the event itself, so a
/// column may look some steps ahead (lead) or back (lag). The columns are chosen once, when a model is
/// fitted, and the same columns are then filled for any stretch of time, also from a calendar that has
/// learned of more events since.

#include <foreshift/core/contract.hpp>
#include <foreshift/telemetry/calendar.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

enum class event_grouping : std::uint8_t {
  by_kind,   ///< three base columns, whatever the calendar holds
  by_label,  ///< one base column for each pair of kind and label in the calendar
};

struct event_column_options {
  event_grouping grouping = event_grouping::by_kind;
  std::size_t lead_steps =
      0;                      ///< so many more columns for each base column: 1 to lead_steps before the event
  std::size_t lag_steps = 0;  ///< and 1 to lag_steps after it
};

struct event_column {
  event_kind kind = event_kind::campaign;
  std::optional<std::string> label{};  ///< nothing: every event of the kind
  duration::rep shift_steps = 0;       ///< negative: before the event; positive: after it
  friend auto operator<=>(const event_column&, const event_column&) = default;
};

/// The columns in a fixed order: by kind, label and shift.
[[nodiscard]] inline std::vector<event_column> event_columns(const calendar& c,
                                                             const event_column_options& options = {}) {
  std::vector<event_column> bases;
  if (options.grouping == event_grouping::by_kind) {
    for (const event_kind k : event_kinds) bases.push_back({k, std::nullopt, 0});
  } else {
    for (const calendar_event& e : c.events) bases.push_back({e.kind, e.label, 0});
    std::sort(bases.begin(), bases.end());
    bases.erase(std::unique(bases.begin(), bases.end()), bases.end());
  }
  std::vector<event_column> out;
  for (event_column column : bases)
    for (auto shift = -static_cast<duration::rep>(options.lead_steps);
         shift <= static_cast<duration::rep>(options.lag_steps); ++shift) {
      column.shift_steps = shift;
      out.push_back(column);
    }
  return out;
}

namespace detail {

using time_interval = std::pair<time_point, time_point>;

/// When any of the column's events is on: disjoint intervals in order of time.
[[nodiscard]] inline std::vector<time_interval> covered_by(const calendar& c, const event_column& column) {
  std::vector<time_interval> on;
  for (const calendar_event& e : c.events)
    if (e.kind == column.kind && (!column.label || e.label == *column.label) && e.start < e.end)
      on.emplace_back(e.start, e.end);
  std::sort(on.begin(), on.end());
  std::size_t kept = 0;
  for (const time_interval& next : on) {
    if (kept > 0 && next.first <= on[kept - 1].second)
      on[kept - 1].second = std::max(on[kept - 1].second, next.second);
    else
      on[kept++] = next;
  }
  on.resize(kept);
  return on;
}

}  // namespace detail

/// The regressors: grid.size rows of columns.size() values in [0, 1], row by row. Where events of one column
/// overlap, the time counts once. O(rows x columns + columns x events log events).
/// @pre grid.step > 0
[[nodiscard]] inline std::vector<double> event_regressors(const calendar& c,
                                                          std::span<const event_column> columns,
                                                          const time_grid& grid) {
  FORESHIFT_EXPECT(grid.step > duration::zero());
  std::vector<double> out(grid.size * columns.size());
  const double whole = to_seconds(grid.step);
  for (std::size_t j = 0; j < columns.size(); ++j) {
    // Moving the grid back by the shift is moving the event forward.
    const time_grid seen{grid.start - columns[j].shift_steps * grid.step, grid.step, grid.size};
    for (const auto& [start, end] : detail::covered_by(c, columns[j])) {
      const time_point from = std::max(start, seen.start), to = std::min(end, seen.end());
      if (from >= to) continue;
      for (auto i = *seen.index_of(from); i < seen.size && seen.time_at(i) < to; ++i) {
        const duration share = std::min(to, seen.time_at(i + 1)) - std::max(from, seen.time_at(i));
        double& value = out[i * columns.size() + j];
        value = std::min(1.0, value + to_seconds(share) / whole);
      }
    }
  }
  return out;
}

/// Makes the columns of one event exclude each other, in place: a shifted column keeps what no column of the
/// same kind and label that is shifted less far the same way covers. So shift 0 is the event itself, -2 the
/// last step but one before it, 3 the third after it.
/// @pre rows of columns.size() values, from `event_regressors` with these columns
inline void set_apart(std::span<double> rows, std::span<const event_column> columns) {
  const auto nearer = [&](const event_column& one, const event_column& than) {
    const bool same = one.kind == than.kind && one.label == than.label;
    return same && (than.shift_steps < 0 ? one.shift_steps > than.shift_steps && one.shift_steps <= 0
                                         : one.shift_steps < than.shift_steps && one.shift_steps >= 0);
  };
  std::vector<std::size_t> outwards(columns.size());
  std::iota(outwards.begin(), outwards.end(), std::size_t{0});
  std::ranges::stable_sort(outwards, std::ranges::greater{}, [&](std::size_t j) {
    return columns[j].shift_steps < 0 ? -columns[j].shift_steps : columns[j].shift_steps;
  });
  for (std::size_t at = 0; at < rows.size(); at += columns.size())
    for (const std::size_t j : outwards)  // the farthest first, while the nearer ones are still whole
      for (std::size_t k = 0; k < columns.size(); ++k)
        if (nearer(columns[k], columns[j]))
          rows[at + j] = std::max(0.0, std::min(rows[at + j], 1 - rows[at + k]));
}

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
