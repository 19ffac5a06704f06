# What only our own programs see: warnings and the compiler cache.
add_library(foreshift_warnings INTERFACE)
target_compile_options(foreshift_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
# GCC 12 at -O3 takes "text" + std::to_string(n) for an overlapping copy: https://gcc.gnu.org/PR105651, mended in 13.
target_compile_options(foreshift_warnings INTERFACE
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>,$<CONFIG:Release,RelWithDebInfo>>:-Wno-restrict>)

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_EXTENSIONS OFF)
  find_program(FORESHIFT_CCACHE ccache DOC "Compiler cache, used when present; OFF disables it")
  if(FORESHIFT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${FORESHIFT_CCACHE}")
  endif()
endif()
