#include "time_argument.hpp"

#include "text.hpp"

#include <foreshift/telemetry/sample_csv.hpp>

namespace tool {

std::optional<foreshift::time_point> parse_when(std::string_view text, foreshift::time_point now) {
  if (text == "now") return now;
  if (text.starts_with("now-")) {
    const auto ago = parse_duration(text.substr(4));
    return ago ? std::optional{now - *ago} : std::nullopt;
  }
  return foreshift::telemetry::parse_timestamp(text);
}

}  // namespace tool
