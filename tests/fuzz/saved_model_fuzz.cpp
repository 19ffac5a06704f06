// Whatever bytes come, with a true checksum: restoring ends, and what is restored can be saved again, learns
// and forecasts what is finite. The first byte chooses the specification; the envelope is put around the
// rest, so that the bytes are those of the model.
#include <foreshift/core/contract.hpp>
#include <foreshift/forecast.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

using namespace foreshift;
using namespace foreshift::forecast;

namespace {

byte_string enveloped(std::string_view name, byte_span members) {
  byte_writer out;
  out.put(forecast::detail::saved_model_magic);
  out.put(saved_model_version);
  out.put(name);
  out.raw(members);
  out.put(crc32c(out.view()));
  return out.take();
}

template <class Spec>
void attempt(const Spec& spec, byte_span members, std::size_t regressors = 0) {
  auto m = restore(spec, enveloped(forecast::detail::saved_name(spec), members), regressors);
  if (!m.has_value()) {
    FORESHIFT_EXPECT(!explain(m.error()).empty());
    return;
  }
  const auto saved = save(spec, *m);
  FORESHIFT_EXPECT(saved.has_value() && restore(spec, *saved, regressors).has_value());
  const std::vector<double> rows(8 * regressors, 1.0);
  const regressor_view x{rows, regressors};
  std::array<double, 8> out{};
  for (const double y : {1.0, std::numeric_limits<double>::quiet_NaN(), -1e99, 1e99, 2.0}) {
    predict_mean(*m, x, out);
    for (const double v : out) FORESHIFT_EXPECT(std::isfinite(v));
    update(*m, y, std::span{rows}.first(regressors));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto members = std::as_bytes(std::span{data, size}).subspan(1);
  const seasonal_ar small{.season_length = 4, .seasons_in_cycle = 2};
  switch (data[0]) {
    case 0:
      attempt(naive{}, members);
      break;
    case 1:
      attempt(seasonal_naive{4}, members);
      break;
    case 2:
      attempt(level_median{}, members);
      break;
    case 3:
      attempt(seasonal_median{}, members);
      break;
    case 4:
      attempt(exponential_smoothing{}, members);
      break;
    case 5:
      attempt(local_reversion{}, members);
      break;
    case 6:
      attempt(small, members);
      break;
    case 7:
      attempt(small, members, 1);
      break;
    case 8:
      attempt(transformed<seasonal_ar>{.inner = small}, members);
      break;
    case 9:
      attempt(backtested<seasonal_naive>{}, members);
      break;
    case 10:
      attempt(streaming_selection{.pool = {naive{}, level_median{}, seasonal_naive{4}}}, members);
      break;
    case 11:
      attempt(auto_forecaster{}, members);
      break;
    default:
      break;
  }
  return 0;
}
