#pragma once
// Where the results of other programs are kept that tests are held against.

#include <string>

#ifndef FORESHIFT_TEST_DATA
#error "tests/CMakeLists.txt says where tests/data is"
#endif

namespace foreshift::testing {

inline std::string reference_file(const std::string& name) {
  return std::string{FORESHIFT_TEST_DATA "/reference/"} + name;
}

}  // namespace foreshift::testing
