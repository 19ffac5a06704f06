# The layout of include/foreshift, in one place. Read by the other scripts of this folder.

# Floors. A header includes its own folder or a strictly lower floor; folders on one floor never meet.
set(floor_core 0)
set(floor_numeric 1)
set(floor_consensus 1)
set(floor_telemetry 2)
set(floor_forecast 3)
set(floor_anomaly 3)
set(floor_risk 4)
set(floor_placement 5)
set(floor_migration 6)
set(floor_feedback 7)
set(floor_ports 8)
set(floor_driver 9)
set(floor_sim 10)
set(floor_adapters 10)

# Between these folders only vocabulary headers cross.
set(algorithm_folders consensus telemetry forecast anomaly risk placement migration feedback)
set(vocabulary
  consensus/weight consensus/message consensus/ready consensus/authority
  telemetry/metric telemetry/sample telemetry/series telemetry/panel telemetry/calendar
  forecast/prediction forecast/accuracy forecast/forecaster
  anomaly/score anomaly/detector
  risk/risk
  placement/proposal
  migration/command migration/event migration/outcome)

# What foreshift.hpp leaves out.
set(outside_umbrella sim adapters)

# A foreign library has one door, or one in each adapter: "<prefix of the include>|<header that may include it>|...".
set(doors
  "boost/asio/|adapters/asio/boost_asio.hpp|adapters/http/boost_beast.hpp"
  "boost/beast/|adapters/http/boost_beast.hpp"
  "Eigen/|numeric/linalg.hpp"
  "unsupported/Eigen/|numeric/linalg.hpp"
  "xtensor/|numeric/tensor.hpp"
  "xtl/|numeric/tensor.hpp"
  "boost/graph/|placement/topology.hpp"
  "boost/math/|numeric/distribution.hpp"
  "nlohmann/|adapters/calendar/json_document.hpp|adapters/docker/json.hpp|adapters/kubernetes/json_document.hpp"
  "yaml-cpp/|adapters/kubernetes/kubeconfig.hpp"
  "libical/|adapters/calendar/icalendar_entry.hpp"
  "snappy|adapters/remotewrite/request.hpp"
  "protozero/|adapters/remotewrite/request.hpp"
  "sqlite3|adapters/sqlite/database.hpp")

# Headers without a test of their own, each with the test that covers it instead.
set(tested_elsewhere
  core/config)  # the version: tests/build/versions_test.cmake; the ABI name: tests/build/odr

# complain(<text>) notes a broken rule; verdict() prints them all and fails if there are any.
function(complain text)
  set_property(GLOBAL APPEND PROPERTY complaints "${text}")
endfunction()
function(verdict)
  get_property(complaints GLOBAL PROPERTY complaints)
  list(LENGTH complaints count)
  if(count GREATER 0)
    list(JOIN complaints "\n  " text)
    message(FATAL_ERROR "broken rules (${count}):\n  ${text}\n")
  endif()
endfunction()

# Sets headers: every header below ROOT/include/foreshift, relative to that folder.
if(NOT ROOT)
  message(FATAL_ERROR "usage: cmake -DROOT=<source tree> -P <script>")
endif()
get_filename_component(ROOT "${ROOT}" ABSOLUTE)
file(GLOB_RECURSE headers RELATIVE "${ROOT}/include/foreshift" "${ROOT}/include/foreshift/*.hpp")
list(SORT headers)
if(NOT headers)
  message(FATAL_ERROR "no headers in ${ROOT}/include/foreshift")
endif()

# folder_of(<header> <out>): "core" for core/id.hpp and for core.hpp, "adapters/wal" for adapters/wal/log.hpp and
# for adapters/wal.hpp, empty for foreshift.hpp.
function(folder_of header out)
  set(folder "")
  if(header MATCHES "^(adapters/[^/]+)(/.+)?\\.hpp$" OR header MATCHES "^(adapters/[^/]+)/")
    set(folder "${CMAKE_MATCH_1}")
  elseif(header MATCHES "^([^/]+)/")
    set(folder "${CMAKE_MATCH_1}")
  elseif(header MATCHES "^(.+)\\.hpp$" AND NOT header STREQUAL "foreshift.hpp")
    set(folder "${CMAKE_MATCH_1}")
  endif()
  set(${out} "${folder}" PARENT_SCOPE)
endfunction()

# floor_of(<folder> <out>): its floor, an error for a folder that is not in the list.
function(floor_of folder out)
  string(REGEX REPLACE "/.*" "" folder "${folder}")
  if(NOT DEFINED floor_${folder})
    complain("folder ${folder} has no floor")
    set(${out} 99 PARENT_SCOPE)
    return()
  endif()
  set(${out} ${floor_${folder}} PARENT_SCOPE)
endfunction()

# is_umbrella(<header> <out>): foreshift.hpp, core.hpp, adapters/wal.hpp.
function(is_umbrella header out)
  if(header MATCHES "^[^/]+\\.hpp$" OR header MATCHES "^adapters/[^/]+\\.hpp$")
    set(${out} TRUE PARENT_SCOPE)
  else()
    set(${out} FALSE PARENT_SCOPE)
  endif()
endfunction()

# includes_of(<header> <own> <foreign>): what it includes, without brackets: foreshift/ headers without that prefix,
# and the rest.
function(includes_of header own foreign)
  file(STRINGS "${ROOT}/include/foreshift/${header}" lines REGEX "^[ \t]*#[ \t]*include")
  set(ours "")
  set(others "")
  foreach(line IN LISTS lines)
    if(line MATCHES "include[ \t]*<foreshift/([^>]+)>")
      list(APPEND ours "${CMAKE_MATCH_1}")
    elseif(line MATCHES "include[ \t]*<([^>]+)>")
      list(APPEND others "${CMAKE_MATCH_1}")
    else()
      complain("${header}: write includes in angle brackets: ${line}")
    endif()
  endforeach()
  set(${own} "${ours}" PARENT_SCOPE)
  set(${foreign} "${others}" PARENT_SCOPE)
endfunction()
