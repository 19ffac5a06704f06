#include <foreshift/foreshift.hpp>

namespace odr {
using violate_type = decltype(&foreshift::violate);
violate_type from_two() { return &foreshift::violate; }
const char* version_from_two() { return FORESHIFT_VERSION; }
}  // namespace odr
