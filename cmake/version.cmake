# The version is written once, in include/foreshift/core/config.hpp. Sets FORESHIFT_VERSION to "major.minor.patch".
file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/../include/foreshift/core/config.hpp" _foreshift_lines
     REGEX "^#define FORESHIFT_VERSION_(MAJOR|MINOR|PATCH) [0-9]+$")
foreach(_foreshift_part IN ITEMS MAJOR MINOR PATCH)
  if(NOT "${_foreshift_lines}" MATCHES "FORESHIFT_VERSION_${_foreshift_part} ([0-9]+)")
    message(FATAL_ERROR "core/config.hpp does not define FORESHIFT_VERSION_${_foreshift_part}")
  endif()
  list(APPEND _foreshift_parts "${CMAKE_MATCH_1}")
endforeach()
list(JOIN _foreshift_parts "." FORESHIFT_VERSION)
unset(_foreshift_lines)
unset(_foreshift_parts)
