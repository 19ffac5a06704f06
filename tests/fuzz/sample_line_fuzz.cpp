// Whatever a stream of lines holds, however it is cut: memory stays bounded, every line is accounted for, the
// cuts change nothing, and what is told is finite.
#include <foreshift/adapters/prometheus/line_source.hpp>
#include <foreshift/core/contract.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

using namespace foreshift;

namespace {

struct still_clock {
  time_point now() { return time_point{std::chrono::hours{12}}; }
};

std::vector<double> told_by(std::string_view text, std::size_t cut, prometheus::line_counts& counts) {
  still_clock clock;
  prometheus::subject_book names{8};
  prometheus::line_source source{
      "fuzz", clock, names, {.aligner = {.series_max = 6, .held_max = 5}, .line_bytes_max = 300}};
  std::vector<double> out;
  const auto poll = [&] {
    source.poll([&](const telemetry::reading& r) {
      FORESHIFT_EXPECT(std::isfinite(r.what.value) && names.find(r.key.of) != nullptr);
      out.push_back(r.what.value);
    });
  };
  bool full = false;
  while (!text.empty() && !full) {
    const auto part = text.substr(0, cut);
    const auto taken = source.feed(part);
    full = taken < part.size();  // the clock stands still: nothing closes until the end
    text.remove_prefix(taken);
  }
  if (!full) source.finish();
  poll(), poll();
  counts = source.counts();
  const auto& n = source.samples();
  FORESHIFT_EXPECT(names.size() <= 8);
  if (!full)
    FORESHIFT_EXPECT(counts.lines == counts.blank + counts.malformed + counts.strangers + n.offered() -
                                         n.of(telemetry::offer_outcome::full));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  prometheus::line_counts whole, cut;
  const auto a = told_by(text, std::max<std::size_t>(size, 1), whole), b = told_by(text, 7, cut);
  FORESHIFT_EXPECT(a == b && whole.lines == cut.lines && whole.malformed == cut.malformed);
  return 0;
}
