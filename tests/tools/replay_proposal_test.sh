#!/bin/sh
# `foreshift replay --save-proposals` and `--proposal` from the outside: what is saved, what a file tells, what came of
# it in the trace it is of, and what is refused.
# sh replay_proposal_test.sh PROGRAM SOURCE_DIR
. "$2/tests/tools/claims.sh"
subcommand=replay
outputs=

# A fleet whose every proposal is kept, with a name that no file system should see.
"$program" replay --days 2 --workloads 60 --seed 7 --policy foreshift --save-proposals saved --json run.json >run.txt || fail "a run that saves"
[ "$(find saved -name '*.partial' | wc -l)" -eq 0 ] || fail "a draft is left"
count=$(find saved -type f | wc -l)
[ "$count" -gt 10 ] || fail "only $count proposals"
[ "$(grep -c '"digest":' run.json)" -eq "$count" ] || fail "not every proposal has a digest in the JSON"
grep -o '"file": "[^"]*"' run.json | cut -d'"' -f4 | cut -c1-15 >told.txt
sort -c told.txt 2>err.txt || fail "sorted by name they are not sorted by time"
sed -n 's/.*"file": "\(.*\)",/\1/p;s/.*"digest": "\(.*\)"/\1/p' run.json | paste - - | awk '{ print $2 "  saved/" $1 }' >sums.txt
sha256sum -c --quiet sums.txt >bad.txt 2>&1 || fail "a digest is not the file's: $(head -1 bad.txt)"
"$program" replay --days 2 --workloads 60 --seed 7 --policy foreshift >plain.txt && cmp -s plain.txt run.txt || fail "saving changes the run"

# One alone, without a fleet: told and not replayed.
first=$(find saved -name '*-s*-*.proposal' | sort | head -1)
[ -n "$first" ] || fail "no proposal by that name"
"$program" replay --proposal "$first" --json alone.json >alone.txt || fail "a proposal alone"
for told in "^proposal  *$(sha256sum "$first" | cut -d' ' -f1)\$" '^who  *site [012], its proposal [0-9]*' '^when  *2025-' '^what  *[a-z]' \
  '^why  *.*[0-9] %' '^afterwards ' '^evidence  *[0-9]* observations' '^promise .*to be checked at 2025-' '^replay  *none: '; do
  grep -q "$told" alone.txt || fail "a proposal does not tell \"$told\""
done
grep -q '"replay": null' alone.json || fail "a replay without a fleet"

# All of the run, in the fleet as it was when each was made: where nothing else moves they fit, or say where the workload is.
fleet='--days 2 --workloads 60 --seed 7'
fits=0 strays=0 kept=0 moves=0
for file in $(find saved -type f | sort | awk 'NR % 7 == 1' | head -20); do
  # shellcheck disable=SC2086
  if "$program" replay --proposal "$file" $fleet --json one.json >one.txt 2>err.txt; then
    fits=$((fits + 1))
    grep -q '^replay  *generated fleet, seed 7, .*nothing has moved before; this action is taken and no other' one.txt || fail "$file: no replay"
    if grep -q '"kind": "migrate"' one.json; then
      moves=$((moves + 1))
      ! grep -q 'the promise was kept' one.txt || kept=$((kept + 1))
    fi
  else
    strays=$((strays + 1))
    grep -q 'what.*host: host [0-9]*, but the workload is .* if nothing has moved before: --moves-before' err.txt || fail "$file: $(cat err.txt)"
  fi
done
[ "$fits" -gt 0 ] && [ "$moves" -gt 0 ] || fail "$fits proposals fit, $moves moves among them"

# The last move in the fleet as it was then: after the moves before it, which the same seed makes again.
last=
for file in $(find saved -type f | sort -r); do
  "$program" replay --proposal "$file" --json one.json >one.txt
  if grep -q '"kind": "migrate"' one.json; then last=$file && break; fi
done
# shellcheck disable=SC2086
"$program" replay --proposal "$last" $fleet --moves-before foreshift --json last.json >last.txt 2>err.txt || fail "the last move: $(cat err.txt)"
for told in ': after [0-9]* moves of foreshift; this action' '^  *host-minutes  *without  *with  *without  *with$' 'host [0-9]*, source' \
  'host [0-9]*, destination' '^  *all hosts' '^outcome  *.* avoided at both ends, .* promised: '; do
  grep -q "$told" last.txt || fail "the last move does not tell \"$told\": $(cat last.txt)"
done
for key in version proposal digest site number reverses made_at subset workload name class criticality priority action kind from to why probability \
  expected_overload_minutes breach_at limit resource probability_after destination_probability_after recent values promise avoided_minutes low high \
  check_at gap alternatives replay source seed moves_before policy moves decided judged_minutes whole kept until_check to_end without with destination all; do
  grep -q "\"$key\":" last.json || fail "no key $key in the JSON of a proposal"
done
# The figures agree: what is avoided at both ends is what all hosts have less, as nothing else moves.
awk -F'[:,]' '
  /"source": [0-9]/ { ends = $2 }
  /"destination": [0-9]/ { ends += $2 }
  /"all":/ { both[++n] = ends; all[n] = $2 }
  END { exit !(n == 4 && both[1] - both[2] == all[1] - all[2] && both[3] - both[4] == all[3] - all[4]) }' last.json || fail "the figures contradict each other"

# A name that a file system would misread is made safe; the file still belongs to the trace.
awk 'BEGIN {
  for (w = 0; w < 12; ++w) {
    printf "../w %d/é", w
    for (t = 0; t < 700; ++t) printf ",%d", 20 + (w * 7 + t * 5) % 60 + (t % 30 > 24 ? 30 : 0)
    printf "\n"
  }
}' >odd.csv
"$program" replay --trace odd.csv --capacity 1 --policy foreshift --save-proposals odd/deep >out.txt || fail "odd names"
odd=$(find odd/deep -type f -name '2025030?T*-.._w_[0-9]*___-s[0-9]*-[0-9]*.proposal' | sort | head -1)
[ -n "$odd" ] || fail "no safe name: $(find odd | tail -3)"
"$program" replay --trace odd.csv --capacity 1 --proposal "$odd" --moves-before foreshift >out.txt || fail "a proposal of odd names"
grep -q '^what .*\.\./w [0-9]' out.txt || fail "the trace's own name is not told"

# What does not fit says which field; what is no proposal says so.
outputs='--json out.json'
refuses 'a missing file' 'absent: cannot be read: No such file' --proposal absent
: >empty.proposal
refuses 'an empty file' 'empty.proposal: the proposal is ' --proposal empty.proposal
refuses 'a text' 'run.txt: the proposal is of a version that this site does not read' --proposal run.txt
head -c 100 "$first" >cut.proposal
refuses 'a file cut short' 'cut.proposal: the proposal is cut short' --proposal cut.proposal
{ cat "$first"; echo; } >long.proposal
refuses 'bytes behind it' 'long.proposal: the proposal is followed by bytes' --proposal long.proposal
refuses 'another seed' 'why.recent: .* cores at 2025-.*, but the trace has .*; it does not fit generated fleet' --proposal "$last" --days 2 --workloads 60 --seed 8
refuses 'a shorter fleet' 'made_at: 2025-.*, but decisions are made from 2025-' --proposal "$last" --days 1 --workloads 60 --seed 7
refuses 'fewer workloads' 'workload: unknown: workload [0-9]*: the trace has workloads 0 to 0' --proposal "$last" --days 2 --workloads 1 --seed 7
refuses 'fewer hosts' 'host: unknown: host [0-9]*: the fleet has hosts 0 to 2' --proposal "$last" --days 2 --workloads 60 --seed 7 --hosts 3
refuses 'another number of sites' 'site: site [0-9]*, but host [0-9]* stands in site 0' --proposal "$last" --days 2 --workloads 60 --seed 7 --sites 1
refuses 'another limit' 'why.limit: 6.4[0-9]* cores, but a host' --proposal "$last" --days 2 --workloads 60 --seed 7 --limit 0.5
refuses 'an unknown policy before it' '--moves-before: unknown: "magic"' --proposal "$last" --seed 7 --moves-before magic
refuses 'a budget that is not used' '--moves-per-hour: only with --moves-before' --proposal "$last" --seed 7 --moves-per-hour 1
refuses 'moves of no fleet' '--moves-before: of which fleet' --proposal "$last" --moves-before foreshift
refuses 'moves before nothing' '--moves-before: only for --proposal' --moves-before foreshift
for option in policy=none report=out.html save-proposals=out.d judged-within=1h ping-pong-within=1h; do
  refuses "--${option%=*} of one proposal" "--${option%=*}: not with --proposal" --proposal "$last" --${option%=*} ${option#*=}
done
refuses 'a proposal without a name' '--proposal: empty' --proposal ''
refuses 'a folder without a name' '--save-proposals: empty' --save-proposals ''
refuses 'nobody who proposes' '--save-proposals: only the policy foreshift makes proposals' --policy none --save-proposals other
: >file
refuses 'a folder that is a file' 'file: no folder, and none can be made' --save-proposals file
refuses 'a folder below a file' 'file/deep: no folder, and none can be made' --save-proposals file/deep
refuses 'a folder that takes no files' '/proc/self: no file in it can be written' --save-proposals /proc/self

"$program" replay --help >help.txt
for option in save-proposals proposal moves-before; do
  grep -q -e "--$option" help.txt || fail "--help does not name --$option"
done

conclude
