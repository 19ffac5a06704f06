// Whatever stands in a kubeconfig: it is read or refused, in one line.
#include <foreshift/adapters/kubernetes/kubeconfig.hpp>
#include <foreshift/core/contract.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace foreshift;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = kubernetes::parse_kubeconfig({reinterpret_cast<const char*>(data), size}, "config", "/x");
  if (!read) FORESHIFT_EXPECT(to_string(read.error()).find('\n') == std::string::npos);
  if (read) FORESHIFT_EXPECT(!read->server.host.empty());
  return 0;
}
