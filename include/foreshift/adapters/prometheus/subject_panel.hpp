#pragma once
/// @file
/// Answers of a relabel table's queries, put together into one panel of hosts and workloads.
///
/// A value of step i is what a query says of the end of that step, since a rate at an instant looks back.
/// Counters are asked for one instant more, before the first step, and become rates series by series; only
/// then are series of one name combined.

#include <foreshift/adapters/prometheus/counter_rate.hpp>
#include <foreshift/adapters/prometheus/query_answer.hpp>
#include <foreshift/adapters/prometheus/relabel.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/telemetry/panel.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

/// The subject of a series of the panel is `subjects[key.of.number]`; its kind says whether it is a host or a
/// workload.
struct relabelled {
  std::vector<subject> subjects;  ///< in order, each once
  telemetry::panel values;  ///< keys in order of their subjects, then metrics; NaN where nothing is known
  std::size_t unnamed = 0;  ///< series left out because a label of the rule was missing
  std::string unnamed_example{};  ///< the first of them
  std::size_t not_finite = 0;     ///< infinite values left out
};

class subject_panel {
 public:
  /// @param values_max a larger panel is refused @pre grid.step > 0
  explicit subject_panel(const telemetry::time_grid& grid, std::size_t values_max = 50'000'000)
      : grid_(grid), values_max_(values_max) {
    FORESHIFT_EXPECT(grid.step > duration::zero());
  }

  /// The instants at which a rule's query is to be asked.
  [[nodiscard]] telemetry::time_grid query_grid(const relabel_rule& rule) const {
    const bool one_more = rule.kind == sample_kind::counter;
    return {one_more ? grid_.start : grid_.time_at(1), grid_.step, grid_.size + (one_more ? 1 : 0)};
  }

  /// Takes an answer to a rule's query, or a chunk of one. A point counts for the nearest instant that was
  /// asked for; what lies outside is left out. O(points). @param rule outlives the panel
  [[nodiscard]] result<void, std::string> add(const relabel_rule& rule, const query_answer& answer) {
    const auto asked = query_grid(rule);
    for (std::size_t s = 0; s < answer.series.size(); ++s) {
      std::vector<double>* const row = row_of(rule, answer.series[s].labels, asked.size);
      if (values_ > values_max_)
        return failure{"more than " + std::to_string(values_max_) +
                       " values: take a longer step, a shorter time or fewer series"};
      if (row == nullptr) continue;
      const auto times = answer.times_of(s);
      const auto values = answer.values_of(s);
      for (std::size_t i = 0; i < values.size(); ++i)
        if (const auto at = asked.index_of(times[i] + asked.step / 2)) (*row)[*at] = values[i];
    }
    return {};
  }

  /// O(values), and series log series.
  [[nodiscard]] relabelled finish() && {
    relabelled out;
    out.unnamed = unnamed_, out.unnamed_example = std::move(unnamed_example_);
    std::map<std::tuple<subject, telemetry::metric>, std::size_t> places;
    for (const auto& row : rows_) places.try_emplace({row.whose, row.rule->what}, 0);
    std::vector<telemetry::series_key> keys;
    for (auto& [name, place] : places) {
      const auto& [whose, what] = name;
      if (out.subjects.empty() || out.subjects.back() != whose) out.subjects.push_back(whose);
      const auto number = out.subjects.size() - 1;
      place = keys.size();
      keys.push_back({whose.workload.empty() ? telemetry::entity{host_id{number}}
                                             : telemetry::entity{workload_id{number}},
                      what});
    }
    out.values = telemetry::panel{std::move(keys), {grid_.start, grid_.step, grid_.size, 1}};
    for (auto& row : rows_) {
      if (row.rule->kind == sample_kind::counter) counts_to_rates(row.values, grid_.step);
      const auto to = out.values.of(places.at({row.whose, row.rule->what}));
      for (std::size_t t = 0; t < to.size(); ++t) {
        const double value = row.values[t] * row.rule->factor;
        if (std::isinf(value)) ++out.not_finite;
        if (!std::isfinite(value)) continue;
        if (std::isnan(to[t]))
          to[t] = value;
        else
          to[t] = row.rule->combine == combine_rule::sum ? to[t] + value : std::max(to[t], value);
      }
      row.values = {};
    }
    return out;
  }

 private:
  struct series_row {
    const relabel_rule* rule;
    subject whose;
    std::vector<double> values;
  };

  /// A series of one rule is known again by its labels; null where they name nobody.
  std::vector<double>* row_of(const relabel_rule& rule, const series_labels& labels, std::size_t size) {
    std::string id;
    for (const auto& one : labels)
      for (const auto* part : {&one.name, &one.value}) id += std::to_string(part->size()) + ':' + *part;
    const auto [known, fresh] = places_[&rule].try_emplace(std::move(id), nobody);
    if (!fresh) return known->second == nobody ? nullptr : &rows_[known->second].values;
    auto whose = subject_of(rule, labels);
    if (!whose) {
      if (unnamed_++ == 0) unnamed_example_ = to_string(labels);
      return nullptr;
    }
    values_ += size;
    if (values_ > values_max_) return nullptr;
    known->second = rows_.size();
    rows_.push_back(
        {&rule, *std::move(whose), std::vector<double>(size, std::numeric_limits<double>::quiet_NaN())});
    return &rows_.back().values;
  }

  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);
  telemetry::time_grid grid_;
  std::size_t values_max_;
  std::size_t values_ = 0;
  std::vector<series_row> rows_;
  std::map<const relabel_rule*, std::unordered_map<std::string, std::size_t>> places_;
  std::size_t unnamed_ = 0;
  std::string unnamed_example_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
