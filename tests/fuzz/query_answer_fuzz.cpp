// Whatever a body holds: reading ends, a success is consistent in itself and within its bounds, and a failure
// has a reason. What the general reader skips, it skips whole.
#include <foreshift/adapters/prometheus/answer_reader.hpp>
#include <foreshift/adapters/prometheus/query_error.hpp>
#include <foreshift/core/contract.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace foreshift;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  const prometheus::answer_limits limits{
      .series_max = 20, .points_max = 100, .labels_max = 5, .warnings_max = 3};
  const auto body = prometheus::read_answer_body(text, limits);
  prometheus::json_cursor any{text};
  const bool json = any.skip() && any.finish();
  FORESHIFT_EXPECT(json != any.failed());
  if (body) {
    FORESHIFT_EXPECT(json);
    const auto& a = body->answer;
    FORESHIFT_EXPECT(a.series.size() <= 20 && a.times.size() <= 100 && a.warnings.size() <= 3);
    if (body->success) {
      FORESHIFT_EXPECT(a.times.size() == a.values.size());
      std::size_t end = 0;
      for (std::size_t s = 0; s < a.series.size(); ++s) {
        FORESHIFT_EXPECT(a.series[s].first == end && a.values_of(s).size() == a.times_of(s).size());
        end = a.series[s].last;
      }
      FORESHIFT_EXPECT(end == a.times.size() || a.kind == prometheus::answer_kind::string);
    }
  } else {
    FORESHIFT_EXPECT(!body.error().empty());
  }
  const ports::http_request asked{.method = "GET", .target = "/api/v1/query", .headers = {}, .body = {}};
  for (const unsigned status : {200U, 302U, 400U, 503U}) {
    const auto answer =
        prometheus::read_answer(asked, {static_cast<std::uint16_t>(status), {}, text}, limits);
    FORESHIFT_EXPECT(answer ? status == 200 : !answer.error().reason.empty());
  }
  return 0;
}
