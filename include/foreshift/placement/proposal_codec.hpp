#pragma once
/// @file
/// A proposal as canonical bytes: the same on every host, so that a digest names its content.
///
/// One proposal has one encoding and every encoding that is accepted is the one of the proposal it gives:
/// unknown versions, trailing bytes, numbers out of range, negative zeros and the many other NaNs are
/// refused. What arrives here came over a network; whatever it says, decoding allocates no more than a few
/// times the input.

#include <foreshift/core/bytes.hpp>
#include <foreshift/core/digest.hpp>
#include <foreshift/core/result.hpp>
#include <foreshift/placement/proposal.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <variant>

namespace foreshift::inline FORESHIFT_ABI::placement {

/// Why bytes are no proposal.
enum class codec_error : std::uint8_t {
  unknown_version,
  truncated_or_malformed,
  out_of_range,
  trailing_bytes
};

[[nodiscard]] constexpr std::string_view explain(codec_error e) {
  switch (e) {
    case codec_error::unknown_version:
      return "the proposal is of a version that this site does not read";
    case codec_error::truncated_or_malformed:
      return "the proposal is cut short, or one of its counts is too large";
    case codec_error::out_of_range:
      return "the proposal holds a number that means nothing";
    case codec_error::trailing_bytes:
      return "the proposal is followed by bytes that are not part of it";
  }
  return "unknown codec error";
}

inline constexpr std::uint8_t proposal_version = 4;
inline constexpr std::size_t recent_count_max = 16384;
inline constexpr std::size_t alternative_count_max = 256;
inline constexpr std::size_t wave_source_count_max = 256;
inline constexpr std::size_t wave_offer_count_max = 8192;            ///< and of destinations
inline constexpr std::uint32_t proposal_criticality_max = 1U << 20;  ///< as the agreement bounds it

/// True when `decode(encode(p))` gives `p`: every number is finite (a missing observation may be NaN) and in
/// range, and the lists are within their bounds.
[[nodiscard]] bool well_formed(const proposal& p);
/// @pre well_formed(p)
[[nodiscard]] byte_string encode(const proposal& p);
/// Fails on anything that `encode` cannot have written.
[[nodiscard]] result<proposal, codec_error> decode(byte_span bytes);
/// Names the content. @pre well_formed(p)
[[nodiscard]] inline digest proposal_digest(const proposal& p) { return foreshift::digest_of(encode(p)); }

namespace detail {

/// One NaN and one zero.
[[nodiscard]] inline double canonical(double x) {
  return std::isnan(x) ? std::numeric_limits<double>::quiet_NaN() : x == 0 ? 0.0 : x;
}
[[nodiscard]] inline bool is_canonical(double x) {
  return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(canonical(x));
}

class proposal_writer {
 public:
  void operator()(double x) { out.put(canonical(x)); }
  void operator()(std::uint32_t x) { out.put(x); }
  void operator()(std::uint64_t x) { out.put(x); }
  void operator()(duration d) { out.put(std::int64_t{d.count()}); }
  void operator()(time_point t) { (*this)(t.time_since_epoch()); }
  template <class Tag>
  void operator()(id<Tag> i) {
    out.put(i.value);
  }
  void operator()(resource r) { out.put(static_cast<std::uint8_t>(r)); }
  void operator()(rejection r) { out.put(static_cast<std::uint8_t>(r)); }
  template <class Items, class Each>
  void list(const Items& items, std::size_t, std::size_t, Each each) {
    out.put(static_cast<std::uint32_t>(items.size()));
    for (const auto& item : items) each(item);
  }
  byte_writer out;
};

class proposal_reader {
 public:
  explicit proposal_reader(byte_span bytes) : in(bytes) {}
  void operator()(double& x) {
    x = in.get_double();
    if (!is_canonical(x)) in.fail();
  }
  void operator()(std::uint32_t& x) { x = in.get<std::uint32_t>(); }
  void operator()(std::uint64_t& x) { x = in.get<std::uint64_t>(); }
  void operator()(duration& d) { d = duration{in.get_signed()}; }
  void operator()(time_point& t) { t = time_point{duration{in.get_signed()}}; }
  template <class Tag>
  void operator()(id<Tag>& i) {
    i.value = in.get<std::uint64_t>();
  }
  void operator()(resource& r) { small(r, resource_count); }
  void operator()(rejection& r) { small(r, static_cast<std::size_t>(last_of(rejection{})) + 1); }
  template <class Items, class Each>
  void list(Items& items, std::size_t item_size, std::size_t count_max, Each each) {
    items.resize(in.get_count(item_size, count_max));
    for (auto& item : items) each(item);
  }
  byte_reader in;

 private:
  template <class Enum>
  void small(Enum& e, std::size_t count) {
    const auto value = in.get<std::uint8_t>();
    if (value >= count) return in.fail();
    e = static_cast<Enum>(value);
  }
};

void location_fields(auto& each, auto& l) { each(l.site), each(l.host); }

/// Everything but the action, in the order of the wire.
void proposal_fields(auto& each, auto& p) {
  each(p.id.sponsor), each(p.id.sequence), each(p.reverses.sponsor), each(p.reverses.sequence);
  each(p.made_at), each(p.subset), each(p.workload), each(p.workload_class);
  each(p.criticality), each(p.priority), each(p.gap);
  each(p.expected.overload_avoided), each(p.expected.check_at);
  each(p.expected.avoided_low), each(p.expected.avoided_high);
  auto& w = p.why;
  each(w.probability), each(w.expected_overload), each(w.breach_at), each(w.limit), each(w.what);
  each(w.probability_after), each(w.destination_probability_after);
  each(w.recent.start), each(w.recent.step);
  each.list(w.recent.values, 8, recent_count_max, [&](auto& x) { each(x); });
  each.list(p.alternatives, 25, alternative_count_max,
            [&](auto& a) { location_fields(each, a.to), each(a.why), each(a.cost); });
  auto& v = p.wave;
  each.list(v.sources, 28, wave_source_count_max,
            [&](auto& s) { each(s.host), each(s.staying), each(s.floor), each(s.chosen); });
  each.list(v.destinations, 16, wave_offer_count_max, [&](auto& d) { each(d.host), each(d.price); });
  each.list(v.offers, 24, wave_offer_count_max,
            [&](auto& o) { each(o.source), each(o.destination), each(o.workload), each(o.cost); });
  each(v.cost), each(v.bound);
}

void action_fields(auto& each, auto& action) {
  if (auto* m = std::get_if<migrate>(&action)) location_fields(each, m->from), location_fields(each, m->to);
  if (auto* s = std::get_if<scale>(&action)) location_fields(each, s->at), each(s->replicas);
  if (auto* r = std::get_if<resize>(&action)) {
    location_fields(each, r->at);
    for (auto& x : r->limits.amount) each(x);
    for (auto& x : r->requests.amount) each(x);
  }
}

inline constexpr time_point latest{std::chrono::hours{24 * 365 * 200}};

[[nodiscard]] inline bool in_range(time_point t) { return t >= time_point{} && t <= latest; }
[[nodiscard]] inline bool in_range(duration d) {
  return d > -std::chrono::hours{24 * 366} && d < std::chrono::hours{24 * 366};
}
[[nodiscard]] inline bool is_probability(double x) { return x >= 0 && x <= 1; }
[[nodiscard]] inline bool non_negative(double x) { return std::isfinite(x) && x >= 0; }

[[nodiscard]] inline bool action_in_range(const action& what) {
  if (const auto* r = std::get_if<resize>(&what))
    return std::ranges::all_of(r->limits.amount, non_negative) &&
           std::ranges::all_of(r->requests.amount, non_negative);
  return true;
}

}  // namespace detail

inline bool well_formed(const proposal& p) {
  using namespace detail;
  const auto& w = p.why;
  const bool numbers = p.criticality >= 1 && p.criticality <= proposal_criticality_max &&
                       non_negative(p.priority) && is_probability(w.probability) &&
                       is_probability(w.probability_after) &&
                       is_probability(w.destination_probability_after) && non_negative(w.limit) &&
                       std::isfinite(p.gap) && p.gap >= 0 && action_in_range(p.what);
  const bool times = in_range(p.made_at) && in_range(w.breach_at) && in_range(p.expected.check_at) &&
                     in_range(p.expected.overload_avoided) && in_range(p.expected.avoided_low) &&
                     in_range(p.expected.avoided_high) && p.expected.avoided_low <= p.expected.avoided_high &&
                     in_range(w.expected_overload) && in_range(w.recent.start) &&
                     w.recent.step > duration::zero() && in_range(w.recent.step);
  const bool lists =
      w.recent.size() <= recent_count_max && p.alternatives.size() <= alternative_count_max &&
      std::ranges::none_of(w.recent.values, [](double x) { return std::isinf(x); }) &&
      std::ranges::all_of(p.alternatives, [](const alternative& a) { return std::isfinite(a.cost); });
  const auto& v = p.wave;
  const bool wave =
      v.sources.size() <= wave_source_count_max && v.destinations.size() <= wave_offer_count_max &&
      v.offers.size() <= wave_offer_count_max && std::isfinite(v.cost) && std::isfinite(v.bound) &&
      std::ranges::all_of(v.sources,
                          [](const auto& s) { return std::isfinite(s.staying) && std::isfinite(s.floor); }) &&
      std::ranges::all_of(v.destinations, [](const auto& d) { return non_negative(d.price); }) &&
      std::ranges::all_of(v.offers, [](const auto& o) { return std::isfinite(o.cost); });
  if (!numbers || !times || !lists || !wave) return false;
  // The last instant that the observations cover has to be in range as well.
  return w.recent.size() <= static_cast<std::size_t>((latest - w.recent.start) / w.recent.step);
}

inline byte_string encode(const proposal& p) {
  FORESHIFT_EXPECT(well_formed(p));
  detail::proposal_writer writer;
  writer.out.put(proposal_version);
  writer.out.put(static_cast<std::uint8_t>(p.what.index()));
  detail::action_fields(writer, p.what);
  detail::proposal_fields(writer, p);
  return writer.out.take();
}

inline result<proposal, codec_error> decode(byte_span bytes) {
  detail::proposal_reader reader{bytes};
  if (reader.in.get<std::uint8_t>() != proposal_version)
    return failure{bytes.empty() ? codec_error::truncated_or_malformed : codec_error::unknown_version};
  proposal p;
  switch (reader.in.get<std::uint8_t>()) {
    case 0:
      p.what = migrate{};
      break;
    case 1:
      p.what = resize{};
      break;
    case 2:
      p.what = scale{};
      break;
    default:
      return failure{codec_error::truncated_or_malformed};
  }
  detail::action_fields(reader, p.what);
  detail::proposal_fields(reader, p);
  if (!reader.in.ok()) return failure{codec_error::truncated_or_malformed};
  if (!reader.in.finished()) return failure{codec_error::trailing_bytes};
  if (!well_formed(p)) return failure{codec_error::out_of_range};
  return p;
}

}  // namespace foreshift::inline FORESHIFT_ABI::placement
