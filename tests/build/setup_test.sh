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
