#!/bin/sh
# `foreshift sim` from the outside: what it refuses and how, what it writes, that it repeats itself, and that 1,000
# seeds keep every promise.
# sh sim_test.sh PROGRAM SOURCE_DIR
. "$2/tests/tools/claims.sh"
subcommand=sim

refuses 'no range' '--seeds: not a range of seeds: "many": write 1..100' --seeds many
refuses 'a range backwards' '--seeds: not a range' --seeds 9..3
refuses 'a negative seed' '--seeds: not a range' --seeds=-1..3
refuses 'too many seeds' 'run parts of the range' --seeds 0..99999999
refuses 'a seed beyond the last' '--seeds: not a range of seeds: .* of 0 to 18446744073709551615' --seeds 18446744073709551616
refuses 'two sites' '--sites' --sites 2
refuses 'eight sites' '--sites' --sites 8
refuses 'no time' '--minutes' --minutes 0
for minutes in long nan inf; do
  refuses "minutes of $minutes" "--minutes: not from 0.05 to 600: \"$minutes\"" --minutes $minutes
done
refuses 'faults and none' '--faults: none and others cannot both be' --faults none,drop
refuses 'an unknown fault' '--faults: unknown: "fire": there is all, none, drop,' --faults drop,fire
refuses 'an unknown disk' '--disk: unknown: "tape": there is files, records' --disk tape
refuses 'a mutant in the shipped program' '--mutant: this program holds no seeded bugs' --mutant tie_is_a_quorum
refuses 'an unknown option' '--frobnicate' --frobnicate
refuses 'a place that cannot be written' 'nowhere/out.json: cannot be written' --seeds 1 --json nowhere/out.json

# It repeats itself, byte for byte, and writes nothing but what was asked for.
for n in 1 2; do
  "$program" sim --seeds 3..6 --minutes 0.2 --json "r$n.json" >"r$n.txt" 2>err.txt || fail "run $n"
  [ ! -s err.txt ] || fail "a run that is fine writes to standard error: $(cat err.txt)"
done
cmp -s r1.txt r2.txt || fail "the same seeds give another table"
cmp -s r1.json r2.json || fail "the same seeds give another JSON"
for key in version seeds first last run sites minutes disk mutant faults_allowed slots messages recovery_seconds_max faults \
  drop torn_write wipe sometimes leader_elected answer_given broken; do
  grep -q "\"$key\":" r1.json || fail "no key $key in the JSON"
done
grep -q '"broken": null' r1.json || fail "something broke: $(cat r1.txt)"
"$program" sim --seeds 5 --minutes 0.2 --faults none >calm.txt || fail "no faults at all"
grep -q '^  drop  *0$' calm.txt && grep -q '^  crash  *0$' calm.txt || fail "faults although there should be none"

# 1,000 seeds: no promise breaks, every class of faults strikes, and everything that has to happen now and then does.
for sites in 3 4 5 6 7; do
  case $sites in 3) seeds=1..800 minutes=0.5 ;; *) seeds=1..50 minutes=0.2 ;; esac
  "$program" sim --seeds $seeds --sites $sites --minutes $minutes --json "s$sites.json" >"s$sites.txt" || {
    fail "$sites sites"
    tail -n 60 "s$sites.txt"
  }
done
if grep 'never seen' s3.txt; then fail "something never came up"; fi
for class in drop duplication reordering partition one_way bridge clock_jump drift fast_clock pause crash torn_write \
  lost_sync full_disk bit_rot misdirected_write wipe epoch_change departure; do
  if grep -q "\"$class\": 0," s3.json; then fail "$class never struck"; fi
done

"$program" --help >help.txt && grep -q '  sim ' help.txt || fail "--help"
"$program" sim --help >help.txt || fail "sim --help"
for option in seeds sites minutes faults disk mutant json; do
  grep -q -e "--$option" help.txt || fail "--help does not name --$option"
done

conclude
