#pragma once
/// @file
/// One entry of an iCalendar, as libical has read it: when it occurs, for how long, and of what kind it is.
///
/// The only header that names libical.

#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/time.hpp>
#include <foreshift/telemetry/calendar.hpp>

#include <libical/ical.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace foreshift::inline FORESHIFT_ABI::calendar {

namespace detail {

struct component_free {
  void operator()(icalcomponent* c) const { icalcomponent_free(c); }
};

[[nodiscard]] inline std::string text_of(icalcomponent* c, icalproperty_kind kind) {
  auto* found = icalcomponent_get_first_property(c, kind);
  const char* text = found == nullptr ? nullptr : icalproperty_get_value_as_string(found);
  return text == nullptr ? "" : text;
}

/// The kind that a category names: `campaign`, `holiday`, `maintenance` or `maintenance window`.
[[nodiscard]] inline std::optional<telemetry::event_kind> kind_of(icalcomponent* c) {
  for (auto* p = icalcomponent_get_first_property(c, ICAL_CATEGORIES_PROPERTY); p != nullptr;
       p = icalcomponent_get_next_property(c, ICAL_CATEGORIES_PROPERTY)) {
    const char* text = icalproperty_get_categories(p);
    std::string_view left = text == nullptr ? "" : text;
    while (!left.empty()) {
      std::string name{left.substr(0, left.find(','))};
      left.remove_prefix(std::min(left.size(), name.size() + 1));
      std::erase_if(name, [](char x) { return x == '\\'; });
      while (!name.empty() && name.front() == ' ') name.erase(0, 1);
      std::ranges::transform(name, name.begin(), [](unsigned char x) {
        return x == ' ' || x == '-' ? '_' : static_cast<char>(std::tolower(x));
      });
      if (name == "maintenance") name = "maintenance_window";
      if (const auto kind = telemetry::parse_event_kind(name)) return kind;
    }
  }
  return std::nullopt;
}

/// The text of the property `X-FORESHIFT-EFFECT`; nothing without one.
[[nodiscard]] inline std::optional<std::string> effect_of(icalcomponent* c) {
  for (auto* p = icalcomponent_get_first_property(c, ICAL_X_PROPERTY); p != nullptr;
       p = icalcomponent_get_next_property(c, ICAL_X_PROPERTY)) {
    const char* name = icalproperty_get_x_name(p);
    const char* text = icalproperty_get_x(p);
    if (name != nullptr && std::string_view{name} == "X-FORESHIFT-EFFECT") return text == nullptr ? "" : text;
  }
  return std::nullopt;
}

/// A time of the calendar and the zone that it is meant in.
struct zoned {
  icaltimetype when;
  const icaltimezone* zone;
  /// Since 1970; what is further away than 220 years counts as that, so that ends and lengths can be added.
  [[nodiscard]] std::int64_t seconds() const {
    constexpr std::int64_t far = 7'000'000'000;
    return std::clamp<std::int64_t>(icaltime_as_timet_with_zone(when, const_cast<icaltimezone*>(zone)), -far,
                                    far);
  }
  [[nodiscard]] time_point utc() const { return time_point{std::chrono::seconds{seconds()}}; }
};

/// One entry that is read.
class entry {
 public:
  entry(icalcomponent* c, const icaltimezone* local) : c_(c), local_(local) {}

  /// Nothing when it could be read, or why not.
  [[nodiscard]] std::optional<std::string> read() {
    auto* start = icalcomponent_get_first_property(c_, ICAL_DTSTART_PROPERTY);
    if (start == nullptr) return "it has no DTSTART";
    const auto from = time_of(start);
    if (!from) return "the zone of its DTSTART, " + excerpt(zone_name(start)) + ", is not known";
    if (icaltime_is_null_time(from->when)) return "its DTSTART is no time";
    from_ = *from;
    auto* end = icalcomponent_get_first_property(c_, ICAL_DTEND_PROPERTY);
    auto* length = icalcomponent_get_first_property(c_, ICAL_DURATION_PROPERTY);
    if (end != nullptr) {
      const auto to = time_of(end);
      if (!to) return "the zone of its DTEND, " + excerpt(zone_name(end)) + ", is not known";
      length_ = std::chrono::seconds{std::min(to->seconds() - from_.seconds(), longest)};
      days_ = icaldurationtype_as_int(icaltime_subtract(to->when, from_.when)) / (24 * 60 * 60);
    } else if (length != nullptr) {
      length_ = std::chrono::seconds{
          std::min<std::int64_t>(icaldurationtype_as_int(icalproperty_get_duration(length)), longest)};
      days_ = static_cast<int>(length_ / std::chrono::hours{24});
    } else {
      length_ = from_.when.is_date != 0 ? std::chrono::hours{24} : std::chrono::hours{0};
      days_ = 1;
    }
    if (length_ <= duration::zero()) return "it has no length";
    return std::nullopt;
  }
  /// Calls `each(start, end)` with every occurrence, from the first on; false from it ends this, as does a
  /// number of them. @return false when there were too many
  template <class Each>
  [[nodiscard]] bool for_each(std::size_t most, Each each) const {
    const auto show = [&](const icaltimetype& when) {
      const zoned at{when, icaltime_is_utc(when) ? icaltimezone_get_utc_timezone() : from_.zone};
      return is_excluded(at) || each(at.utc(), end_of(at));
    };
    bool rules = false;
    for (auto* p = icalcomponent_get_first_property(c_, ICAL_RRULE_PROPERTY); p != nullptr;
         p = icalcomponent_get_next_property(c_, ICAL_RRULE_PROPERTY)) {
      rules = true;
      std::unique_ptr<icalrecur_iterator, void (*)(icalrecur_iterator*)> next{
          icalrecur_iterator_new(icalproperty_get_rrule(p), from_.when), icalrecur_iterator_free};
      if (next == nullptr) continue;
      std::size_t shown = 0;
      for (auto t = icalrecur_iterator_next(next.get()); !icaltime_is_null_time(t) && show(t);
           t = icalrecur_iterator_next(next.get()))
        if (++shown == most) return false;
    }
    if (!rules) static_cast<void>(show(from_.when));
    for (auto* p = icalcomponent_get_first_property(c_, ICAL_RDATE_PROPERTY); p != nullptr;
         p = icalcomponent_get_next_property(c_, ICAL_RDATE_PROPERTY))
      if (const auto more = icalproperty_get_rdate(p); !icaltime_is_null_time(more.time))
        static_cast<void>(show(more.time));
    return true;
  }
  /// The occurrence of another entry that this one takes the place of.
  [[nodiscard]] std::optional<time_point> replaces() const {
    auto* p = icalcomponent_get_first_property(c_, ICAL_RECURRENCEID_PROPERTY);
    const auto at = p == nullptr ? std::nullopt : time_of(p);
    return at ? std::optional{at->utc()} : std::nullopt;
  }

 private:
  static constexpr std::int64_t longest = 2'000'000'000;  ///< seconds; an int holds them
  [[nodiscard]] static std::string zone_name(icalproperty* p) {
    auto* named = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
    const char* text = named == nullptr ? nullptr : icalparameter_get_tzid(named);
    return text == nullptr ? "" : text;
  }
  [[nodiscard]] std::optional<zoned> time_of(icalproperty* p) const {
    const auto when = icalproperty_get_datetime_with_component(p, c_);
    if (icaltime_is_utc(when)) return zoned{when, icaltimezone_get_utc_timezone()};
    if (when.zone != nullptr && when.is_date == 0) return zoned{when, when.zone};
    if (when.is_date == 0 && !zone_name(p).empty()) return std::nullopt;
    return zoned{when, local_};
  }
  /// Whole days end at a midnight, whatever the clocks did in between.
  [[nodiscard]] time_point end_of(const zoned& at) const {
    if (at.when.is_date == 0) return at.utc() + length_;
    zoned end = at;
    icaltime_adjust(&end.when, days_, 0, 0, 0);
    return end.utc();
  }
  [[nodiscard]] bool is_excluded(const zoned& at) const {
    for (auto* p = icalcomponent_get_first_property(c_, ICAL_EXDATE_PROPERTY); p != nullptr;
         p = icalcomponent_get_next_property(c_, ICAL_EXDATE_PROPERTY)) {
      const auto out = time_of(p);
      if (!out) continue;
      if (out->when.is_date != 0 ? icaltime_compare_date_only(out->when, at.when) == 0
                                 : out->utc() == at.utc())
        return true;
    }
    return false;
  }

  icalcomponent* c_;
  const icaltimezone* local_;
  zoned from_{};
  duration length_{};
  int days_ = 1;  ///< of whole days
};

}  // namespace detail

}  // namespace foreshift::inline FORESHIFT_ABI::calendar
