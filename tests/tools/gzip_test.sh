#!/bin/sh
# Series and traces packed by gzip give what the plain files give; a file that is damaged is refused.
# sh gzip_test.sh PROGRAM SOURCE_DIR
command -v gzip >/dev/null || { echo "skipped: no gzip here"; exit 0; }
. "$2/tests/tools/claims.sh"
outputs="--output out.csv"

awk 'BEGIN { for (s = 1; s <= 3; ++s) { printf "s%d", s
  for (t = 0; t < 200; ++t) printf ",%.1f", 30 + 10 * s + 8 * (t % 24 < 12) + (t * 7 * s) % 5
  print "" } }' >wide.csv
gzip -nk wide.csv
{ head -1 wide.csv | gzip -n; tail -2 wide.csv | gzip -n; head -c 100 /dev/zero; } >members.csv.gz
forecast="--layout wide --season 24 --horizon 12"
# shellcheck disable=SC2086  # several words
for packed in wide.csv.gz members.csv.gz; do
  "$program" forecast $forecast --input wide.csv --output plain.csv
  "$program" forecast $forecast --input $packed --output packed.csv || fail "forecast of $packed"
  cmp -s plain.csv packed.csv || fail "forecast of $packed gives something else"
done
# shellcheck disable=SC2086
"$program" forecast $forecast --input - --output packed.csv <wide.csv.gz || fail "forecast of a packed stream"
cmp -s plain.csv packed.csv || fail "forecast of a packed stream gives something else"

awk 'BEGIN { for (t = 0; t < 300; ++t) printf "%d,%d\n", 1772409600 + 300 * t, t % 7 }' >rows.csv
gzip -nk rows.csv
"$program" detect --input rows.csv >plain.csv
"$program" detect --input rows.csv.gz >packed.csv || fail "detect of a packed file"
cmp -s plain.csv packed.csv || fail "detect of a packed file gives something else"

subcommand=forecast
head -c 100 wide.csv.gz >short.csv.gz
{ head -c 60 wide.csv.gz; printf 'XXXX'; tail -c +65 wide.csv.gz; } >bad.csv.gz
{ cat wide.csv.gz; echo "s4,1,2"; } >rest.csv.gz
printf '\037\213' >tiny.csv.gz
# shellcheck disable=SC2086
{
  refuses 'a file cut off' 'short.csv.gz: is cut off' $forecast --input short.csv.gz
  refuses 'a damaged file' 'bad.csv.gz: is a damaged gzip file' $forecast --input bad.csv.gz
  refuses 'text behind the packed' 'rest.csv.gz: is a damaged gzip file' $forecast --input rest.csv.gz
  refuses 'two bytes' 'tiny.csv.gz: is cut off' $forecast --input tiny.csv.gz
}
subcommand=gzip
conclude
