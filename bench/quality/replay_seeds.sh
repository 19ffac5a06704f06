#!/bin/sh
# The generated fleet under many seeds: overload in host-minutes and moves of each policy, seed by seed, and the means.
# sh bench/quality/replay_seeds.sh PROGRAM [SEEDS] [options of foreshift replay]
set -eu
program=$1
seeds=${2:-20}
shift
[ $# -eq 0 ] || shift

echo "seed |      none | reactive (moves) | foreshift (moves, false)"
seed=1
while [ "$seed" -le "$seeds" ]; do
  "$program" replay --seed "$seed" "$@" | awk -v seed="$seed" '
    /^overload, host-minutes/ { none = $3; reactive = $4; foreshift = $5 }
    /^moves/ { moved_reactive = $3; moved_foreshift = $4 }
    /for nothing/ { nothing = $6 }
    END { printf "%4d %9d %9d %6d %9d %6d %6d\n",
                 seed, none, reactive, moved_reactive, foreshift, moved_foreshift, nothing }'
  seed=$((seed + 1))
done | awk '
  { print; fflush(); n++; none += $2; reactive += $3; moved_reactive += $4; foreshift += $5; moved_foreshift += $6; nothing += $7
    if ($5 < $3) better++ }
  END { printf "mean %9.0f %9.0f %6.0f %9.0f %6.0f %6.0f\n",
               none / n, reactive / n, moved_reactive / n, foreshift / n, moved_foreshift / n, nothing / n
        printf "less overload than the reactive policy in %d of %d\n", better, n }'
