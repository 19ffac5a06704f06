#!/bin/sh
# Sets up, builds the program foreshift and runs it: sh cmake/run.sh [subcommand and options of foreshift]
# Without arguments it replays the built-in trace and leaves a report in the build folder.
set -eu
root=$(CDPATH="" cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/setup.sh"

setup_need compiler cmake ninja eigen boost xtensor cli11 json yaml tbb openssl zlib ical
setup_parallel
(cd "$root" && cmake --workflow --preset demo) >&2  # standard output belongs to the program

foreshift=$root/build/demo/examples/tools/foreshift
if [ $# -gt 0 ]; then
  exec "$foreshift" "$@"
fi
report=$root/build/demo/report.html
"$foreshift" replay --report "$report"
echo "report: $report"
