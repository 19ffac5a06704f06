#pragma once
/// @file
/// What happened in a simulated run, as far back as it is worth reading.
///
/// An event is a word and two numbers, so that noting one costs next to nothing. The hash covers every event
/// of the run, the ring holds the last ones: two runs of one seed must agree in the first and a person reads
/// the second.

#include <foreshift/core/id.hpp>
#include <foreshift/core/random.hpp>
#include <foreshift/core/ring_buffer.hpp>
#include <foreshift/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::sim {

struct trace_event {
  time_point at{};
  site_id site;
  std::string_view what;  ///< a literal; it is not copied
  std::uint64_t a = 0;
  std::uint64_t b = 0;
};

/// `12.000345s site 2  deliver 17 8821`
[[nodiscard]] inline std::string to_string(const trace_event& e) {
  const auto ns = e.at.time_since_epoch().count();
  char text[120];
  std::snprintf(text, sizeof text, "%lld.%06llds site %llu  %.*s %llu %llu",
                static_cast<long long>(ns / 1'000'000'000), static_cast<long long>(ns % 1'000'000'000 / 1000),
                static_cast<unsigned long long>(e.site.value), static_cast<int>(e.what.size()), e.what.data(),
                static_cast<unsigned long long>(e.a), static_cast<unsigned long long>(e.b));
  return text;
}

class trace {
 public:
  /// @pre kept > 0
  explicit trace(std::size_t kept = 200) : last_(kept) {}

  void note(const trace_event& e) {
    ++count_;
    absorb(static_cast<std::uint64_t>(e.at.time_since_epoch().count()));
    absorb(e.site.value);
    for (const char c : e.what) absorb(static_cast<unsigned char>(c));
    absorb(e.a);
    absorb(e.b);
    last_.push(e);
  }
  void note(time_point at, site_id site, std::string_view what, std::uint64_t a = 0, std::uint64_t b = 0) {
    note(trace_event{at, site, what, a, b});
  }

  /// Of everything noted, in order.
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] const ring_buffer<trace_event>& last() const { return last_; }
  /// The events kept, a line each, oldest first.
  [[nodiscard]] std::string text() const {
    std::string lines;
    for (std::size_t i = 0; i < last_.size(); ++i) lines += to_string(last_[i]) + "\n";
    return lines;
  }

 private:
  void absorb(std::uint64_t x) { hash_ = mix(hash_ ^ x); }

  std::uint64_t hash_ = 0;
  std::uint64_t count_ = 0;
  ring_buffer<trace_event> last_;
};

}  // namespace foreshift::inline FORESHIFT_ABI::sim
