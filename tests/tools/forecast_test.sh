#!/bin/sh
# `foreshift forecast` from the outside: what it refuses and how, what it writes, and that it repeats itself.
# sh forecast_test.sh PROGRAM SOURCE_DIR
# shellcheck disable=SC2086  # $wide and $small are several words
. "$2/tests/tools/claims.sh"
subcommand=forecast
outputs="--output out.csv --json out.json"

# 3 series of 200 hours, without chance, and the 12 hours after them; $1: first hour, $2: last hour + 1.
make_rows() {
  awk -v from="$1" -v to="$2" 'BEGIN {
    for (s = 1; s <= 3; ++s) {
      printf "s%d", s
      for (t = from; t < to; ++t) printf ",%.1f", 30 + 10 * s + 8 * (t % 24 < 12) + (t * 7 * s) % 5
      printf "\n"
    }
  }'
}
make_rows 0 200 >wide.csv
make_rows 200 212 >wide-test.csv
for f in wide wide-test; do
  { awk -F, 'NR == 1 { printf "id"; for (i = 1; i < NF; ++i) printf ",V%d", i; print "" }' $f.csv; cat $f.csv; } >m4${f#wide}.csv
  # Hours since 2026-03-02 as seconds since 1970, the series interleaved.
  awk -F, -v from="$([ $f = wide ] && echo 0 || echo 200)" '{ n = NF; for (i = 2; i <= NF; ++i) v[NR, i] = $i; name[NR] = $1 }
    END { print "series,timestamp,value"
          for (i = 2; i <= n; ++i) for (r = 1; r <= NR; ++r) printf "%s,%d,%s\n", name[r], 1772409600 + 3600 * (from + i - 2), v[r, i] }' \
    $f.csv >long${f#wide}.csv
done
small='--season 24 --horizon 12'

wide='--layout wide --input'

# What is no table of series.
refuses 'a missing file' 'absent.csv: cannot be read: No such file' $wide absent.csv
refuses 'a directory' 'cannot be read: Is a directory' $wide .
: >empty.csv
for layout in m4 wide long; do
  refuses "an empty file, $layout" 'empty.csv: no series in it' --layout $layout --input empty.csv
done
head -1 m4.csv >header.csv
refuses 'a header alone' 'header.csv: no series in it' --layout m4 --input header.csv
echo 'series,timestamp,value' >header.csv
refuses 'a header alone, long' 'header.csv: no series in it' --layout long --input header.csv
refuses 'm4 read as wide' 'm4.csv:1: value 1: not a finite number: "V1"' $wide m4.csv
refuses 'wide read as m4' 'wide.csv:1: a header line is wanted' --layout m4 --input wide.csv
refuses 'long read as wide' 'long.csv:1: value 1: not a finite number: "timestamp"' $wide long.csv
refuses 'wide read as long' 'wide.csv:1: 3 fields are wanted' --layout long --input wide.csv
sed '2s/,[^,]*,/,abc,/' wide.csv >word.csv
refuses 'a value that is no number' 'word.csv:2: value 1: not a finite number: "abc"' $wide word.csv
for value in inf -inf nan 1e999; do
  sed "3s/,[^,]*,/,$value,/" wide.csv >bad.csv
  refuses "a value of $value" "bad.csv:3: value 1: not a finite number: \"$value\"" $wide bad.csv
  sed "5s/,[^,]*\$/,$value/" long.csv >bad.csv
  refuses "a value of $value, long" "bad.csv:5: value: not a finite number: \"$value\"" --layout long --input bad.csv
done
sed '3s/$/,1/' m4.csv >longer.csv
refuses 'a row longer than the header' 'longer.csv:3: 202 cells under a header of 201' --layout m4 --input longer.csv
{ cat wide.csv; head -1 wide.csv; } >twice.csv
refuses 'a series twice' 'twice.csv:4: name: "s1" stands on line 1 already' $wide twice.csv
sed '2s/^s2//' wide.csv >nameless.csv
refuses 'a series without a name' 'nameless.csv:2: name: empty' $wide nameless.csv
{ cat wide.csv; echo lonely; } >lonely.csv
refuses 'a name alone' 'lonely.csv:4: a name without values: "lonely"' $wide lonely.csv
{ cat wide.csv; printf 'z,1,\0,3\n'; } >zero.csv
refuses 'a zero byte' 'zero.csv:4: field 3: a zero byte' $wide zero.csv
{ cat wide.csv; awk 'BEGIN { printf "x"; for (i = 0; i < 1700000; ++i) printf ",123456789"; print "" }'; } >huge.csv
refuses 'a very long line' 'huge.csv:4: .*more than 16777216 bytes' $wide huge.csv
sed '2s/^/"/' wide.csv >quote.csv
refuses 'a quote that is never closed' 'quote.csv:2: field 1: a quoted field is never closed' $wide quote.csv
sed '4s/,[0-9]*,/,noon,/' long.csv >time.csv
refuses 'a bad timestamp' 'time.csv:4: timestamp: not a time: "noon"' --layout long --input time.csv
{ cat long.csv; echo 's1,2199-01-01,5'; } >century.csv
refuses 'a century of steps' 'century.csv:2: series "s1" goes from 2026-03-02T00:00:00Z to 2199' --layout long --input century.csv --step 1s
printf 'a,1900-01-01,1\na,2170-01-01,2\n' >ages.csv
refuses 'a step of ages' 'ages.csv: its most common step is 98616 d, more than a year' --layout long --input ages.csv
echo 'a,2200-01-01,3' >>ages.csv
refuses 'three centuries' 'ages.csv:1: series "a" goes from 1900.* too far for steps of 366 d' --layout long --input ages.csv --step 366d
refuses 'years for hours' 'wide.csv: series "s1" in steps of 366 d would be forecast beyond' $wide wide.csv --step 366d --start 2100-01-01
head -4 long.csv >instant.csv
refuses 'samples that tell no step' 'instant.csv: no series has two samples' --layout long --input instant.csv

# What cannot be asked for.
refuses 'no input' '--input: which series' --layout m4
refuses 'no layout' '--layout: how is it written' --input wide.csv
refuses 'an unknown layout' '--layout: not m4, wide or long: "tall"' --layout tall --input wide.csv
refuses 'an unknown model' '--model: unknown: "magic": there is auto, auto-thorough, arima' $wide wide.csv --model magic
refuses 'an unknown option' '--frobnicate' $wide wide.csv --frobnicate
refuses 'a horizon of nothing' '--horizon' $wide wide.csv --horizon 0
refuses 'a negative horizon' '--horizon' $wide wide.csv --horizon -3
for season in 0 -24 x 24,x 1.5 '24,' 999999999999999999999; do
  refuses "a season of \"$season\"" '--season: not a number of steps from 1' $wide wide.csv "--season=$season"
done
refuses 'a longer season that is no multiple' '--season: 100 is no multiple of 24' $wide wide.csv --season 24,100
refuses 'three seasons' '--season: more than two seasons' $wide wide.csv --season 24,168,336
for level in 0 100 -5 150 high 80,,95 nan; do
  refuses "a level of \"$level\"" '--level: not a percentage between 0 and 100' $wide wide.csv "--level=$level"
done
refuses 'a level twice' '--level: "80.0" is there twice' $wide wide.csv --level 80,80.0
refuses 'a limit that is no number' '--limit: not a finite number: "inf"' $wide wide.csv --limit inf
refuses 'bounds that are none' '--upper: below --lower: "3"' $wide wide.csv --lower 4 --upper 3
refuses 'a bad step' '--step: not a duration: "5x"' $wide wide.csv --step 5x
refuses 'a bad start' '--start: not a time: "noon"' $wide wide.csv --start noon
refuses 'a start of samples' '--start: samples have their own times' --layout long --input long.csv --start 2026-03-02
refuses 'a calendar without a start' '--calendar: its events need the time' $wide wide.csv --calendar absent.csv
refuses 'a missing calendar' 'absent.csv: cannot be read' $wide wide.csv --start 2026-03-02 --calendar absent.csv
printf 'start,end,kind,label\n2026-03-04,2026-03-03,campaign,x\n' >backwards.csv
refuses 'an event that ends before it begins' 'backwards.csv:2: end:' $wide wide.csv --start 2026-03-02 --calendar backwards.csv
for seed in -4 18446744073709551616; do
  refuses "a seed of $seed" "--seed: not from 0 to 18446744073709551615: \"$seed\"" $wide wide.csv --seed $seed
done
refuses 'a lead of no events' '--event-lead: of which events' $wide wide.csv --event-lead 2
refuses 'a lag of no events' '--event-lag: of which events' $wide wide.csv --event-lag 2
refuses 'a lead of days' '--event-lead: not from 0 to 48: "49"' $wide wide.csv --event-lead 49
for option in calendar evaluate limit lower step; do
  refuses "--$option of nothing" "--$option: empty" $wide wide.csv --$option ''
done
refuses 'too many threads' '--threads' $wide wide.csv --threads 100000
refuses 'a missing test' 'absent.csv: cannot be read' $wide wide.csv --evaluate absent.csv
refuses 'a test that is no table' 'word.csv:2: value 1' $wide wide.csv --evaluate word.csv
sed 's/^s/other/' wide-test.csv >others.csv
refuses 'a test of other series' 'others.csv: none of its series goes on where one of wide.csv ends' $wide wide.csv --evaluate others.csv
refuses 'a test of other times' 'long.csv: none of its series goes on where' --layout long --input long.csv --evaluate long.csv
refuses 'standard input twice' '--evaluate: standard input is taken' $wide - --evaluate -

code=0
"$program" forecast $wide wide.csv --output nowhere/out.csv >out.txt 2>err.txt || code=$?
[ "$code" -eq 2 ] && grep -q 'nowhere/out.csv: cannot be written' err.txt || fail "an output that cannot be written"
code=0
"$program" forecast $wide wide.csv --output - --json - >out.txt 2>err.txt || code=$?
[ "$code" -eq 2 ] && [ ! -s out.txt ] && grep -q 'standard output is taken' err.txt || fail "standard output twice"
code=0
"$program" forecast $wide wide.csv $small --output - --evaluate wide-test.csv >out.txt 2>err.txt || code=$?
[ "$code" -eq 2 ] && [ ! -s out.txt ] || fail "scores and forecasts both on standard output"
if [ -c /dev/full ]; then
  code=0
  "$program" forecast $wide wide.csv $small >/dev/full 2>err.txt || code=$?
  [ "$code" -eq 2 ] && grep -q 'stdout: cannot be written' err.txt || fail "a full device: exit code $code"
  code=0
  "$program" forecast $wide wide.csv $small --output /dev/full 2>err.txt || code=$?
  [ "$code" -eq 2 ] && [ -c /dev/full ] && grep -q 'cannot be written' err.txt || fail "a full device as --output"
fi

# The three layouts say the same, and nothing is on standard error when there is nothing to say.
for layout in m4 wide long; do
  "$program" forecast --layout $layout --input $layout.csv $small >$layout.out 2>err.txt || fail "layout $layout"
  [ ! -s err.txt ] || fail "layout $layout writes to standard error: $(cat err.txt)"
done
cmp -s m4.out wide.out || fail "m4 and wide differ"
cmp -s m4.out long.out || fail "m4 and long differ"
[ "$(head -1 m4.out)" = 'series,step,mean,lo80,hi80,lo95,hi95' ] || fail "the header is $(head -1 m4.out)"
[ "$(wc -l <m4.out)" -eq 37 ] || fail "not 12 rows for each series"
awk -F, 'NR > 1 && !($6 <= $4 && $4 <= $5 && $5 <= $7) { exit 1 }' m4.out || fail "intervals that are not nested"

# Quotes, carriage returns, a byte order mark, ragged ends and gaps change nothing or what they should.
{ printf '\357\273\277'; sed 's/\([^,]*\)/"\1"/g; s/$/\r/' m4.csv; } >rich.csv
"$program" forecast --layout m4 --input rich.csv $small >rich.out || fail "quotes and carriage returns"
cmp -s m4.out rich.out || fail "quotes and carriage returns change the forecast"
sed 's/$/,,,/' wide.csv >padded.csv
"$program" forecast $wide padded.csv $small | cmp -s - wide.out || fail "empty cells at the end are values"
sed '1s/,\([^,]*\),/,\1,,/; s/,,[^,]*/,/' wide.csv >gap.csv
"$program" forecast $wide gap.csv $small >gap.out 2>err.txt || fail "a gap"
[ "$(wc -l <gap.out)" -eq 37 ] && [ ! -s err.txt ] || fail "a gap keeps a series from its forecast"
sed '1s/^s1/"a ""b"", c"/' wide.csv >name.csv
"$program" forecast $wide name.csv $small | grep -q '^"a ""b"", c",12,' || fail "a name with quotes and commas"
"$program" forecast $wide - $small --output - <wide.csv | cmp -s - wide.out || fail "standard input and output"

# Samples out of order, repeated and missing are put right, and it is said how many.
{ sed -n '1p;8,9999p' long.csv; sed -n '2,7p' long.csv; sed -n '5p' long.csv; } | grep -v ',1772496000,' >unruly.csv
"$program" forecast --layout long --input unruly.csv $small >unruly.out 2>err.txt || fail "unruly samples"
grep -q 'unruly.csv: 3 of 3 series are not as regular as they seem, step 1 h: 7 samples out of order, 1 replaced.*, 3 steps without' err.txt ||
  fail "unruly samples: $(cat err.txt)"
[ "$(wc -l <unruly.out)" -eq 37 ] || fail "unruly samples lose a series"

# One series that cannot be forecast does not keep the others.
{ cat wide.csv; echo 'brief,1,2,3'; echo 'void,,,'; } >mixed.csv
code=0
"$program" forecast $wide mixed.csv $small --json mixed.json --output mixed.out >out.txt 2>err.txt || code=$?
[ "$code" -eq 0 ] || fail "one bad series: exit code $code"
cmp -s mixed.out wide.out || fail "one bad series changes the others"
grep -q 'series "brief", 3 values: .*give it more history' err.txt || fail "the short series: $(cat err.txt)"
grep -q 'series "void", 0 values: the series holds no finite observation' err.txt || fail "the empty series: $(cat err.txt)"
[ "$(wc -l <err.txt)" -eq 2 ] || fail "one bad series: more than its line"
grep -q '"error": "the series holds no finite' mixed.json || fail "the JSON does not say what failed"
tail -2 mixed.csv >hopeless.csv
code=0
"$program" forecast $wide hopeless.csv $small --output hopeless.out 2>err.txt || code=$?
[ "$code" -eq 1 ] && [ ! -e hopeless.out ] || fail "only bad series: exit code $code"
sed 's/,[^,]*/,7/g' wide.csv >constant.csv
"$program" forecast $wide constant.csv $small >constant.out || fail "constant series"
grep -q '^s1,12,7,7,7,7,7$' constant.out || fail "a constant series goes on: $(tail -1 constant.out)"

# Bounds hold, levels are those asked for, and the limit has its probability.
"$program" forecast $wide wide.csv $small --lower 45 --upper 55 --level 99.5,50 --limit 50 >limits.out
[ "$(head -1 limits.out)" = 'series,step,mean,lo99.5,hi99.5,lo50,hi50,p_exceed' ] || fail "the header is $(head -1 limits.out)"
awk -F, 'NR > 1 { for (i = 3; i <= 7; ++i) if ($i < 45 || $i > 55) exit 1; if ($8 < 0 || $8 > 1) exit 1 }' limits.out ||
  fail "a value outside its bounds"

# It repeats itself, byte for byte, whatever the number of threads.
for threads in 1 2 0; do
  "$program" forecast $wide wide.csv $small --threads $threads --limit 60 --output t$threads.csv --json t$threads.json || fail "$threads threads"
done
cmp -s t1.csv t2.csv && cmp -s t1.json t2.json && cmp -s t1.csv t0.csv || fail "the number of threads changes the bytes"

# Every model is there under its name.
"$program" forecast --model help >models.txt || fail "--model help"
for model in auto naive seasonal-naive smoothing seasonal-median level-median seasonal-ar; do
  grep -q "^  $model  *[a-z]" models.txt || fail "no line of help for $model"
done
for model in $(sed 's/^  \([a-z-]*\) .*/\1/' models.txt); do
  "$program" forecast $wide wide.csv --season 24,24 --horizon 12 --model "$model" >model.out || fail "model $model"
  [ "$(wc -l <model.out)" -eq 37 ] || fail "model $model leaves rows out"
done

# A campaign that came twice and comes again raises its hours, whatever the model.
awk -F, '{ printf "%s", $1; for (i = 2; i <= NF; ++i) printf ",%s", $i + ((i > 50 && i <= 56) || (i > 120 && i <= 126) ? 60 : 0); print "" }' wide.csv >sale.csv
printf 'start,end,kind,label\n2026-03-04T01:00,2026-03-04T07:00,campaign,a\n2026-03-06T23:00,2026-03-07T05:00,campaign,a\n' >past.csv
{ cat past.csv; echo '2026-03-10T12:00,2026-03-10T14:00,campaign,a'; } >announced.csv
for c in past announced; do
  for model in auto ets harmonic seasonal-median; do
    "$program" forecast $wide sale.csv $small --model $model --start 2026-03-02 --calendar $c.csv >$c.$model.out || fail "calendar $c, $model"
  done
  "$program" forecast $wide sale.csv $small --model seasonal-ar --start 2026-03-02 --calendar $c.csv >$c.out || fail "calendar $c"
done
paste -d, past.out announced.out | awk -F, 'NR > 1 { rise = $10 - $3; on = $2 == 5 || $2 == 6; if (on ? rise < 20 : rise > 15) exit 1 }' ||
  fail "an announced campaign does not raise its own hours"
for model in auto ets harmonic seasonal-median; do
  if cmp -s past.$model.out announced.$model.out; then fail "an announced campaign changes nothing for $model"; fi
done

# An announced number stands in for what nobody has seen, the low end of the interval rises less than the middle, and
# by how much is said.
printf 'start,end,kind,label,effect\n2026-03-10T12:00,2026-03-10T14:00,campaign,b,+50%%\n' >number.csv
"$program" forecast $wide wide.csv $small --model seasonal-ar --start 2026-03-02 >plain.out || fail "no calendar"
"$program" forecast $wide wide.csv $small --model seasonal-ar --start 2026-03-02 --calendar number.csv \
  --output number.out --json number.json ||
  fail "an announced number"
paste -d, plain.out number.out | awk -F, 'NR > 1 { r = $10 / $3; on = $2 == 5 || $2 == 6; if (on ? r < 1.45 || r > 1.6 : r != 1) exit 1 }' ||
  fail "an announced number changes other hours, or its own by something else: $(paste -d, plain.out number.out | cut -d, -f1-3,10)"
tr -d ' \n' <number.json | grep -q '"events":\[{"kind":"campaign","label":"b","change":0.5,"low":0.3[0-9]*,"high":0.[67][0-9]*,"occurrences":0}' ||
  fail "the effect is not told: $(grep -A8 events number.json | head -9)"

# The same events out of a calendar program, where the program reads such: two of them one entry that recurs by date.
event() { printf 'BEGIN:VEVENT\r\nUID:%s\r\nSUMMARY:a\r\nCATEGORIES:campaign\r\n%sEND:VEVENT\r\n' "$1" "$2"; }
crlf=$(printf '\r\nx')
crlf=${crlf%x}
{
  printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\n'
  event 1 "DTSTART;TZID=Europe/Berlin:20260304T020000${crlf}DURATION:PT6H${crlf}RDATE:20260306T230000Z${crlf}"
  event 2 "DTSTART:20260310T120000Z${crlf}DTEND:20260310T140000Z${crlf}"
  printf 'END:VCALENDAR\r\n'
} >announced.ics
if "$program" forecast $wide sale.csv $small --model seasonal-ar --start 2026-03-02 --calendar announced.ics >ics.out 2>ics.err; then
  cmp -s announced.out ics.out || fail "an iCalendar gives another forecast than the same events as CSV"
else
  grep -q 'built without' ics.err || fail "an iCalendar is refused: $(cat ics.err)"
fi

# What begins two hours before each campaign and ends an hour after it is learned with lead and lag, and missed without.
awk -F, '{ printf "%s", $1; for (i = 2; i <= NF; ++i) printf ",%s", $i + ((i > 48 && i <= 57) || (i > 118 && i <= 127) ? 60 : 0); print "" }' wide.csv >early.csv
for lead in 0 2; do
  "$program" forecast $wide early.csv $small --model seasonal-ar --start 2026-03-02 --calendar announced.csv --event-lead $lead \
    --event-lag $((lead / 2)) >lead$lead.out || fail "a lead of $lead"
done
paste -d, lead0.out lead2.out | awk -F, 'NR > 1 { more = $10 - $3; if ($2 == 3 && more < 20) exit 1 }' ||
  fail "what begins before its campaign is not learned: $(paste -d, lead0.out lead2.out | cut -d, -f1-3,10)"

# Evaluation.
for layout in m4 wide long; do
  t=$layout-test.csv
  "$program" forecast --layout $layout --input $layout.csv $small --evaluate $t --limit 60 --json $layout.json >$layout.txt 2>err.txt || fail "evaluate $layout"
  [ ! -s err.txt ] || fail "evaluate $layout writes to standard error: $(cat err.txt)"
  grep -q "^$layout.csv against $t: 3 of 3 series, 36 values" $layout.txt || fail "evaluate $layout: $(head -1 $layout.txt)"
  for word in sMAPE MASE 'MSIS, 95 %' 'coverage of 80 %' 'coverage of 95 %' 'Brier score' 'CPU per series, ms'; do
    grep -q "^$word" $layout.txt || fail "evaluate $layout prints no $word"
  done
  grep -e '^sMAPE' -e '^M' $layout.txt >$layout.scores
done
cmp -s m4.scores wide.scores && cmp -s m4.scores long.scores || fail "the layouts score differently"
grep -q '^OWA ' m4.txt || fail "no OWA in layout m4"
if grep -q '^OWA ' wide.txt; then fail "an OWA without its denominators"; fi
for key in version seed source layout model season cycle horizon step_seconds levels limit evaluation test series steps \
  smape mase owa msis msis_level coverage brier without_scale cpu_ms min median mean max name values missing intervals \
  p_exceed scores; do
  grep -q "\"$key\":" m4.json || fail "no key $key in the JSON"
done
grep -q '"late":' long.json && grep -q '"start": "2026-03-10T08:00:00Z"' long.json || fail "the JSON of samples"
"$program" forecast $wide wide.csv $small --evaluate wide-test.csv --json - >only.json
head -c 1 only.json | grep -q '{' || fail "scores before the JSON on standard output"
"$program" forecast $wide wide.csv $small --evaluate wide-test.csv --output both.csv | grep -q '^MASE' || fail "scores beside the forecasts"
cmp -s both.csv wide.out || fail "evaluating changes the forecasts"

# A perfect forecast scores 0, and scores are those of hand: naive at 10, then 12 and 8.
awk 'BEGIN { printf "h"; for (t = 0; t < 100; ++t) printf ",%d", t % 2 ? 10 : 9; print "" }' >hand.csv
echo 'h,12,8' >hand-test.csv
"$program" forecast $wide hand.csv --season 1 --horizon 2 --model naive --evaluate hand-test.csv >hand.txt
# sMAPE: (200 * 2 / 22 + 200 * 2 / 18) / 2 = 20.202; MASE: 2 over mean |difference| 1.
grep -q '^sMAPE, % *20.202$' hand.txt && grep -q '^MASE *2.0000$' hand.txt || fail "scores by hand: $(cat hand.txt)"

# A test of other lengths and names is scored where it fits, and what does not is said.
{ cut -d, -f1-6 wide-test.csv | head -2; echo 'stranger,1,2'; } >partial.csv
"$program" forecast $wide wide.csv $small --evaluate partial.csv >partial.txt 2>err.txt || fail "a partial test"
grep -q 'wide.csv against partial.csv: 2 of 3 series, 10 values' partial.txt || fail "a partial test: $(head -1 partial.txt)"
grep -q 'partial.csv: 1 series of it not in wide.csv: not scored' err.txt || fail "a stranger in the test: $(cat err.txt)"
grep -q 'partial.csv: 2 series of it with fewer than 12 steps' err.txt || fail "a short test: $(cat err.txt)"

"$program" --help >help.txt && grep -q forecast help.txt || fail "--help"
"$program" forecast --help >help.txt || fail "forecast --help"
for option in input layout step start calendar event-lead event-lag model season horizon level lower upper limit seed threads output evaluate json; do
  grep -q -e "--$option" help.txt || fail "--help does not name --$option"
done
if awk 'length > 118' help.txt | grep -q .; then fail "--help has lines too long for a terminal"; fi

conclude
