#pragma once
/// @file
/// The receiving end of remote write, without its sockets: bodies come in, answers and samples go out.
///
/// Every sample of an answered request is accounted for: it waits to be drained, or it is counted as a
/// duplicate, as out of order or as of one series too many. When too much waits the sender is asked to come
/// again, by 503 with Retry-After and not by 429, which Prometheus drops samples on unless told otherwise; of
/// that request nothing is taken. What is answered 204 is held in memory: a crash loses what was not drained.
///
/// Source: Prometheus Remote-Write 1.0 specification: what is valid in a request is taken even where
/// something else in it is not, which is answered 400 and not sent again.

#include <foreshift/adapters/remotewrite/request.hpp>
#include <foreshift/core/time.hpp>

#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace foreshift::inline FORESHIFT_ABI::remotewrite {

struct intake_options {
  request_limits limits;
  std::size_t series_max = 200'000;           ///< known at a time; samples of further ones are refused
  std::size_t waiting_max = 1'000'000;        ///< samples that are not drained yet
  duration idle_max = std::chrono::hours{1};  ///< after which a silent series makes room for another
  std::chrono::seconds retry_after{5};        ///< when too much waits
};

/// What to answer to a request.
struct answer {
  std::uint16_t status = 204;  ///< 204, 400, 413, 415 or 503
  std::optional<std::chrono::seconds> retry_after;
  std::string reason;  ///< for the body; empty with 204
};

/// received = taken + duplicates + out_of_order + series_too_many. Of requests that were answered 413, 415
/// and 503, or could not be read, no sample is counted.
struct intake_counts {
  std::uint64_t requests = 0;   ///< all
  std::uint64_t malformed = 0;  ///< 400 for a whole request, 413 and 415
  std::uint64_t put_off = 0;    ///< 503
  std::uint64_t received = 0;
  std::uint64_t taken = 0;
  std::uint64_t duplicates = 0;    ///< the last sample of a series once more, to the bit
  std::uint64_t out_of_order = 0;  ///< older than the last one of their series, or as old and different
  std::uint64_t series_too_many = 0;
  std::uint64_t histograms = 0;  ///< in native form, left out
};

/// Of any number of senders. Threads: one call at a time.
class intake {
 public:
  explicit intake(intake_options options = {}) : options_(options), request_(options.limits) {}
  intake(const intake&) = delete;  // what waits points into it
  intake& operator=(const intake&) = delete;

  /// One request. @param encoding the Content-Encoding header  @param now for idle series
  [[nodiscard]] answer receive(std::string_view body, std::string_view encoding, time_point now) {
    ++counts_.requests;
    if (encoding != "snappy") {
      ++counts_.malformed;
      return {415, {}, "Content-Encoding: snappy is expected"};
    }
    if (const auto read = request_.read(body); !read) {
      ++counts_.malformed;
      const bool large = read.error().too_large;
      return {static_cast<std::uint16_t>(large ? 413 : 400), {}, read.error().reason};
    }
    if (request_.sample_count() > options_.waiting_max) {
      ++counts_.malformed;
      return {413, {}, "samples of more than " + std::to_string(options_.waiting_max)};
    }
    if (waiting_.size() + request_.sample_count() > options_.waiting_max) {
      ++counts_.put_off;
      return {503, options_.retry_after, "too many samples wait to be taken: come again later"};
    }
    refused_.clear();
    counts_.histograms += request_.histogram_count();
    counts_.received += request_.sample_count();
    for (std::size_t i = 0; i < request_.series_count(); ++i) take(request_[i], now);
    if (refused_.empty()) return {};
    return {400, {}, refused_};
  }

  /// Hands over what waits, in the order in which it came: sink(labels, sample). Labels are by name, in
  /// ascending order, and hold until the next `receive`. A sink that returns false has not taken the sample:
  /// it and what comes after it go on waiting. Returns how many were taken.
  template <class Sink>
  std::size_t drain(Sink&& sink) {
    std::size_t n = 0;
    for (; n < waiting_.size(); ++n) {
      const auto& [series, sample] = waiting_[n];
      if constexpr (std::is_void_v<decltype(sink(std::span<const label>{}, sample))>)
        sink(std::span<const label>{series->labels}, sample);
      else if (!sink(std::span<const label>{series->labels}, sample))
        break;
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(n));
    return n;
  }

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] std::size_t series_count() const { return series_.size(); }
  [[nodiscard]] const intake_counts& counts() const { return counts_; }

 private:
  struct known_series {
    std::vector<label> labels;  ///< into the key
    written_sample last;
    bool any = false;
    time_point heard{};
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  void take(const written_series& written, time_point now) {
    known_series* known = find(written.labels, now);
    if (known == nullptr) {
      counts_.series_too_many += written.samples.size();
      refuse("more than " + std::to_string(options_.series_max) + " series", written.labels);
      return;
    }
    known->heard = now;
    for (const auto& s : written.samples) {
      const bool same_time = known->any && s.at_ms == known->last.at_ms;
      if (same_time &&
          std::bit_cast<std::uint64_t>(s.value) == std::bit_cast<std::uint64_t>(known->last.value)) {
        ++counts_.duplicates;
      } else if (known->any && s.at_ms <= known->last.at_ms) {
        ++counts_.out_of_order;
        refuse(same_time ? "two values for one time" : "a sample older than the last one", written.labels);
      } else {
        known->last = s, known->any = true;
        waiting_.emplace_back(known, s);
        ++counts_.taken;
      }
    }
  }
  /// Keeps the first reason of a request.
  void refuse(std::string what, std::span<const label> labels) {
    if (!refused_.empty()) return;
    refused_ = std::move(what) + ", of ";
    for (const auto& l : labels)
      if (l.name == "__name__") refused_ += l.value;
  }

  known_series* find(std::span<const label> labels, time_point now) {
    key_.clear();
    for (const auto& l : labels) {
      key_ += l.name;
      key_ += '\xFF';  // in no UTF-8
      key_ += l.value;
      key_ += '\xFF';
    }
    if (const auto found = series_.find(std::string_view{key_}); found != series_.end())
      return &found->second;
    if (series_.size() >= options_.series_max) make_room(now);
    if (series_.size() >= options_.series_max) return nullptr;
    const auto at = series_.emplace(key_, known_series{}).first;
    std::string_view rest = at->first;
    for (const auto& l : labels) {
      at->second.labels.push_back(
          {rest.substr(0, l.name.size()), rest.substr(l.name.size() + 1, l.value.size())});
      rest.remove_prefix(l.name.size() + l.value.size() + 2);
    }
    return &at->second;
  }
  /// Forgets series that were silent for long, as long as nothing waits that points to them; looks at most
  /// once in a hundredth of that time.
  void make_room(time_point now) {
    if (!waiting_.empty() || (cleared_ && now - *cleared_ < options_.idle_max / 100)) return;
    cleared_ = now;
    std::erase_if(series_, [&](const auto& held) { return now - held.second.heard > options_.idle_max; });
  }

  intake_options options_;
  request_reader request_;
  std::unordered_map<std::string, known_series, text_hash, std::equal_to<>>
      series_;  // nodes stay where they are
  std::vector<std::pair<const known_series*, written_sample>> waiting_;
  std::string key_;
  std::string refused_;
  std::optional<time_point> cleared_;
  intake_counts counts_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::remotewrite
