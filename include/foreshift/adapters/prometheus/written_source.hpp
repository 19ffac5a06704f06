#pragma once
/// @file
/// Samples that a Prometheus sends by itself, through a relabel table, as a live telemetry source.
///
/// Nobody evaluates expressions here, so the query of a rule is a selector of series; what is to be computed
/// first, a recording rule at the sender computes. Counters become rates from one sample to the next, and the
/// series of one name add up within a step, as the rule says. What finds no room stays where it waits, and
/// who receives it puts its sender off: nothing is lost on the way.

#include <foreshift/adapters/prometheus/query_answer.hpp>
#include <foreshift/adapters/prometheus/relabel.hpp>
#include <foreshift/adapters/prometheus/series_selector.hpp>
#include <foreshift/adapters/prometheus/subject_book.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/clock.hpp>
#include <foreshift/telemetry/metric.hpp>
#include <foreshift/telemetry/sample.hpp>
#include <foreshift/telemetry/step_aligner.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct written_options {
  telemetry::aligner_options aligner{};
  std::size_t streams_max = 200'000;          ///< series as they are sent, also those that no rule names
  duration idle_max = std::chrono::hours{1};  ///< after which a silent one makes room for another
};

/// samples = taken on by a rule + no_rule + unnamed + strangers + streams_too_many + no_time.
struct written_counts {
  std::uint64_t samples = 0;
  std::uint64_t no_rule = 0;
  std::uint64_t unnamed = 0;    ///< without a label that the rule names
  std::uint64_t strangers = 0;  ///< of whose names nobody knows
  std::uint64_t streams_too_many = 0;
  std::uint64_t no_time = 0;           ///< not between the years 1700 and 2200
  std::uint64_t first_of_counter = 0;  ///< by a rule, but no rate yet
  std::uint64_t older = 0;             ///< of a counter, not after the sample before it
};

/// A TelemetrySource. Intake, clock and names are the host's and outlive it; the clock tells the time of day.
/// @tparam Intake has `drain(sink)` as `remotewrite::intake` does: sink(labels, sample) returns whether it
///   has taken the sample; labels have `name` and `value`, samples `at_ms` and `value`
template <class Intake, ports::Clock Clock, SubjectNames Names = subject_book>
class written_source {
 public:
  /// Refuses a rule whose query is no selector. @pre as of `step_aligner`, which holds at least as many
  /// steps as there are streams
  [[nodiscard]] static result<written_source, diagnostic> make(relabel_table table, Intake& intake,
                                                               Clock& clock, Names& names,
                                                               const written_options& options = {}) {
    FORESHIFT_EXPECT(options.aligner.held_max >= options.streams_max);  // else one could wait for ever
    std::vector<series_selector> selectors;
    for (const auto& rule : table.rules) {
      auto one = series_selector::parse(rule.query);
      if (!one)
        return failure{diagnostic{table.source, rule.line, '[' + std::string{name_of(rule.what)} + "]: query",
                                  one.error()}};
      selectors.push_back(*std::move(one));
    }
    return written_source{std::move(table), std::move(selectors), intake, clock, names, options};
  }

  /// Takes what waits, as far as there is room, and tells the steps that have closed.
  template <class Sink>
  void poll(Sink&& sink) {
    const time_point now = clock_->now();
    aligner_.drain(now, sink);
    intake_->drain([&](const auto& labels, const auto& sample) { return take(labels, sample, now); });
    aligner_.drain(now, sink);
  }

  [[nodiscard]] const written_counts& counts() const { return counts_; }
  [[nodiscard]] const telemetry::aligner_counts& samples() const { return aligner_.counts(); }
  [[nodiscard]] std::size_t stream_count() const { return streams_.size(); }

 private:
  using outcome = telemetry::offer_outcome;
  /// Where a stream's samples go: a part of a series, once for each rule that names it.
  struct route {
    std::size_t rule = 0;
    telemetry::series_key key;
    std::size_t part = 0;
    std::optional<telemetry::sample> last{};  ///< of a counter
  };
  struct stream {
    std::vector<route> routes;
    std::uint64_t written_counts::*nowhere = nullptr;  ///< why there are no routes
    time_point heard{};
  };
  /// Numbers of the parts of one series; those of forgotten streams are given again.
  struct numbering {
    std::size_t next = 0;
    std::vector<std::size_t> free{};
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  written_source(relabel_table table, std::vector<series_selector> selectors, Intake& intake, Clock& clock,
                 Names& names, const written_options& options)
      : table_(std::move(table)),
        selectors_(std::move(selectors)),
        intake_(&intake),
        clock_(&clock),
        names_(&names),
        options_(options),
        aligner_(options.aligner) {}

  /// False: there is no room, the sample is to come again.
  template <class Labels, class Sample>
  bool take(const Labels& labels, const Sample& written, time_point now) {
    constexpr std::int64_t ms_max = std::int64_t{230 * 365} * 86'400'000;  // until a little before 2200
    const bool has_time = written.at_ms > -ms_max && written.at_ms < ms_max;
    stream* const from = has_time ? find(labels, now) : nullptr;
    if (from == nullptr) {
      ++counts_.samples;
      ++(has_time ? counts_.streams_too_many : counts_.no_time);
      return true;
    }
    from->heard = now;
    const telemetry::sample s{time_point{std::chrono::milliseconds{written.at_ms}}, written.value};
    for (auto& r : from->routes)
      if (!offer(r, s, now)) return false;  // what earlier routes took is a duplicate the next time
    ++counts_.samples;
    if (from->nowhere != nullptr) ++(counts_.*from->nowhere);
    return true;
  }

  bool offer(route& to, const telemetry::sample& s, time_point now) {
    const auto& rule = table_.rules[to.rule];
    const telemetry::series_part part{
        to.part, rule.combine == combine_rule::sum ? telemetry::part_rule::sum : telemetry::part_rule::max};
    if (rule.kind == sample_kind::gauge)
      return aligner_.offer({to.key, {s.at, s.value * rule.factor}}, now, part) != outcome::full;
    if (!std::isfinite(s.value)) return true;  // the end of a series, or none
    if (!to.last) return to.last = s, ++counts_.first_of_counter, true;
    if (s.at < to.last->at) return ++counts_.older, true;
    if (s.at == to.last->at) return true;
    const double added = s.value < to.last->value ? s.value : s.value - to.last->value;  // a restart
    const double rate = added / to_seconds(s.at - to.last->at);
    // What was added up to an instant was added before it: it belongs to the step that ends there.
    if (aligner_.offer({to.key, {s.at - duration{1}, rate * rule.factor}}, now, part) == outcome::full)
      return false;
    to.last = s;
    return true;
  }

  template <class Labels>
  stream* find(const Labels& labels, time_point now) {
    text_.clear();
    for (const auto& l : labels) ((text_ += l.name) += '\xFF') += l.value, text_ += '\xFF';  // in no UTF-8
    if (const auto known = streams_.find(std::string_view{text_}); known != streams_.end())
      return &known->second;
    if (streams_.size() >= options_.streams_max) make_room(now);
    if (streams_.size() >= options_.streams_max) return nullptr;
    return &streams_.emplace(text_, route_of(labels)).first->second;
  }
  template <class Labels>
  stream route_of(const Labels& labels) {
    stream out;
    series_labels owned;
    for (const auto& l : labels) owned.push_back({std::string{l.name}, std::string{l.value}});
    for (std::size_t i = 0; i < selectors_.size(); ++i) {
      if (!selectors_[i].matches(labels)) continue;
      const auto whose = subject_of(table_.rules[i], owned);
      const auto who = whose ? (*names_)(*whose) : std::nullopt;
      if (!who) {
        out.nowhere = whose ? &written_counts::strangers : &written_counts::unnamed;
        continue;
      }
      const telemetry::series_key key{*who, table_.rules[i].what};
      auto& numbers = parts_[key];
      std::size_t part = numbers.next;
      if (numbers.free.empty())
        ++numbers.next;
      else
        part = numbers.free.back(), numbers.free.pop_back();
      out.routes.push_back({i, key, part});
    }
    if (!out.routes.empty())
      out.nowhere = nullptr;
    else if (out.nowhere == nullptr)
      out.nowhere = &written_counts::no_rule;
    return out;
  }
  /// Forgets streams that were silent for long; looks at most once in a hundredth of that time.
  void make_room(time_point now) {
    if (cleared_ && now - *cleared_ < options_.idle_max / 100) return;
    cleared_ = now;
    std::erase_if(streams_, [&](const auto& held) {
      if (now - held.second.heard <= options_.idle_max) return false;
      for (const auto& r : held.second.routes) {
        auto& numbers = parts_[r.key];
        numbers.free.push_back(r.part);
        if (numbers.free.size() == numbers.next) parts_.erase(r.key);
      }
      return true;
    });
  }

  relabel_table table_;
  std::vector<series_selector> selectors_;  // one for each rule
  Intake* intake_;
  Clock* clock_;
  Names* names_;
  written_options options_;
  telemetry::step_aligner aligner_;
  std::unordered_map<std::string, stream, text_hash, std::equal_to<>> streams_;
  std::map<telemetry::series_key, numbering> parts_;
  std::string text_;
  std::optional<time_point> cleared_;
  written_counts counts_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
