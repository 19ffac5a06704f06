// Whatever a body holds: as it came, and as what a sender's Snappy would unpack to. The reader ends within
// its limits; what it accepts has labels in order and names a metric, and the intake accounts for every
// sample.
#include <foreshift/adapters/remotewrite/intake.hpp>
#include <foreshift/core/contract.hpp>

#include <snappy.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace foreshift;
using namespace foreshift::remotewrite;

namespace {

constexpr request_limits limits{.body_bytes_max = 4096,
                                .decoded_bytes_max = 1 << 16,
                                .series_max = 20,
                                .samples_max = 50,
                                .labels_max = 5,
                                .name_bytes_max = 20,
                                .value_bytes_max = 100};

void take(std::string_view body) {
  request_reader reader{limits};
  const bool good = reader.read(body).has_value();
  FORESHIFT_EXPECT(reader.series_count() <= 20 && (good || reader.series_count() == 0));
  for (std::size_t i = 0; i < reader.series_count(); ++i) {
    const auto s = reader[i];
    FORESHIFT_EXPECT(!s.labels.empty() && s.labels.size() <= 5 && s.samples.size() <= 50);
    for (std::size_t k = 1; k < s.labels.size(); ++k)
      FORESHIFT_EXPECT(s.labels[k - 1].name < s.labels[k].name);
  }
  intake in{{.limits = limits, .series_max = 4, .waiting_max = 40}};
  for (int again = 0; again < 2; ++again) {
    const auto answer = in.receive(body, "snappy", {});
    FORESHIFT_EXPECT((answer.status == 204) == answer.reason.empty());
    FORESHIFT_EXPECT(good || answer.status == 400 || answer.status == 413);
  }
  const auto& n = in.counts();
  FORESHIFT_EXPECT(n.received == n.taken + n.duplicates + n.out_of_order + n.series_too_many);
  FORESHIFT_EXPECT(in.waiting() == n.taken && in.waiting() <= 40 && in.series_count() <= 4);
  FORESHIFT_EXPECT(in.drain([](auto labels, const auto&) { FORESHIFT_EXPECT(!labels.empty()); }) == n.taken);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  take(bytes);
  std::string packed;
  snappy::Compress(bytes.data(), bytes.size(), &packed);
  take(packed);
  return 0;
}
