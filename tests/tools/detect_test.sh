#!/bin/sh
# `foreshift detect` from the outside: what it refuses and how, that it streams, and that it never looks ahead.
# sh detect_test.sh PROGRAM SOURCE_DIR
. "$2/tests/tools/claims.sh"
subcommand=detect

# 3,000 rows at 5 minutes, a daily triangle without chance, a fall to nothing at row 2,000.
awk 'BEGIN {
  print "timestamp,value"
  for (t = 0; t < 3000; ++t) {
    phase = t % 288
    x = 20 + (phase < 144 ? phase : 288 - phase) / 4 + (t * 7919) % 11 / 5
    if (t >= 2000 && t < 2030) x = 0
    printf "%d,%.3f\n", 1772409600 + 300 * t, x
  }
}' >in.csv

bad() {
  printf '%b' "$3" >bad.csv
  refuses "$1" "$2" --input bad.csv --output out.csv --json out.json
}

refuses "no input" "which series"
refuses "a file that is not there" "nowhere.csv: cannot be read" --input nowhere.csv --output out.csv
refuses "a folder as a file" "cannot be read" --input . --output out.csv
refuses "a folder and a file" "not both" --input in.csv --input-dir . --output-dir scored
refuses "a folder without one for the results" "output-dir" --input-dir .
refuses "the same folder twice" "overwritten" --input-dir . --output-dir .
refuses "a threshold above 1" "threshold" --input in.csv --threshold 1.5
refuses "a threshold that is no number" "threshold" --input in.csv --threshold nan
refuses "two things on standard output" "standard output is taken" --input in.csv --json -
refuses "a result that cannot be written" "no/out.csv: cannot be written" --input in.csv --output no/out.csv
bad "an empty file" "bad.csv: no rows" ''
bad "a header alone" "bad.csv: no rows" 'timestamp,value\n'
bad "one field" "bad.csv:2: 2 fields are wanted" 'timestamp,value\n5\n'
bad "three fields" "bad.csv:1: 2 fields are wanted" 'a,1,2\n'
bad "no time" "bad.csv:3: timestamp: not a time: \"noon\"" 'timestamp,value\n2026-03-02,1\nnoon,2\n'
bad "no number" "bad.csv:2: value: not a number: \"lots\"" '2026-03-02,1\n2026-03-03,lots\n'
bad "an open quote" "bad.csv:1" '"2026-03-02,1\n'

"$program" detect --input in.csv --output out.csv --json out.json || fail "a good file is refused"
[ "$(head -n 1 out.csv)" = "timestamp,value,anomaly_score,alert" ] || fail "header: $(head -n 1 out.csv)"
[ "$(wc -l <out.csv)" -eq 3001 ] || fail "not a row for each row"
cut -d, -f1,2 out.csv | cmp -s - in.csv || fail "stamps and values are not as they came"
awk -F, 'NR > 1 && ($3 < 0 || $3 > 1 || ($4 != 0 && $4 != 1)) { exit 1 }' out.csv || fail "a score outside 0 to 1"
awk -F, 'NR >= 2002 && NR <= 2006 && $4 == 1 { found = 1 } END { exit !found }' out.csv || fail "the fall is not found"
[ "$(awk -F, '$4 == 1' out.csv | wc -l)" -le 3 ] || fail "more alerts than there is reason for"
grep -q '"measure"' out.json && grep -q '"expected"' out.json && grep -q '"since"' out.json || fail "no cause in the JSON"

# No look-ahead: whatever comes after, what was written stays.
for rows in 2 150 1999 2005 2500; do
  head -n "$rows" in.csv | "$program" detect --input - >cut.csv || fail "the first $rows lines are refused"
  head -n "$rows" out.csv | cmp -s - cut.csv || fail "the first $rows lines are scored otherwise alone"
done
"$program" detect --input - <in.csv | cmp -s - out.csv || fail "standard input is scored otherwise"

# A stream: a row comes back before the next one is sent.
mkfifo to from
"$program" detect --input - <to >from 2>/dev/null &
exec 3>to 4<from
read -r answer <&4
for row in 2026-03-02T00:00:00Z,1 2026-03-02T00:05:00Z,2; do
  echo "$row" >&3
  read -r answer <&4
  [ "$answer" = "$row,0,0" ] || fail "streamed $row and got $answer"
done
exec 3>&- 4<&-
wait

# A higher threshold changes alerts and no score.
"$program" detect --input in.csv --threshold 1 >strict.csv
cut -d, -f1-3 strict.csv >a && cut -d, -f1-3 out.csv | cmp -s - a || fail "the threshold changes scores"
[ "$(awk -F, '$4 == 1' strict.csv | wc -l)" -eq 0 ] || fail "alerts below the threshold"

# Gaps, duplicates, missing values, time going backwards, CR LF, a byte order mark, blank lines: scored and said.
printf '\357\273\277timestamp,value\r\n' >odd.csv
awk 'BEGIN { for (t = 0; t < 200; ++t) printf "%d,%d\r\n", 1772409600 + 300 * t, t % 7 }' >>odd.csv
printf '1772469300,3\r\n1772469000,4\r\n1772469600,\r\n1772469900,NaN\r\n\r\n1772480000,1e308\r\n' >>odd.csv
"$program" detect --input odd.csv --output odd.out 2>err.txt || fail "odd rows are refused: $(cat err.txt)"
[ "$(wc -l <odd.out)" -eq 206 ] || fail "odd rows: $(wc -l <odd.out) lines"
for said in "2 without a value" "1 with the stamp" "1 earlier than" "after a gap"; do
  grep -q "$said" err.txt || fail "no \"$said\" in: $(cat err.txt)"
done
awk -F, '$2 == "" || $2 == "NaN" { ++n; if ($3 <= 0 || $3 >= 0.3 || $4 != 0) bad = 1 } END { exit bad || n != 2 }' odd.out ||
  fail "two missing values are an alert, or nothing"
grep -q '^1772469000,4,0,0$' odd.out || fail "a late row is not scored 0"
{ cat in.csv; awk 'BEGIN { for (t = 3000; t < 3020; ++t) printf "%d,\n", 1772409600 + 300 * t }'; } >silent.csv
"$program" detect --input silent.csv --output silent.out --json silent.json 2>/dev/null || fail "silence is refused"
[ "$(awk -F, '$2 == "" && $4 == 1' silent.out | wc -l)" -eq 1 ] || fail "twenty missing values are not one alert"
grep -q '"measure": "missing data"' silent.json || fail "no word of missing data in the JSON"

# A folder: the same results under the same names.
mkdir -p many/sub
cp in.csv many/a.csv
cp odd.csv many/sub/b.csv
echo no table >many/readme.txt
"$program" detect --input-dir many --output-dir scored --json - >many.json 2>/dev/null || fail "a folder is refused"
cmp -s scored/a.csv out.csv || fail "a file in a folder is scored otherwise"
cmp -s scored/sub/b.csv odd.out || fail "a file below a folder is scored otherwise"
[ ! -e scored/readme.txt ] || fail "scored what is no .csv"
[ "$(grep -c '"source"' many.json)" -eq 2 ] || fail "not two files in the JSON"

"$program" detect --help | grep -q 'anomaly_score' || fail "--help says too little"

conclude
