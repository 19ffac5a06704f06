# What only our own programs see: warnings and the compiler cache.
add_library(foreshift_warnings INTERFACE)
target_compile_options(foreshift_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_EXTENSIONS OFF)
  find_program(FORESHIFT_CCACHE ccache DOC "Compiler cache, used when present; OFF disables it")
  if(FORESHIFT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${FORESHIFT_CCACHE}")
  endif()
endif()
