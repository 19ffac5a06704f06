// The whole library in two translation units of one program: it links, and both see the same entities.
#include <foreshift/foreshift.hpp>

#include <string_view>

namespace odr {
using violate_type = decltype(&foreshift::violate);
violate_type from_two();
const char* version_from_two();
}  // namespace odr

int main() {
  const bool same_function = odr::from_two() == &foreshift::violate;
  const bool same_version = std::string_view{odr::version_from_two()} == FORESHIFT_VERSION;
  return same_function && same_version ? 0 : 1;
}
