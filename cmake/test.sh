#!/bin/sh
# Sets up, builds everything and runs all tests: sh cmake/test.sh
# FORESHIFT_DATA_DIR names the folder of the public data sets; without it the tests that read them skip.
set -eu
if [ -n "${FORESHIFT_DATA_DIR:-}" ]; then
  FORESHIFT_DATA_DIR=$(CDPATH="" cd -- "$FORESHIFT_DATA_DIR" && pwd)
  export FORESHIFT_DATA_DIR
fi
root=$(CDPATH="" cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/setup.sh"

setup_need compiler cmake ninja ccache eigen boost xtensor cli11 json yaml tbb sqlite ical openssl zlib snappy protozero doctest benchmark
setup_parallel
cd "$root"
exec cmake --workflow --preset check
