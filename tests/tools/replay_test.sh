#!/bin/sh
# `foreshift replay` from the outside: what it refuses and how, what it writes, and that it repeats itself.
# sh replay_test.sh PROGRAM SOURCE_DIR
. "$2/tests/tools/claims.sh"
subcommand=replay
outputs="--json out.json --report out.html"

# A trace of 12 workloads with 60 values each, without chance; $1 is what stands between name and values.
make_trace() {
  awk -v metric="$1" 'BEGIN {
    for (w = 0; w < 12; ++w) {
      printf "w%d%s", w, metric
      for (t = 0; t < 60; ++t) printf ",%d", 20 + (w * 7 + t * 5) % 60 + (t % 30 > 24 ? 30 : 0)
      printf "\n"
    }
  }'
}
make_trace '' >good.csv
small='--trace good.csv --capacity 1 --policy none,reactive'

refuses 'a missing file' 'absent.csv: cannot be read: No such file' --trace absent.csv
refuses 'a directory' 'cannot be read: Is a directory' --trace .
: >empty.csv
refuses 'an empty file' 'empty.csv: no workloads' --trace empty.csv
{ cat good.csv; echo 'short,1,2,3'; } >ragged.csv
refuses 'a ragged row' 'ragged.csv:13: 3 values, the first row has 60' --trace ragged.csv
sed '5s/,[0-9]*,/,abc,/' good.csv >word.csv
refuses 'a value that is no number' 'word.csv:5: v0: not a number: "abc"' --trace word.csv
sed '3s/,[0-9]*$/,-4/' good.csv >negative.csv
refuses 'a negative value' 'negative.csv:3: v59: negative: "-4"' --trace negative.csv
sed '2s/,[0-9]*$/,1000.5/' good.csv >large.csv
refuses 'more than 1000 percent' 'large.csv:2: v59: more than 1000 percent' --trace large.csv
sed '2s/,[0-9]*$/,nan/' good.csv >nan.csv
refuses 'a NaN' 'nan.csv:2: v59: not a number' --trace nan.csv
{ cat good.csv; sed -n 1p good.csv; } >twice.csv
refuses 'a workload twice' 'twice.csv:13: a second cpu row of workload "w0"' --trace twice.csv
echo 'lonely' >name.csv
refuses 'a name alone' 'name.csv:1: a name without values' --trace name.csv
{ make_trace ',cpu'; make_trace ',speed'; } >metric.csv
refuses 'an unknown metric' 'metric.csv:13: metric: not cpu, memory' --trace metric.csv
make_trace ',memory' >memory.csv
refuses 'a workload without cpu' 'memory.csv:1: workload "w0" has no cpu row' --trace memory.csv
cut -d, -f1-20 good.csv >brief.csv
refuses 'a trace within the warm-up' 'brief.csv: 19 steps are too few' --trace brief.csv

awk 'BEGIN { printf "w"; for (t = 0; t < 20000; ++t) printf ",1"; printf "\n" }' >late.csv

refuses 'an unknown option' '--frobnicate' --frobnicate
refuses 'a bad step' '--step: not a duration: "5x"' --trace good.csv --step 5x
refuses 'a step of nothing' '--step: not a duration: "0m"' --trace good.csv --step 0m
refuses 'a step too short for the sites' '--step: 3 s is too short for sites to report, vote and move: at least 1 m' --trace good.csv --step 3s
refuses 'a step that does not divide a day' '--step: 7 m does not divide a day' --trace good.csv --step 7m
refuses 'a step longer than a day' '--step: 2 d does not divide a day' --trace good.csv --step 48h
refuses 'zero sites' '--sites: not from 1 to 64: "0"' --sites 0
refuses 'more sites than can agree' '--sites: not from 1 to 64: "65": no more sites than that can agree' --sites 65
for limit in 1.01 0 -0.5 nan; do
  refuses "a limit of $limit" "--limit: not from 0.01 to 1: \"$limit\": it is a share of the capacity" --limit $limit
done
for option in size capacity start-fill move-cost moves-per-hour; do
  refuses "a $option that is no number" "--$option: not from .* to .*: \"nan\"" --$option nan
done
refuses 'more values than fit' '--workloads: 10000 over 366 days are 1054080000 values: at most 50000000' --workloads 10000 --days 366
refuses 'more hosts than fit' '--hosts: 10000 over 14400 steps are 144000000 values: at most 50000000' --hosts 10000 --days 50
refuses 'a trace that begins before the times of proposals' '--start: before 1970: "1969-12-31"' --trace good.csv --start 1969-12-31
refuses 'a trace that begins after the times of proposals' '--start: the trace would end after 2168' --trace good.csv --start 2200-12-31
refuses 'a trace that ends after the times of proposals' '--start: the trace would end after 2168' --trace late.csv --step 1d --start 2160-01-01
for seed in -4 18446744073709551616 1e3 0x10 010; do
  refuses "a seed of $seed" "--seed: not from 0 to 18446744073709551615: \"$seed\"" --seed $seed
done
for option in step=5m start=2025-03-03 size=1; do
  refuses "--${option%=*} of a generated fleet" "--${option%=*}: only for --trace: a generated fleet has" --${option%=*} ${option#*=}
done
for option in workloads=200 days=14; do
  refuses "--${option%=*} of a recorded fleet" "--${option%=*}: not with --trace: the trace says" --trace good.csv --${option%=*} ${option#*=}
done
refuses '--white-noise of a recorded fleet' '--white-noise: not with --trace' --trace good.csv --white-noise
refuses 'a trace without a name' '--trace: empty' --trace ''
refuses 'policies without a name' '--policy: empty' --policy ''
refuses 'a limit that is no number' '--limit' --limit high
refuses 'fewer hosts than sites' '--hosts: 2 hosts are fewer than 3 sites' --trace good.csv --hosts 2
refuses 'an unknown policy' '--policy: unknown: "magic"' --policy none,magic
refuses 'a bad start' '--start: not a time' --trace good.csv --start yesterday
refuses 'a fleet beyond all hosts' '--capacity: the fleet would need' --trace good.csv --capacity 0.01 --start-fill 0.01 --size 1000
refuses 'a missing calendar' 'absent.csv: cannot be read' --trace good.csv --calendar absent.csv
printf 'start,end,kind,label\n2025-03-04,2025-03-03,campaign,x\n' >backwards.csv
refuses 'an event that ends before it begins' 'backwards.csv:2: end:' --trace good.csv --calendar backwards.csv

code=0
# shellcheck disable=SC2086
"$program" replay $small --json nowhere/out.json >out.txt 2>err.txt || code=$?
[ "$code" -eq 2 ] && grep -q 'nowhere/out.json: cannot be written' err.txt || fail "an output that cannot be written"
code=0
"$program" >out.txt 2>err.txt || code=$?
[ "$code" -eq 2 ] && [ "$(wc -l <err.txt)" -eq 1 ] || fail "no subcommand: exit code $code"

# It repeats itself, byte for byte, and writes nothing but what was asked for.
for n in 1 2; do
  mkdir "run$n"
  # shellcheck disable=SC2086
  "$program" replay $small --json "run$n/r.json" --report "run$n/r.html" >"run$n/r.txt" 2>"run$n/err.txt" || fail "run $n"
  "$program" replay --days 2 --workloads 60 --seed 7 --json "run$n/g.json" --report "run$n/g.html" >"run$n/g.txt"
  [ ! -s "run$n/err.txt" ] || fail "a run that is fine writes to standard error"
  [ "$(find "run$n" -type f | wc -l)" -eq 7 ] || fail "a run leaves other files"
done
diff -r run1 run2 >diff.txt || fail "the same seed gives other bytes: $(head -3 diff.txt)"
"$program" replay --days 2 --workloads 60 --seed 8 --policy none,reactive,foreshift --json other.json >other.txt
cmp -s other.txt run1/g.txt && fail "another seed gives the same bytes"

"$program" replay --days 1 --workloads 20 --seed 18446744073709551615 --policy none >last.txt && grep -q 'seed 18446744073709551615$' last.txt ||
  fail "the last seed there is"

for key in version seed trace source start step_minutes steps workloads scenario sites hosts host_capacity limit start_fill warm_up_minutes move_cost moves_per_hour \
  judged_within_minutes ping_pong_within_minutes policies name overload_minutes avoided_share moves false_moves \
  episodes prevented_episodes lead_minutes_median destination_overload_minutes ping_pong rollbacks; do
  grep -q "\"$key\":" run1/r.json || fail "no key $key in the JSON"
done
grep -q '"name": "none"' run1/r.json && grep -q '"name": "reactive"' run1/r.json || fail "a policy is missing"
grep -q 'reactive' run1/r.txt || fail "no reactive in the table"

# The policy foreshift: whole sites propose, vote and move, and the table tells how.
grep -q '"name": "foreshift"' run1/g.json || fail "foreshift is no policy by default"
for told in 'The most telling proposal of foreshift' 'A refused proposal of foreshift' 'vote  *site [012], weight [0-9]*: yes: ' \
  'verdict  *agreed: [0-9]* of [0-9]* in favour when the vote closed, [0-9]* needed; log slot' 'migration: .*cutting over, observing' 'checked: ' \
  'verdict  *refused by the vote: [0-9]* of [0-9]* in favour when the vote closed, [0-9]* needed; log slot'; do
  grep -q "$told" run1/g.txt || fail "the table does not tell \"$told\""
done

# What the vote approved and the log refused is told as such, with the reason; what the vote refused had too few votes.
grep -o '"verdict  *[^"]*"' run1/g.html | awk '
  match($0, /[0-9]+ of [0-9]+ in favour when the vote closed, [0-9]+ needed/) {
    split(substr($0, RSTART, RLENGTH), n, " ")
    enough = n[1] + 0 >= n[10] + 0
    if (/"verdict  *(agreed:|refused all the same: [a-z])/ ? !enough : enough) { print; bad = 1 }
    seen = 1
  }
  END { exit bad || !seen }' >bad.txt || fail "a verdict that contradicts itself: $(head -1 bad.txt)"

# overload POLICY JSON: its host-minutes of overload.
overload() {
  sed -n "/\"name\": \"$1\"/,/}/s/.*\"overload_minutes\": \([0-9.]*\).*/\1/p" "$2"
}
"$program" replay --white-noise --days 2 --policy none,foreshift --json noise.json >out.txt || fail "white noise"
awk -v without="$(overload none noise.json)" -v with="$(overload foreshift noise.json)" \
  'BEGIN { exit !(without > 0 && with != "" && with + 0 <= without + 0) }' || fail "foreshift does harm where nothing can be predicted"

# Any number of sites that can agree, and any trace that is longer than the warm-up.
for sites in 1 2 4 5 7 12 64; do
  "$program" replay --trace good.csv --capacity 0.4 --sites $sites --policy foreshift >out.txt 2>err.txt || fail "$sites sites: $(cat err.txt)"
  grep -q "in $sites site" out.txt || fail "$sites sites: not in the table"
done
"$program" replay --days 1 --workloads 200 --sites 30 --policy none >out.txt && grep -q 'on 30 hosts in 30 sites' out.txt ||
  fail "more sites than the generated fleet has hosts"
cut -d, -f1-26 good.csv >least.csv
sed 's/,[0-9]*/,0/g' good.csv >zeros.csv
sed 's/,[0-9]*/,/g' good.csv >missing.csv
sed -n 1p good.csv >alone.csv
for odd in least zeros missing alone; do
  "$program" replay --trace $odd.csv --capacity 1 >out.txt 2>err.txt || fail "the trace $odd.csv: $(cat err.txt)"
done
grep -q '^<!doctype html>' run1/r.html || fail "the report is no page"
if grep -E -q '(src|href)=|https?://|@import|url\(' run1/r.html; then fail "the report needs something from outside"; fi
[ "$(wc -c <run1/r.html)" -lt 1500000 ] || fail "the report is large"

# What a trace may hold: a header, metrics beside cpu, gaps, quotes, carriage returns; standard input.
{ echo 'name,metric,v0'; make_trace ',cpu'; make_trace ',memory'; } | sed 's/,37,/,,/; s/^w3/"w3"/; s/$/\r/' >rich.csv
"$program" replay --trace rich.csv --capacity 1 --policy none >out.txt || fail "a rich trace"
"$program" replay --trace - --capacity 1 --policy none <good.csv >piped.txt || fail "a trace from standard input"
"$program" replay --trace good.csv --capacity 1 --policy none >named.txt
[ "$(tail -n +2 piped.txt)" = "$(tail -n +2 named.txt)" ] || fail "standard input gives another result"

# A name cannot break out of the page.
sed 's/^w0/<\/script><script>alert(1)<\/script>/' good.csv >hostile.csv
# shellcheck disable=SC2086
"$program" replay --trace hostile.csv --capacity 1 --policy none,reactive --report hostile.html >out.txt
[ "$(grep -c '</script>' hostile.html)" -eq 2 ] || fail "a name ends the script"

"$program" --help >help.txt && grep -q replay help.txt || fail "--help"
"$program" replay --help >help.txt || fail "replay --help"
for option in trace step start size calendar seed workloads days white-noise sites hosts capacity limit start-fill warm-up move-cost \
  moves-per-hour judged-within ping-pong-within policy json report; do
  grep -q -e "--$option" help.txt || fail "--help does not name --$option"
done
"$program" --version >out.txt && grep -q '^foreshift [0-9]' out.txt || fail "--version"

conclude
