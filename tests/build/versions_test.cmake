# The packages name the version that core/config.hpp defines.
# cmake -DROOT=<source tree> -P versions_test.cmake
cmake_minimum_required(VERSION 3.24)
include("${ROOT}/cmake/version.cmake")

foreach(manifest IN ITEMS cmake/packaging/vcpkg/vcpkg.json cmake/packaging/vcpkg/port/vcpkg.json)
  file(READ "${ROOT}/${manifest}" json)
  string(JSON version GET "${json}" version)
  if(NOT version STREQUAL FORESHIFT_VERSION)
    message(SEND_ERROR "${manifest} says ${version}, core/config.hpp ${FORESHIFT_VERSION}")
  endif()
endforeach()

file(READ "${ROOT}/include/foreshift/core/config.hpp" header)
if(NOT header MATCHES "#define FORESHIFT_VERSION \"([^\"]*)\"")
  message(SEND_ERROR "core/config.hpp does not define FORESHIFT_VERSION")
elseif(NOT CMAKE_MATCH_1 STREQUAL FORESHIFT_VERSION)
  message(SEND_ERROR "FORESHIFT_VERSION is ${CMAKE_MATCH_1}, its parts say ${FORESHIFT_VERSION}")
endif()

# The Conan recipe reads the version from the same header; a version written into it would be a second place.
file(READ "${ROOT}/cmake/packaging/conan/conanfile.py" recipe)
if(NOT recipe MATCHES "FORESHIFT_VERSION_" OR recipe MATCHES "\n +version *=")
  message(SEND_ERROR "conanfile.py does not read its version from core/config.hpp")
endif()
