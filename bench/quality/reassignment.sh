#!/bin/sh
# `foreshift place` on the ROADEF/EURO challenge's fleets, beside what its winner (S41) published for 300 s and two threads.
# sh reassignment.sh PROGRAM SECONDS [THREADS [FLEET...]]; FORESHIFT_DATA_DIR names the folder of the data.
# One search a thread; where the machine has a core for each, SECONDS are also those of its CPU.
# Where FORESHIFT_CHECKER names a program, it is called as CHECKER MODEL START NEW and has to end well and say total=COST, the
# cost that `foreshift place` said: anything else ends the run with an error.
set -eu
program=$1
seconds=$2
threads=${3:-1}
[ $# -lt 3 ] || shift
shift 2
fleets=${*:-a1_1 a1_2 a1_3 a1_4 a1_5 a2_1 a2_2 a2_3 a2_4 a2_5 b_1 b_3}
data=${FORESHIFT_DATA_DIR:?names the folder with roadef2012/}/roadef2012
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

published() {
  case $1 in
    a1_1) echo 44306501 ;; a1_2) echo 777912030 ;; a1_3) echo 583006422 ;; a1_4) echo 262125116 ;;
    a1_5) echo 727578310 ;; a2_1) echo 329 ;; a2_2) echo 746097632 ;; a2_3) echo 1210644572 ;;
    a2_4) echo 1680615349 ;; a2_5) echo 318358949 ;; b_1) echo 3353533859 ;; b_3) echo 157091678 ;;
  esac
}
# check FLEET: what was said of it, and what another program works out from the files.
check() {
  said=$(awk '$1 == "total" { print $3 }' "$work/said.txt")
  if ! "$FORESHIFT_CHECKER" "$data/model_$1.txt" "$data/assignment_$1.txt" "$work/new.txt" >"$work/checked.txt"; then
    echo "$1: $FORESHIFT_CHECKER refuses the assignment: $(cat "$work/checked.txt")" >&2
    exit 1
  fi
  counted=$(sed -n 's/.*total=\([0-9]*\).*/\1/p' "$work/checked.txt")
  if [ "$counted" != "$said" ]; then
    echo "$1: foreshift says a cost of $said, $FORESHIFT_CHECKER of ${counted:-none}" >&2
    exit 1
  fi
}
echo "fleet          start          found       S41 (300 s)   difference     gap"
for fleet in $fleets; do
  "$program" place -p "$data/model_$fleet.txt" -i "$data/assignment_$fleet.txt" -o "$work/new.txt" \
    -t "$seconds" --threads "$threads" >"$work/said.txt"
  [ -z "${FORESHIFT_CHECKER:-}" ] || check "$fleet"
  awk -v fleet="$fleet" -v best="$(published "$fleet")" '
    $1 == "total" { start = $2; found = $3 }
    $1 == "bound" { gap = $4 }
    END { printf "%-5s %14.0f %14.0f %17.0f %11.4f %% %7.3f %%\n", fleet, start, found, best, 100 * (found / best - 1), gap }
  ' "$work/said.txt"
done
