# Each check of cmake/checks is shown to bite: a small sound tree passes, and each broken rule is refused for its reason.
# cmake -DCHECKS=<cmake/checks> -DWORK=<scratch folder> -P checks_bite_test.cmake
cmake_minimum_required(VERSION 3.24)

set(tree "${WORK}/checks_bite")

function(put path)
  set(text "#pragma once\n")
  foreach(included IN LISTS ARGN)
    string(APPEND text "#include ${included}\n")
  endforeach()
  file(WRITE "${tree}/${path}" "${text}")
endfunction()

function(plant_sound_tree)
  file(REMOVE_RECURSE "${tree}")
  put(include/foreshift/core/config.hpp <cstdint>)
  put(include/foreshift/core/id.hpp <foreshift/core/config.hpp> <compare>)
  put(include/foreshift/numeric/linalg.hpp <foreshift/core/id.hpp> <Eigen/Dense>)
  put(include/foreshift/consensus/weight.hpp <foreshift/core/id.hpp>)
  put(include/foreshift/consensus/quorum.hpp <foreshift/consensus/weight.hpp>)
  put(include/foreshift/telemetry/series.hpp <foreshift/core/id.hpp>)
  put(include/foreshift/telemetry/resample.hpp <foreshift/telemetry/series.hpp>)
  put(include/foreshift/forecast/naive.hpp <foreshift/telemetry/series.hpp> <foreshift/numeric/linalg.hpp>)
  put(include/foreshift/anomaly/score.hpp)
  put(include/foreshift/sim/world.hpp <foreshift/consensus/quorum.hpp>)
  put(include/foreshift/adapters/wal/log.hpp <foreshift/core/id.hpp> <openssl/sha.h>)
  put(include/foreshift/core.hpp <foreshift/core/config.hpp> <foreshift/core/id.hpp>)
  put(include/foreshift/numeric.hpp <foreshift/numeric/linalg.hpp>)
  put(include/foreshift/consensus.hpp <foreshift/consensus/weight.hpp> <foreshift/consensus/quorum.hpp>)
  put(include/foreshift/telemetry.hpp <foreshift/telemetry/series.hpp> <foreshift/telemetry/resample.hpp>)
  put(include/foreshift/forecast.hpp <foreshift/forecast/naive.hpp>)
  put(include/foreshift/anomaly.hpp <foreshift/anomaly/score.hpp>)
  put(include/foreshift/sim.hpp <foreshift/sim/world.hpp>)
  put(include/foreshift/adapters/wal.hpp <foreshift/adapters/wal/log.hpp>)
  put(include/foreshift/foreshift.hpp <foreshift/core.hpp> <foreshift/numeric.hpp> <foreshift/consensus.hpp>
      <foreshift/telemetry.hpp> <foreshift/forecast.hpp> <foreshift/anomaly.hpp>)
  foreach(test IN ITEMS core/id numeric/linalg consensus/weight consensus/quorum telemetry/series telemetry/resample
                        forecast/naive anomaly/score sim/world adapters/wal/log)
    put(tests/${test}_test.cpp)
  endforeach()
endfunction()

function(run_check check result output)
  execute_process(COMMAND "${CMAKE_COMMAND}" "-DROOT=${tree}" -P "${CHECKS}/${check}.cmake"
    RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  set(${result} "${status}" PARENT_SCOPE)
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

function(passes check)
  run_check(${check} status text)
  if(NOT status EQUAL 0)
    message(SEND_ERROR "${check} refuses the sound tree:\n${text}")
  endif()
endfunction()

# refuses(<check> <expected words> <path> <include>...): one file of the sound tree goes bad, or is GONE, for a while.
function(refuses check expected path)
  set(sound "")
  if(EXISTS "${tree}/${path}")
    file(READ "${tree}/${path}" sound)
  endif()
  if("${ARGN}" STREQUAL "GONE")
    file(REMOVE "${tree}/${path}")
  else()
    put(${path} ${ARGN})
  endif()
  run_check(${check} status text)
  if(sound STREQUAL "")
    file(REMOVE "${tree}/${path}")
  else()
    file(WRITE "${tree}/${path}" "${sound}")
  endif()
  string(FIND "${text}" "${expected}" at)
  if(status EQUAL 0)
    message(SEND_ERROR "${check} lets through ${path} with ${ARGN}")
  elseif(at EQUAL -1)
    message(SEND_ERROR "${check} refuses ${path}, but not for \"${expected}\":\n${text}")
  endif()
endfunction()

plant_sound_tree()
foreach(check IN ITEMS floors doors umbrellas mirror)
  passes(${check})
endforeach()

set(h include/foreshift)
refuses(floors "core/id.hpp (floor 0) includes numeric/linalg.hpp (floor 1)" ${h}/core/id.hpp <foreshift/numeric/linalg.hpp>)
refuses(floors "consensus/quorum.hpp (floor 1) includes numeric/linalg.hpp (floor 1)"
        ${h}/consensus/quorum.hpp <foreshift/numeric/linalg.hpp>)
refuses(floors "anomaly/score.hpp (floor 3) includes forecast/naive.hpp (floor 3)"
        ${h}/anomaly/score.hpp <foreshift/forecast/naive.hpp>)
refuses(floors "telemetry/resample.hpp, which is not a vocabulary header"
        ${h}/forecast/naive.hpp <foreshift/telemetry/resample.hpp>)
refuses(floors "adapters/wal/log.hpp (floor 10) includes sim/world.hpp (floor 10)"
        ${h}/adapters/wal/log.hpp <foreshift/sim/world.hpp>)
refuses(floors "sim/world.hpp (floor 10) includes adapters/wal/log.hpp (floor 10)"
        ${h}/sim/world.hpp <foreshift/adapters/wal/log.hpp>)
refuses(floors "includes the umbrella core.hpp" ${h}/forecast/naive.hpp <foreshift/core.hpp>)
refuses(floors "core/gone.hpp, which does not exist" ${h}/forecast/naive.hpp <foreshift/core/gone.hpp>)
refuses(floors "folder magic has no floor" ${h}/magic/wand.hpp <foreshift/core/id.hpp>)
refuses(floors "write includes in angle brackets" ${h}/forecast/naive.hpp "\"naive_detail.hpp\"")

refuses(doors "only numeric/linalg.hpp may" ${h}/forecast/naive.hpp <Eigen/Dense>)
refuses(doors "only numeric/linalg.hpp may" ${h}/numeric/kalman.hpp <unsupported/Eigen/FFT>)
refuses(doors "only numeric/tensor.hpp may" ${h}/telemetry/panel.hpp <xtensor/xarray.hpp>)
refuses(doors "only placement/topology.hpp may" ${h}/placement/selector.hpp <boost/graph/adjacency_list.hpp>)
refuses(doors "only numeric/distribution.hpp may" ${h}/risk/risk.hpp <boost/math/distributions/beta.hpp>)
refuses(doors "no header here may" ${h}/ports/transport.hpp <boost/asio.hpp>)
refuses(doors "no header here may" ${h}/consensus/codec.hpp <spdlog/spdlog.h>)
refuses(doors "only adapters/calendar/json_document.hpp or adapters/docker/json.hpp or adapters/kubernetes/json_document.hpp may"
        ${h}/consensus/codec.hpp <nlohmann/json.hpp>)
refuses(doors "no header here may" ${h}/ports/storage.hpp <unistd.h>)
refuses(doors "only numeric/linalg.hpp may" ${h}/adapters/wal/log.hpp <Eigen/Dense>)
refuses(doors "only adapters/asio/boost_asio.hpp or adapters/http/boost_beast.hpp may"
        ${h}/adapters/wal/log.hpp <boost/asio/ip/tcp.hpp>)
refuses(doors "only adapters/sqlite/database.hpp may" ${h}/adapters/wal/log.hpp <sqlite3.h>)

refuses(umbrellas "consensus.hpp does not include consensus/quorum.hpp"
        ${h}/consensus.hpp <foreshift/consensus/weight.hpp>)
refuses(umbrellas "forecast.hpp includes telemetry/series.hpp, which is not its own"
        ${h}/forecast.hpp <foreshift/forecast/naive.hpp> <foreshift/telemetry/series.hpp>)
refuses(umbrellas "forecast.hpp does not exist" ${h}/forecast.hpp GONE)
refuses(umbrellas "foreshift.hpp includes sim.hpp, which is not its own"
        ${h}/foreshift.hpp <foreshift/core.hpp> <foreshift/sim.hpp>)
refuses(umbrellas "foreshift.hpp includes adapters/wal.hpp, which is not its own"
        ${h}/foreshift.hpp <foreshift/core.hpp> <foreshift/adapters/wal.hpp>)
refuses(umbrellas "foreshift.hpp does not include anomaly.hpp" ${h}/foreshift.hpp <foreshift/core.hpp>)

refuses(mirror "forecast/naive.hpp has no test" tests/forecast/naive_test.cpp GONE)
refuses(mirror "adapters/wal/log.hpp has no test" tests/adapters/wal/log_test.cpp GONE)
refuses(mirror "tests/forecast/theta_test.cpp has no header" tests/forecast/theta_test.cpp <cstdint>)
refuses(mirror "core/config.hpp has its test" tests/core/config_test.cpp <cstdint>)

foreach(check IN ITEMS floors doors umbrellas mirror)
  passes(${check})  # each bad file was bad alone
endforeach()
file(REMOVE_RECURSE "${tree}")
