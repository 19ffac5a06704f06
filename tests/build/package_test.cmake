# The install tree has every header. Builds and runs the consumer project: from the install tree, moved after
# installation, and from the source tree.
# cmake -DROOT=<source tree> -DBUILD=<build tree> -DWORK=<scratch folder> -DVERSION=<version> -DADAPTERS=<name>,...
#       -DGENERATOR=<name> -DMAKE_PROGRAM=<path> -DCOMPILER=<c++> -DLAUNCHER=<ccache or empty> -P package_test.cmake
cmake_minimum_required(VERSION 3.24)

set(work "${WORK}/package")
set(installed "${work}/installed")
set(moved "${work}/moved elsewhere")
file(REMOVE_RECURSE "${work}")

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(consume name)
  run("${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/consumer" -B "${work}/${name}" -G "${GENERATOR}"
      "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
      "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}" -DCMAKE_BUILD_TYPE=Debug ${ARGN})
  run("${CMAKE_COMMAND}" --build "${work}/${name}")
  if(output MATCHES "warning:")
    message(FATAL_ERROR "the headers warn in a consumer's build:\n${output}")
  endif()
  run("${work}/${name}/consumer")
  if(NOT output STREQUAL "foreshift ${VERSION}\n")
    message(FATAL_ERROR "${name}: the consumer says \"${output}\"")
  endif()
endfunction()

run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${installed}" --component foreshift)
file(RENAME "${installed}" "${moved}")

file(GLOB_RECURSE wanted RELATIVE "${ROOT}/include" "${ROOT}/include/*")
string(REPLACE "," "|" adapters "${ADAPTERS}")
foreach(header IN LISTS wanted)
  if(header MATCHES "^foreshift/adapters/" AND NOT header MATCHES "^foreshift/adapters/(${adapters})[/.]")
    list(REMOVE_ITEM wanted "${header}")  # of an adapter that was not asked for
  endif()
endforeach()
file(GLOB_RECURSE headers RELATIVE "${moved}/include" "${moved}/include/*")
set(lacking ${wanted})
list(REMOVE_ITEM lacking ${headers})
list(REMOVE_ITEM headers ${wanted})
if(lacking OR headers)
  message(FATAL_ERROR "not installed: ${lacking}\ninstalled besides: ${headers}")
endif()

file(GLOB files "${moved}/share/cmake/foreshift/*.cmake")
if(NOT files)
  message(FATAL_ERROR "no package in ${moved}/share/cmake/foreshift")
endif()
foreach(file IN LISTS files)
  file(READ "${file}" text)
  foreach(path IN ITEMS "${installed}" "${ROOT}" "${BUILD}")
    string(FIND "${text}" "${path}" at)
    if(NOT at EQUAL -1)
      message(FATAL_ERROR "${file} holds the path ${path}")
    endif()
  endforeach()
endforeach()
string(REGEX MATCH "^[0-9]+\\.[0-9]+" minor "${VERSION}")
consume(from_package "-DCMAKE_PREFIX_PATH=${moved}" "-DEXPECTED_PREFIX=${moved}" "-DWANTED_VERSION=${minor}")
consume(from_sources "-DSOURCE_TREE=${ROOT}")
file(REMOVE_RECURSE "${work}")
