#!/bin/sh
# `foreshift risk` from the outside: what it refuses and how, what it says, and that it does not look ahead.
# sh risk_test.sh PROGRAM SOURCE_DIR
# shellcheck disable=SC2086  # $good is several words
. "$2/tests/tools/claims.sh"
subcommand=risk
outputs="--output out.csv --json out.json"

# 480 hours: calm stays below 60, daily passes 80 every noon, leak grows by 0.1 an hour, full is always above.
awk 'BEGIN {
  n = split("calm daily leak full", names, " ")
  for (s = 1; s <= n; ++s) {
    printf "%s", names[s]
    for (t = 0; t < 480; ++t) {
      hour = t % 24; noise = (t * 7919) % 13 / 4
      if (s == 1) x = 40 + noise
      if (s == 2) x = (hour >= 11 && hour < 14 ? 85 : 40) + noise
      if (s == 3) x = 30 + t / 10 + noise / 4
      if (s == 4) x = 95 + noise
      printf ",%.3f", x
    }
    print ""
  }
}' >wide.csv
good="--layout wide --season 24 --limit 80"

refuses 'no input' 'which series' $good
refuses 'no layout' 'how is it written' --input wide.csv --limit 80
refuses 'no limit' 'limit: which value must not be exceeded' --input wide.csv --layout wide
refuses 'a limit that is no number' 'limit: not a finite number: "high"' --input wide.csv --layout wide --limit high
refuses 'an infinite limit' 'limit: not a finite number: "inf"' --input wide.csv --layout wide --limit inf
for horizon in 0 -3 100001 18446744073709551617; do
  refuses "a horizon of $horizon" "--horizon: not from 1 to 100000: \"$horizon\"" $good --input wide.csv --horizon $horizon
done
refuses 'a season of 0' 'season: not a number of steps' --layout wide --limit 80 --season 0 --input wide.csv
refuses 'a missing file' 'absent.csv: cannot be read: No such file' $good --input absent.csv
refuses 'a directory' 'cannot be read: Is a directory' $good --input .
refuses 'a layout nobody knows' 'layout: not m4, wide or long: "tall"' --layout tall --limit 80 --input wide.csv
: >empty.csv
refuses 'an empty file' 'empty.csv: no series in it' $good --input empty.csv
sed '2s/,[^,]*,/,abc,/' wide.csv >word.csv
refuses 'a value that is no number' 'word.csv:2: value 1: not a finite number: "abc"' $good --input word.csv
refuses 'a floor above the ceiling' 'upper: below --lower' $good --input wide.csv --lower 5 --upper 4
outputs=
refuses 'two things on standard output' 'standard output is taken' $good --input wide.csv --output - --json -
refuses 'a result that cannot be written' 'no/out.csv: cannot be written' $good --input wide.csv --output no/out.csv
refuses 'JSON that cannot be written' 'no/out.json: cannot be written' $good --input wide.csv --json no/out.json

"$program" risk $good --input wide.csv --horizon 12 --output out.csv --json out.json 2>err.txt || fail "a good file is refused: $(cat err.txt)"
[ ! -s err.txt ] || fail "a good file is remarked upon: $(cat err.txt)"
[ "$(head -n 1 out.csv)" = "series,p_overload,past_rate,expected_minutes,p10_minutes,p50_minutes,p90_minutes,never,base_rate,forecast,increments,analogues" ] ||
  fail "header: $(head -n 1 out.csv)"
[ "$(wc -l <out.csv)" -eq 5 ] || fail "not a row for each series"
holds() { awk -F, "\$1 == \"$2\" { seen = 1; if (!($3)) exit 1 } END { if (!seen) exit 1 }" out.csv || fail "$1: $(grep "^$2" out.csv)"; }
holds 'a calm series is in danger' calm '$2 < 0.05 && $4 == 0 && $5 == "" && $8 == 1'
holds 'the next noon is not seen coming' daily '$2 > 0.7 && $4 >= 60 && $6 >= 600 && $6 <= 720'
holds 'a series above the limit is not certain to be' full '$2 > 0.95 && $4 > 650 && $6 == 0 && $8 == 0'
holds 'a leak far from the limit is an alarm' leak '$2 < 0.35'
awk -F, 'NR > 1 { for (i = 2; i <= NF; ++i) if ($i != "" && ($i + 0 != $i || $i < 0)) exit 1; if ($2 > 1 || $8 > 1) exit 1 }' out.csv ||
  fail "a number that cannot be: $(cat out.csv)"
for word in p_overload past_rate expected_minutes time_to_limit reasons analogues seasonal_rate over_now; do
  grep -q "\"$word\"" out.json || fail "no $word in the JSON"
done

# A leak that reaches the limit within the horizon: when it does, 100 hours from here.
grep leak wide.csv >leak.csv
"$program" risk --layout wide --season 24 --limit 82 --horizon 120 --input leak.csv --output out.csv || fail "a leak is refused"
holds 'a leak is not dated' leak '$2 > 0.3 && $8 < 0.9 && $6 > 0'

# Once more, and from standard input: the same bytes. JSON alone leaves standard output to itself.
"$program" risk $good --input - <wide.csv >again.csv
"$program" risk $good --input wide.csv | cmp -s - again.csv || fail "standard input says otherwise"
"$program" risk $good --input wide.csv --json - | head -c 1 | grep -q '{' || fail "no JSON on standard output"

# The past decides: the same rows as samples say the same.
awk -F, 'BEGIN { print "series,timestamp,value" } { for (i = 2; i <= NF; ++i) printf "%s,%d,%s\n", $1, 1772409600 + 3600 * (i - 2), $i }' wide.csv >long.csv
"$program" risk --layout long --season 24 --limit 80 --input long.csv >out.csv
cmp -s out.csv again.csv || fail "as samples they say otherwise"

# Gaps are bridged; what is too short is named and the others go on; none left is exit code 1 without output.
{ sed 's/,40\.[0-9]*,/,,/g' wide.csv; echo 'short,1,2,3'; } >gaps.csv
"$program" risk $good --input gaps.csv >out.csv 2>err.txt || fail "gaps are refused: $(cat err.txt)"
grep -q 'series "short", 3 values: .*shorter --horizon' err.txt || fail "the short one is not named: $(cat err.txt)"
[ "$(wc -l <out.csv)" -eq 5 ] || fail "the others do not go on: $(cat out.csv)"
code=0
echo 'short,1,2,3' | "$program" risk $good --input - >out.csv 2>err.txt || code=$?
[ "$code" -eq 1 ] && [ ! -s out.csv ] || fail "nothing to say: exit code $code, $(cat out.csv)"

conclude
