#pragma once
/// @file
/// Live readings of many series made into one reading a series and step: what every live source does with
/// samples that come late, twice, out of order, from a wrong clock or too many at a time.
///
/// A step stays open until it has ended and nothing more has come for it for a while, so that a backlog that
/// is sent again after an outage is taken as what came in time. A step once told is never told again: what
/// comes for it afterwards is late. Everything that is held is bounded; what finds no room is refused, and
/// who sends it can be told to come again. Every sample offered is counted under what became of it.

#include <foreshift/core/contract.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/metric.hpp>
#include <foreshift/telemetry/sample.hpp>
#include <foreshift/telemetry/step_fold.hpp>
#include <foreshift/telemetry/time_grid.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::telemetry {

struct aligner_options {
  duration step = std::chrono::minutes{5};    ///< > 0
  duration grace = std::chrono::seconds{15};  ///< after a step's end, and after the last sample that came for
                                              ///< it
  duration ahead_max = std::chrono::minutes{1};  ///< a sample further ahead of the clock is not believed
  step_rule within = step_rule::mean;            ///< of counters always the last one
  std::size_t series_max = 100'000;
  std::size_t held_max = 1'000'000;  ///< open steps of all series and their parts, 80 to 200 bytes each
  duration idle_max = std::chrono::hours{24};  ///< after which a silent series makes room for another
};

/// What became of a sample.
enum class offer_outcome : std::uint8_t {
  taken,
  corrected,  ///< took the place of the newest sample of its step, which was of the same instant
  duplicate,  ///< that sample once more, to the bit
  late,       ///< its step has been told
  ahead,      ///< further in the future than is believed
  no_value,   ///< NaN or infinite
  crowded,    ///< of one series too many
  full,       ///< no room until steps are drained: to be offered again
};
inline constexpr std::size_t offer_outcome_count = 8;
[[nodiscard]] constexpr std::string_view name_of(offer_outcome o) {
  constexpr std::string_view names[] = {"taken", "corrected", "duplicate", "late",
                                        "ahead", "no_value",  "crowded",   "full"};
  return names[static_cast<std::size_t>(o)];
}

struct aligner_counts {
  std::array<std::uint64_t, offer_outcome_count> by_outcome{};
  std::uint64_t told = 0;  ///< steps given out

  [[nodiscard]] std::uint64_t of(offer_outcome o) const { return by_outcome[static_cast<std::size_t>(o)]; }
  [[nodiscard]] std::uint64_t offered() const {
    std::uint64_t all = 0;
    for (const auto n : by_outcome) all += n;
    return all;
  }
};

/// What several samples of one series and step come to, where they are of parts of it, such as the cores of a
/// host.
enum class part_rule : std::uint8_t { sum, max };
struct series_part {
  std::size_t index = 0;  ///< dense, from 0
  part_rule combine = part_rule::sum;
};

/// Steps start at multiples of the step since 1970-01-01 00:00 UTC. Threads: one call at a time.
class step_aligner {
 public:
  /// @pre step > 0, grace >= 0
  explicit step_aligner(const aligner_options& options = {}) : options_(options) {
    FORESHIFT_EXPECT(options.step > duration::zero() && options.grace >= duration::zero());
  }

  /// Takes one sample. A repetition of an instant that is not the newest of its step counts as one more
  /// sample. O(1) on the mean. @pre its time lies between the years 1700 and 2200
  offer_outcome offer(const reading& r, time_point now, series_part part = {}) {
    const auto outcome = take(r, now, part);
    ++counts_.by_outcome[static_cast<std::size_t>(outcome)];
    return outcome;
  }

  /// Gives out every step that has closed by `now`, each as one reading at the step's start: series by series
  /// in the order in which they were first heard of, each from the oldest on. Steps without a sample are left
  /// out. `time_point::max()` closes everything. The sink must not offer. O(1) where nothing has closed, else
  /// O(series). Returns how many.
  template <class Sink>
  std::size_t drain(time_point now, Sink&& sink) {
    std::size_t told = 0;
    if (now < due_) return told;
    due_ = time_point::max();
    for (auto& line : lines_) {
      std::size_t done = 0;
      for (; done < line.open.size() && due_of(line.open[done]) <= now; ++done) {
        const auto& step = line.open[done];
        held_ -= step.parts.size();
        line.given = step.start;
        sink(reading{line.key, {step.start, value_of(step, line.key.what)}});
      }
      line.open.erase(line.open.begin(), line.open.begin() + static_cast<std::ptrdiff_t>(done));
      told += done;
      if (!line.open.empty()) due_ = std::min(due_, due_of(line.open.front()));
    }
    counts_.told += told;
    return told;
  }

  [[nodiscard]] const aligner_options& options() const { return options_; }
  [[nodiscard]] const aligner_counts& counts() const { return counts_; }
  [[nodiscard]] std::size_t series_count() const { return lines_.size(); }
  /// Open steps and their parts.
  [[nodiscard]] std::size_t held() const { return held_; }
  /// How many more there is room for.
  [[nodiscard]] std::size_t room() const { return options_.held_max - held_; }

 private:
  struct part_fold {
    step_fold samples;
    time_point newest{};
    double newest_value = 0;
    part_rule combine = part_rule::sum;
  };
  struct open_step {
    time_point start{};
    time_point heard{};  ///< when the last sample came for it
    std::vector<part_fold> parts;
  };
  struct followed {
    series_key key;
    std::vector<open_step> open;  ///< by start; seldom more than two
    std::optional<time_point> given;
    time_point heard{};
  };
  struct key_hash {
    std::size_t operator()(const series_key& k) const {
      return static_cast<std::size_t>(mix(k.of.number ^ mix(static_cast<std::uint64_t>(k.of.what) << 8 |
                                                            static_cast<std::uint64_t>(k.what))));
    }
  };

  offer_outcome take(const reading& r, time_point now, series_part part) {
    const auto& [at, value] = r.what;
    if (!std::isfinite(value)) return offer_outcome::no_value;
    if (at > now + options_.ahead_max) return offer_outcome::ahead;
    followed* const line = find(r.key, now);
    if (line == nullptr) return offer_outcome::crowded;
    line->heard = now;
    const time_point start = align_down(at, options_.step);
    if (line->given && start <= *line->given) return offer_outcome::late;

    auto place = line->open.end();
    while (place != line->open.begin() && std::prev(place)->start >= start) --place;
    const bool known = place != line->open.end() && place->start == start;
    const std::size_t parts = known ? place->parts.size() : 0;
    if (part.index >= parts) {
      if (part.index - parts >= room()) return offer_outcome::full;
      held_ += part.index + 1 - parts;
      if (!known) {
        place = line->open.insert(place, {start, now, {}});
        due_ = std::min(due_, due_of(*place));
      }
      place->parts.resize(part.index + 1);
    }
    place->heard = std::max(place->heard, now);
    place->parts[part.index].combine = part.combine;
    return add(place->parts[part.index], r.what);
  }

  static offer_outcome add(part_fold& to, const sample& s) {
    const bool first = to.samples.empty();
    if (!first && s.at < to.newest) return to.samples.add_older(s.value), offer_outcome::taken;
    const bool again = !first && s.at == to.newest;
    if (again && std::bit_cast<std::uint64_t>(s.value) == std::bit_cast<std::uint64_t>(to.newest_value))
      return offer_outcome::duplicate;
    to.newest = s.at, to.newest_value = s.value;
    if (again) return to.samples.correct_newest(s.value), offer_outcome::corrected;
    return to.samples.add_newest(s.value), offer_outcome::taken;
  }

  [[nodiscard]] time_point due_of(const open_step& s) const {
    return std::max(s.start + options_.step, s.heard) + options_.grace;
  }
  /// NaN where the sum is beyond all numbers.
  [[nodiscard]] double value_of(const open_step& s, metric what) const {
    const auto rule = is_counter(what) ? step_rule::last : options_.within;
    double all = std::numeric_limits<double>::quiet_NaN();
    for (const auto& part : s.parts) {
      if (part.samples.empty()) continue;
      const double value = part.samples.value(rule);
      all = std::isnan(all) ? value : part.combine == part_rule::sum ? all + value : std::fmax(all, value);
    }
    return std::isfinite(all) ? all : std::numeric_limits<double>::quiet_NaN();
  }

  followed* find(const series_key& key, time_point now) {
    if (const auto known = places_.find(key); known != places_.end()) return &lines_[known->second];
    if (lines_.size() >= options_.series_max) make_room(now);
    if (lines_.size() >= options_.series_max) return nullptr;
    places_.emplace(key, lines_.size());
    lines_.push_back({key, {}, {}, now});
    return &lines_.back();
  }
  /// Forgets series that were silent for long and hold nothing; looks at most once in a hundredth of that
  /// time.
  void make_room(time_point now) {
    if (cleared_ && now - *cleared_ < options_.idle_max / 100) return;
    cleared_ = now;
    std::erase_if(lines_, [&](const followed& line) {
      return line.open.empty() && now - line.heard > options_.idle_max;
    });
    places_.clear();
    for (std::size_t i = 0; i < lines_.size(); ++i) places_.emplace(lines_[i].key, i);
  }

  aligner_options options_;
  std::vector<followed> lines_;  // in the order in which they were first heard of
  std::unordered_map<series_key, std::size_t, key_hash> places_;
  std::size_t held_ = 0;
  time_point due_ = time_point::max();  // nothing closes before
  std::optional<time_point> cleared_;
  aligner_counts counts_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::telemetry
