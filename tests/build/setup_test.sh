#!/bin/sh
# run.sh and test.sh on systems where something is missing. Usage: setup_test.sh <source tree>
set -eu
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "failed: $*" >&2; cat "$work/out" >&2; exit 1; }

for script in cmake/run.sh cmake/test.sh cmake/setup.sh cmake/format.sh; do
  dash -n "$root/$script" || fail "$script is not POSIX sh"
done

# A system with the usual commands and nothing to build with.
mkdir "$work/bin"
for command in sh dash env dirname id tr sed cat getconf; do
  ln -s "$(command -v $command)" "$work/bin/$command"
done
lacking() {  # lacking <script> <status> <words>...
  script=$1 wanted=$2
  shift 2
  status=0
  PATH=$work/bin sh "$root/cmake/$script" >"$work/out" 2>&1 || status=$?
  [ "$status" -eq "$wanted" ] || fail "$script ended with $status instead of $wanted"
  for words in "$@"; do
    grep -q -F -e "$words" "$work/out" || fail "$script does not say: $words"
  done
}
unset CXX
lacking run.sh 2 "missing on this system:" "a C++20 compiler" "CMake 3.25 or later" "Ninja"
lacking test.sh 2 "missing on this system:" "a C++20 compiler" "CMake 3.25 or later" "Ninja" "ccache"
! grep -q ccache "$root/cmake/run.sh" || fail "run.sh asks for more than the demo needs"

# An old CMake is as good as none.
printf '#!/bin/sh\necho "cmake version 3.18.4"\n' >"$work/bin/cmake"
chmod +x "$work/bin/cmake"
lacking run.sh 2 "CMake 3.25 or later"

# With apt it asks for the missing packages only, waits for the lock, and gives up when they do not come.
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "apt-get $DEBIAN_FRONTEND $*" >>"%s"\n' "$work/apt" >"$work/bin/apt-get"
printf '#!/bin/sh\n"$@"\n' >"$work/bin/sudo"
chmod +x "$work/bin/apt-get" "$work/bin/sudo"
lacking run.sh 2 "missing on this system:" "Ninja"
{
  grep -q -F "apt-get noninteractive -q -o DPkg::Lock::Timeout=600 update" "$work/apt" &&
    grep -q -F "install -y --no-install-recommends g++ cmake ninja-build" "$work/apt"
} || { cat "$work/apt"; fail "run.sh asks apt-get for something else"; }

# Headers of any Boost stay: nothing is asked for in their place.
mkdir -p "$work/prefix/include/boost"
: >"$work/prefix/include/boost/version.hpp"
rm "$work/apt"
CMAKE_PREFIX_PATH=$work/prefix lacking run.sh 2 "missing on this system:"
! grep -q boost "$work/apt" || fail "run.sh replaces an installed Boost"

# A lock on the package lists is waited for, and said to be.
stub() {  # stub <name>: an executable with the script of standard input
  { echo '#!/bin/sh'; cat; } >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}
called() {  # called <what>...: exactly these calls of apt-get and sleep, in this order
  printf '%s\n' "$@" >"$work/wanted"
  sed 's/^\(apt-get \)\(.* \)*\(update\|install\)\( .*\)*$/\1\3/' "$work/apt" >"$work/called"
  cmp -s "$work/wanted" "$work/called" || { cat "$work/called"; fail "other calls than: $*"; }
}
stub sleep <<EOF
echo "sleep \$*" >>"$work/apt"
EOF
stub apt-get <<EOF
echo "apt-get \$*" >>"$work/apt"
case " \$* " in *" update "*) ;; *) exit 0 ;; esac
if [ ! -e "$work/once" ]; then : >"$work/once"; elif [ ! -e "$work/twice" ]; then : >"$work/twice"; else exit 0; fi
echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 4711 (apt-get)" >&2
echo "E: Unable to lock directory /var/lib/apt/lists/" >&2
exit 100
EOF
: >"$work/apt"
lacking run.sh 2 "waiting for a lock, 10 of at most 600 s: E: Could not get lock /var/lib/apt/lists/lock. It is held by" \
  "waiting for a lock, 20 of at most 600 s"
called "apt-get update" "sleep 10" "apt-get update" "sleep 10" "apt-get update" "apt-get install"
! grep -q "update failed" "$work/out" || fail "a lock that was let go counts as a failure"

# It does not wait for ever, and then, as after any other failure, the lists that are here may do.
stub apt-get <<EOF
echo "apt-get \$*" >>"$work/apt"
case " \$* " in *" update "*) ;; *) exit 0 ;; esac
echo "E: Unable to lock directory /var/lib/apt/lists/" >&2
exit 100
EOF
: >"$work/apt"
lacking run.sh 2 "600 of at most 600 s" "apt-get update failed" "E: Unable to lock directory"
[ "$(grep -c sleep "$work/apt")" -eq 60 ] || fail "it waits for another time than it says"
grep -q " install " "$work/apt" || fail "no install after a lists lock that stayed"
stub apt-get <<EOF
echo "apt-get \$*" >>"$work/apt"
case " \$* " in *" update "*) echo "E: Failed to fetch" >&2; exit 100 ;; esac
EOF
: >"$work/apt"
lacking run.sh 2 "E: Failed to fetch" "apt-get update failed"
called "apt-get update" "apt-get install"

# What stands after run.sh reaches the program, whose output is all there is, and whose status is run.sh's.
tree=$work/tree
mkdir -p "$tree/cmake" "$tree/build/demo/examples/tools"
cp "$root/cmake/run.sh" "$root/cmake/setup.sh" "$tree/cmake"
for header in eigen3/Eigen/Core xtensor/xtensor_config.hpp CLI/CLI.hpp nlohmann/json.hpp oneapi/tbb/version.h; do
  mkdir -p "$work/prefix/include/${header%/*}"
  : >"$work/prefix/include/$header"
done
stub c++ </dev/null
stub ninja </dev/null
stub cmake <<EOF
case \$1 in --version) echo "cmake version 3.25.1" ;; *) echo "built by cmake \$*" ;; esac
EOF
stub foreshift <<EOF
printf '<%s>' "\$@"
echo
[ "\$1" != risk ] || exit 3
EOF
mv "$work/bin/foreshift" "$tree/build/demo/examples/tools/foreshift"
runs() {  # runs <status> <standard output> <argument>...
  wanted=$1 output=$2 status=0
  shift 2
  CMAKE_PREFIX_PATH=$work/prefix PATH=$work/bin sh "$tree/cmake/run.sh" "$@" >"$work/stdout" 2>"$work/out" || status=$?
  [ "$status" -eq "$wanted" ] || fail "run.sh $* ended with $status instead of $wanted"
  [ "$(cat "$work/stdout")" = "$output" ] || { cat "$work/stdout"; fail "run.sh $* does not print: $output"; }
  grep -q -F "built by cmake --workflow --preset demo" "$work/out" || fail "run.sh does not build the program"
}
runs 3 "<risk><--input><a b.csv><>" risk --input "a b.csv" ""
report=$tree/build/demo/report.html
runs 0 "<replay><--report><$report>
report: $report"
