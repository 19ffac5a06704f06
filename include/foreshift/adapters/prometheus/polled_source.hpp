#pragma once
/// @file
/// A running Prometheus as a live telemetry source: after each step it is asked what a relabel table names.
///
/// A poll asks for every step that has ended since the last one that was answered, so that an outage leaves
/// no gap; what lies further back than one catches up with is given up and counted. An answer is taken whole
/// or not at all: a step of which half the rules were answered would tell sums that are too small. Failures
/// are told, and answered by waiting longer; nothing here waits by itself.

#include <foreshift/adapters/prometheus/endpoint.hpp>
#include <foreshift/adapters/prometheus/query_answer.hpp>
#include <foreshift/adapters/prometheus/query_error.hpp>
#include <foreshift/adapters/prometheus/query_request.hpp>
#include <foreshift/adapters/prometheus/relabel.hpp>
#include <foreshift/adapters/prometheus/retry.hpp>
#include <foreshift/adapters/prometheus/subject_book.hpp>
#include <foreshift/adapters/prometheus/subject_panel.hpp>
#include <foreshift/core/contract.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/ports/clock.hpp>
#include <foreshift/ports/http_client.hpp>
#include <foreshift/telemetry/poll_schedule.hpp>
#include <foreshift/telemetry/sample.hpp>
#include <foreshift/telemetry/step_aligner.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::prometheus {

struct polling_options {
  telemetry::poll_schedule_options schedule{};
  duration scrape = std::chrono::minutes{1};  ///< between two scrapes: rates are taken over four of them
  std::size_t history_steps = 1;              ///< asked for at first, >= 1
  std::size_t catch_up_max = 288;  ///< steps that are asked for after an outage, or so many as at first
  duration timeout = std::chrono::seconds{10};  ///< of one exchange: as long as a poll may stand still
  std::size_t points_max = 432;                 ///< of a series in one exchange
  std::size_t values_max = 5'000'000;           ///< in one poll
  answer_limits limits{};
  duration first_wait = std::chrono::seconds{1};  ///< after a failure; doubles
  duration longest_wait = std::chrono::minutes{1};
  std::size_t series_max = 100'000;
};

struct polling_counts {
  std::uint64_t polls = 0;          ///< attempts
  std::uint64_t failures = 0;       ///< of these
  std::uint64_t steps_asked = 0;    ///< and answered
  std::uint64_t steps_skipped = 0;  ///< given up after an outage that was too long
  std::uint64_t unnamed = 0;        ///< series of answers without a label that their rule names
  std::uint64_t strangers = 0;      ///< series of whose names nobody knows
  std::uint64_t not_finite = 0;     ///< infinite values
  std::uint64_t warnings = 0;       ///< answers that may be incomplete, as the server says
};

/// A TelemetrySource. The value of a step is what the queries say of its end, told at its start. Http, clock
/// and names are the host's and outlive it; the clock tells the time of day.
template <ports::HttpClient Http, ports::Clock Clock, SubjectNames Names = subject_book>
class polled_source {
 public:
  /// @pre options within their ranges; the schedule's step is whole milliseconds
  polled_source(endpoint at, relabel_table table, Http& http, Clock& clock, Names& names,
                const polling_options& options = {})
      : at_(std::move(at)),
        table_(std::move(table)),
        http_(&http),
        clock_(&clock),
        names_(&names),
        options_(options),
        schedule_(options.schedule),
        aligner_({.step = options.schedule.step,
                  .grace = duration::zero(),
                  .series_max = options.series_max,
                  .held_max = options.values_max}) {
    FORESHIFT_EXPECT(options.history_steps >= 1 && options.points_max >= 1);
  }

  /// Asks if it is time to, and tells what has come. Takes as long as the exchanges do.
  template <class Sink>
  void poll(Sink&& sink) {
    const time_point now = clock_->now();
    if (next_ && now < *next_) return;
    const auto grid = pending(now);
    if (grid.size > 0) {
      ++counts_.polls;
      auto answer = ask(grid);
      if (!answer) {
        ++counts_.failures;
        trouble_ = answer.error().reason;
        next_ = after_failure(now, answer.error().retry_after);
        return;
      }
      tell(*answer, now, sink);
      counts_.steps_asked += grid.size;
      asked_until_ = grid.end();
      trouble_.clear();
      again_.reset();
    }
    next_ = schedule_.next(now);
  }

  /// Why the last poll failed; empty where it did not. Holds no credentials.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  /// The last thing that the server warned of: an answer may have been incomplete.
  [[nodiscard]] const std::string& warning() const { return warning_; }
  /// When there is something to do again; nothing before the first poll.
  [[nodiscard]] std::optional<time_point> next_poll() const { return next_; }
  [[nodiscard]] const polling_counts& counts() const { return counts_; }
  [[nodiscard]] const telemetry::aligner_counts& samples() const { return aligner_.counts(); }

 private:
  [[nodiscard]] duration step() const { return options_.schedule.step; }

  /// The steps that have ended and were not answered for.
  telemetry::time_grid pending(time_point now) {
    const auto end = schedule_.newest_end(now);
    const auto back = [&](std::size_t steps) { return end - static_cast<duration::rep>(steps) * step(); };
    if (!asked_until_) asked_until_ = back(options_.history_steps);
    const std::size_t most = std::max(options_.history_steps, options_.catch_up_max);
    if (*asked_until_ < back(most)) {
      counts_.steps_skipped +=
          static_cast<std::uint64_t>(telemetry::steps_between(*asked_until_, back(most), step()));
      asked_until_ = back(most);
    }
    const auto steps = std::max<duration::rep>(telemetry::steps_between(*asked_until_, end, step()), 0);
    return {*asked_until_, step(), static_cast<std::size_t>(steps)};
  }

  result<relabelled, query_error> ask(const telemetry::time_grid& grid) {
    subject_panel panel{grid, options_.values_max};
    for (const auto& rule : table_.rules)
      for (const auto& chunk : chunks_of(panel.query_grid(rule), options_.points_max)) {
        auto request = make_request(at_, range_query{expand_query(rule, step(), options_.scrape), chunk});
        if (!request) return failure{query_error{query_errc::misconfigured, request.error()}};
        request->timeout = options_.timeout;
        const auto response = http_->exchange(*request);
        if (!response)
          return failure{
              query_error{query_errc::unreachable, describe(*request) + ": " + response.error().reason}};
        const auto answer = read_answer(*request, *response, options_.limits);
        if (!answer) return failure{answer.error()};
        if (!answer->warnings.empty()) ++counts_.warnings, warning_ = printable(answer->warnings[0]);
        if (const auto added = panel.add(rule, *answer); !added)
          return failure{query_error{query_errc::malformed, describe(*request) + ": " + added.error()}};
      }
    return std::move(panel).finish();
  }

  /// Step by step, so that no more than one step of each series is ever held.
  template <class Sink>
  void tell(const relabelled& answer, time_point now, Sink&& sink) {
    counts_.unnamed += answer.unnamed;
    counts_.not_finite += answer.not_finite;
    struct row {
      std::size_t series;
      telemetry::series_key key;
      telemetry::series_part part;
    };
    std::vector<row> rows;
    std::map<telemetry::series_key, std::size_t> parts;  // several subjects may have one name here: a sum
    for (std::size_t s = 0; s < answer.values.size(); ++s) {
      const auto& key = answer.values.keys()[s];
      const auto who = (*names_)(answer.subjects[static_cast<std::size_t>(key.of.number)]);
      if (!who) {
        ++counts_.strangers;
        continue;
      }
      const telemetry::series_key named{*who, key.what};
      rows.push_back({s, named, {parts[named]++}});
    }
    for (std::size_t t = 0; t < answer.values.shape().times; ++t) {
      const auto at = answer.values.time_at(t);
      for (const auto& r : rows)
        if (const double value = answer.values(r.series, t); !std::isnan(value))
          aligner_.offer({r.key, {at, value}}, now, r.part);
      aligner_.drain(now, sink);
    }
  }

  time_point after_failure(time_point now, std::optional<duration> asked) {
    if (!again_)
      again_.emplace(retry_rules{.attempts_max = std::numeric_limits<std::size_t>::max(),
                                 .first_wait = options_.first_wait,
                                 .longest_wait = options_.longest_wait,
                                 .patience = duration::max()},
                     now, mix(options_.schedule.seed ^ counts_.failures));
    return again_->after_failure(now, asked).value_or(now + options_.longest_wait);
  }

  endpoint at_;
  relabel_table table_;
  Http* http_;
  Clock* clock_;
  Names* names_;
  polling_options options_;
  telemetry::poll_schedule schedule_;
  telemetry::step_aligner aligner_;
  std::optional<time_point> next_, asked_until_;
  std::optional<retry> again_;
  std::string trouble_, warning_;
  polling_counts counts_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::prometheus
