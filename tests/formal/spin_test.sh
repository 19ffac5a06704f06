#!/bin/sh
# Checks the Promela models with Spin: sh spin_test.sh [folder of the models]. The shipped rules must hold, each
# seeded bug must be found. Without Spin or a C compiler it says so and is skipped (exit code 77).
set -eu
models=$(CDPATH="" cd -- "${1:-$(dirname -- "$0")}" && pwd)
for tool in spin gcc; do
  command -v $tool >/dev/null 2>&1 || { echo "SKIPPED: no $tool here (Debian packages spin, gcc)"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0

# check <holds|breaks> <model> <definitions>...
check() {
  expected=$1
  model=$2
  shift 2
  rm -f pan*
  spin -a "$@" "$models/$model.pml" >spin.txt 2>&1 || { cat spin.txt; exit 1; }
  gcc -O1 -w -DSAFETY -DCOLLAPSE -DVECTORSZ=4096 -o pan pan.c
  ./pan -m1000000 >pan.txt 2>&1 || { cat pan.txt; exit 1; }
  grep -q 'max search depth too small' pan.txt && { echo "too deep: $model $*"; exit 1; }
  verdict=breaks
  grep -q 'errors: 0' pan.txt && verdict=holds
  states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' pan.txt)
  echo "$verdict  $model $*  ($states states)"
  [ "$verdict" = "$expected" ] || { echo "  expected: $expected"; failed=1; }
}

check holds single_slot -DN=3 -DB=3
check holds single_slot -DN=3 -DB=3 -DWEIGHTED
check holds single_slot -DN=4 -DB=2
check holds single_slot -DN=3 -DB=3 -DTIE  # with an odd total the wrong rule is the right one
check breaks single_slot -DN=4 -DB=2 -DTIE
check breaks single_slot -DN=3 -DB=2 -DTIE -DWEIGHTED
check holds single_slot -DN=3 -DB=2 -DNO_RAISE  # two ballots do not show it
check breaks single_slot -DN=3 -DB=3 -DNO_RAISE
check holds single_slot -DN=3 -DB=2 -DLOWEST
check breaks single_slot -DN=3 -DB=3 -DLOWEST
check breaks single_slot -DN=3 -DB=2 -DFORGET
check holds two_epochs
check breaks two_epochs -DSTALE_PROMISES
check breaks two_epochs -DEARLY
check holds two_epochs -DPAIR
check breaks two_epochs -DPAIR -DTIE
exit $failed
