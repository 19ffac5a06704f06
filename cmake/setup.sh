# Sourced by run.sh, test.sh and .ci/run: finds what is missing and, where there is apt, installs it.
# Strict POSIX sh; defines functions and nothing else.

# setup_need WHAT...: makes sure that every WHAT of the table below is here. Installs the missing Debian packages, or
# says what is missing and exits with 2. Touches no package list when nothing is missing.
setup_need() {
  setup_missing=$(setup_absent "$@")
  [ -n "$setup_missing" ] || return 0
  if command -v apt-get >/dev/null 2>&1; then
    setup_packages=
    for setup_what in $setup_missing; do
      setup_row "$setup_what"
      setup_packages="$setup_packages $setup_package"
    done
    echo "foreshift: installing$setup_packages" >&2
    if setup_find_root; then
      setup_apt update || echo "foreshift: apt-get update failed, trying with the package lists that are here" >&2
      # shellcheck disable=SC2086
      setup_apt install -y --no-install-recommends $setup_packages || echo "foreshift: apt-get install failed" >&2
    fi
    setup_missing=$(setup_absent "$@")
  fi
  [ -n "$setup_missing" ] || return 0
  echo "foreshift: missing on this system:" >&2
  for setup_what in $setup_missing; do
    setup_row "$setup_what"
    echo "  $setup_name (Debian package $setup_package)" >&2
  done
  exit 2
}

# setup_try WHAT...: the same for what can be done without: says so and goes on.
setup_try() {
  (setup_need "$@") || echo "foreshift: going on without; what needs it is skipped" >&2
}

# What may be needed: its Debian package, how to see that it is here, and what to call it.
setup_row() {
  case $1 in
    compiler) setup_set g++ setup_compiler "a C++20 compiler (GCC 12, Clang 16 or later)" ;;
    cmake) setup_set cmake setup_cmake "CMake 3.25 or later" ;;
    ninja) setup_set ninja-build "setup_command ninja" "Ninja" ;;
    ccache) setup_set ccache "setup_command ccache" "ccache" ;;
    # Debian's packages of two Boost versions remove each other, so headers of any version stay as they are.
    boost) setup_set libboost-dev "setup_header boost/version.hpp" "Boost 1.74 or later" ;;
    eigen) setup_set libeigen3-dev "setup_header eigen3/Eigen/Core Eigen/Core" "Eigen 3.4 or later" ;;
    xtensor) setup_set libxtensor-dev "setup_header xtensor/xtensor_config.hpp xtensor/core/xtensor_config.hpp" "xtensor" ;;
    cli11) setup_set libcli11-dev "setup_header CLI/CLI.hpp" "CLI11" ;;
    json) setup_set nlohmann-json3-dev "setup_header nlohmann/json.hpp" "nlohmann-json" ;;
    tbb) setup_set libtbb-dev "setup_header oneapi/tbb/version.h" "oneTBB" ;;
    doctest) setup_set doctest-dev "setup_header doctest/doctest.h" "doctest" ;;
    yaml) setup_set libyaml-cpp-dev "setup_header yaml-cpp/yaml.h" "yaml-cpp" ;;
    ical) setup_set libical-dev "setup_header libical/ical.h" "libical" ;;
    sqlite) setup_set libsqlite3-dev "setup_header sqlite3.h" "SQLite 3" ;;
    openssl) setup_set libssl-dev "setup_header openssl/ssl.h" "OpenSSL" ;;
    openssl-program) setup_set openssl "setup_command openssl" "the program openssl" ;;
    zlib) setup_set zlib1g-dev "setup_header zlib.h" "zlib" ;;
    benchmark) setup_set libbenchmark-dev "setup_header benchmark/benchmark.h" "Google Benchmark" ;;
    snappy) setup_set libsnappy-dev "setup_header snappy.h" "Snappy" ;;
    protozero) setup_set libprotozero-dev "setup_header protozero/pbf_reader.hpp" "protozero" ;;
    prometheus) setup_set prometheus "setup_command promtool" "Prometheus" ;;
    node-exporter) setup_set prometheus-node-exporter "setup_command prometheus-node-exporter" "node_exporter" ;;
    docker) setup_set docker.io "setup_command dockerd" "Docker" ;;
    busybox) setup_set busybox-static "setup_command busybox" "a static busybox" ;;
    iproute2) setup_set iproute2 "setup_command ip" "iproute2" ;;
    kubectl) setup_set kubernetes-client "setup_command kubectl" "kubectl" ;;
    curl) setup_set curl "setup_command curl" "curl" ;;
    npm) setup_set npm "setup_command npm" "npm" ;;
    spin) setup_set spin "setup_command spin" "the model checker Spin" ;;
    clang) setup_set clang-16 "setup_command clang++-16" "Clang 16" ;;
    clang-rt) setup_set libclang-rt-16-dev setup_clang_rt "the run-time libraries of Clang 16" ;;
    clang-format) setup_set clang-format-14 "setup_command clang-format-14" "clang-format 14" ;;
    *) echo "cmake/setup.sh does not know $1" >&2; exit 2 ;;
  esac
}

setup_set() {
  setup_package=$1
  setup_probe=$2
  setup_name=$3
}

setup_absent() {
  for setup_what in "$@"; do
    setup_row "$setup_what"
    $setup_probe || echo "$setup_what"
  done
}

setup_command() {
  command -v "$1" >/dev/null 2>&1
}

setup_compiler() {
  printf '%s\n' '#include <concepts>' \
    '#if defined(__clang__) && !defined(__apple_build_version__) && __clang_major__ < 16' '#error' '#endif' \
    '#if !defined(__clang__) && defined(__GNUC__) && __GNUC__ < 12' '#error' '#endif' |
    ${CXX:-c++} -std=c++20 -fsyntax-only -x c++ - >/dev/null 2>&1
}

# Looks where a compiler and CMake look, but needs neither.
setup_header() {
  setup_roots="/usr /usr/local /opt/homebrew /opt/local ${CONDA_PREFIX:-} $(echo "${CMAKE_PREFIX_PATH:-}" | tr ':;' '  ')"
  for setup_root in $setup_roots; do
    for setup_file in "$@"; do
      [ ! -e "$setup_root/include/$setup_file" ] || return 0
    done
  done
  return 1
}

setup_cmake() {
  setup_command cmake || return 1
  setup_version=$(cmake --version | sed -n 's/^cmake version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
  [ "${setup_version% *}" -gt 3 ] || { [ "${setup_version% *}" -eq 3 ] && [ "${setup_version#* }" -ge 25 ]; }
}

setup_clang_rt() {
  for setup_file in /usr/lib/llvm-16/lib/clang/16/lib/linux/libclang_rt.fuzzer-*.a; do
    [ ! -e "$setup_file" ] || return 0
  done
  return 1
}

setup_find_root() {
  setup_as_root=
  [ "$(id -u)" -ne 0 ] || return 0
  setup_command sudo || { echo "foreshift: neither root nor sudo" >&2; return 1; }
  setup_as_root=sudo
}

# Waits up to 10 minutes for each lock that somebody else holds, as apt-daily does on a machine that has just started:
# apt-get itself waits for dpkg's, but fails at once where a directory, such as that of the package lists, is locked.
setup_apt() {
  setup_waited=0
  while :; do
    setup_status=0
    {
      setup_errors=$($setup_as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
        apt-get -q -o DPkg::Lock::Timeout=600 "$@" 2>&1 >&3) || setup_status=$?
    } 3>&2
    case $setup_status:$setup_errors in
      0:*) break ;;
      *"Unable to lock directory"*) [ "$setup_waited" -lt 600 ] || break ;;
      *) break ;;
    esac
    setup_waited=$((setup_waited + 10))
    echo "foreshift: waiting for a lock, $setup_waited of at most 600 s: ${setup_errors%%"
"*}" >&2
    sleep 10
  done
  [ -z "$setup_errors" ] || printf '%s\n' "$setup_errors" >&2
  return "$setup_status"
}

# One compiler for each processor, unless the caller said otherwise.
setup_parallel() {
  CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}
  export CMAKE_BUILD_PARALLEL_LEVEL
}
