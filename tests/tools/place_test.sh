#!/bin/sh
# `foreshift place` from the outside: what it refuses and how, and that what it writes is what it says.
# sh place_test.sh PROGRAM SOURCE_DIR
. "$2/tests/tools/claims.sh"
subcommand=place
outputs="-o out.new --explain out.csv"

# Two hosts with 10 of one resource, safe up to 5; four workloads of four services, all on the first host.
cat >model.txt <<'END'
1
0 10
2
0 0 10 5 0 1
0 1 10 5 1 0
4
0 0
0 0
0 0
0 1 2
4
0 3 1
1 3 1
2 2 1
3 2 1
0
1 1 1
END
echo "0 0 0 0" >start.txt

refuses 'no model' 'which fleet' -i start.txt
refuses 'no start' 'where does it run now' -p model.txt
refuses 'a missing model' 'absent.txt: cannot be read: No such file' -p absent.txt -i start.txt
refuses 'a time of 0' 'not from 0.01' -p model.txt -i start.txt -t 0
refuses 'no evaluations' 'not from 1 to' -p model.txt -i start.txt --evaluations 0
refuses 'a time and evaluations' 'excludes' -p model.txt -i start.txt -t 1 --evaluations 5
: >empty.txt
refuses 'an empty model' 'empty.txt:1: the file ends where the number of resources' -p empty.txt -i start.txt
sed '4s/10/ten/' model.txt >word.txt
refuses 'a word' 'word.txt:4: a capacity: not a whole number: "ten"' -p word.txt -i start.txt
sed '4s/10/-1/' model.txt >negative.txt
refuses 'a negative capacity' 'negative.txt:4: a capacity: not from 0 to' -p negative.txt -i start.txt
sed '10s/2/4/' model.txt >stranger.txt
refuses 'an unknown service' 'stranger.txt:10: a service depended on: not from 0 to 3: "4"' -p stranger.txt -i start.txt
sed '$d' model.txt >short.txt
refuses 'a model cut short' 'short.txt:17: the file ends where the weight of moved workloads' -p short.txt -i start.txt
(cat model.txt; echo 7) >long.txt
refuses 'a model with more in it' 'long.txt:18: more than expected: "7"' -p long.txt -i start.txt
echo "99999999999999999999" >huge.txt
refuses 'a count beyond all numbers' 'huge.txt:1: the number of resources: not a whole number' -p huge.txt -i start.txt
echo "9999999" >forged.txt
refuses 'a count beyond the file' 'forged.txt:1: the number of resources: not from' -p forged.txt -i start.txt
printf '0\n2\n' >none.txt
refuses 'no resources' 'none.txt:1: the number of resources: not from 1 to' -p none.txt -i start.txt
printf '1\n0 1\n1\n0 0 10 5 0\n0\n1\n0 3 1\n0\n1 1 1\n' >orphans.txt
refuses 'workloads without services' 'orphans.txt:6: there are workloads, and no service' -p orphans.txt -i start.txt
large=1099511627776
printf '1\n0 1\n1\n0 0 %s 5 0\n1\n0 0\n1\n0 3 1\n1\n0 0 %s\n0\n1 1 1\n' $large $large >balance.txt
refuses 'a balance that costs nothing and overflows' 'balance.txt: the amounts are so large' -p balance.txt -i start.txt
printf '1\n0 1\n2\n0 0 10 5 0 %s\n0 0 10 5 1 0\n0\n0\n0\n1 1 %s\n' $large $large >far.txt
refuses 'a way that nobody goes and overflows' 'far.txt: the amounts are so large' -p far.txt -i start.txt
# 300 hosts, each a location and neighbourhood of its own, and half a million services that want two locations.
awk 'BEGIN { print 1; print 0, 1; print 300; for (h = 0; h < 300; ++h) { printf "%d %d 9 9", h, h
    for (i = 0; i < 300; ++i) printf " 1"; print "" }
  print 500000; for (s = 0; s < 500000; ++s) print "2 0"; print 0; print 0; print "1 1 1" }' >wide.txt
: >nobody.txt
refuses 'a map of 1.2 GB' 'wide.txt: .*500000 with a spread or a dependency in 600 locations' -p wide.txt -i nobody.txt
rm wide.txt
echo "0 0 0" >few.txt
refuses 'a start cut short' 'few.txt:2: the file ends where a workload.s host' -p model.txt -i few.txt
echo "0 0 2 0" >beyond.txt
refuses 'a start on an unknown host' 'beyond.txt:1: a workload.s host: not from 0 to 1: "2"' -p model.txt -i beyond.txt
sed '12s/3/4/' model.txt >heavy.txt
refuses 'a start that breaks a rule' 'the start breaks a rule: host 0 has not enough of resource 0' -p heavy.txt -i start.txt
outputs=
refuses 'a result that cannot be written' 'no/new.txt: cannot be written' -p model.txt -i start.txt -o no/new.txt
refuses 'both to standard output' 'not to standard output too' -p model.txt -i start.txt -o - --explain -
refuses 'no output' 'where is the new assignment to go' -p model.txt -i start.txt

"$program" place -p model.txt -i start.txt -o new.txt --explain moves.csv --evaluations 20000 -s 3 >said.txt 2>err.txt ||
  fail "a good fleet is refused: $(cat err.txt)"
[ ! -s err.txt ] || fail "a good fleet is remarked upon: $(cat err.txt)"
# The best is one workload of 3 and one of 2 on each host: two moves, one of each service, no load above 5.
grep -q '^total  *50  *5$' said.txt || fail "not the least cost: $(cat said.txt)"
grep -q '^moved  *2 workloads' said.txt || fail "not two moves"
grep -q '^bound  *0; gap' said.txt || fail "no bound"
[ "$(wc -w <new.txt)" -eq 4 ] || fail "not a host for each workload: $(cat new.txt)"
[ "$(wc -l <moves.csv)" -eq 3 ] || fail "not a row for each move: $(cat moves.csv)"
cp new.txt first.txt
"$program" place -p model.txt -i start.txt -o - --evaluations 20000 -s 3 >piped.txt 2>report.txt || fail "- is refused"
cmp -s new.txt piped.txt || fail "- is not the assignment alone: $(cat piped.txt)"
cmp -s said.txt report.txt || fail "beside -, the report is not on standard error: $(cat report.txt)"
[ ! -e - ] || fail "a file is called -"
sed '10s/.*/0 6 2 2 2 2 2 2/' model.txt >often.txt
"$program" place -p often.txt -i start.txt -o often.new --evaluations 20000 -s 3 >often.out || fail "a repeated dependency is refused"
cmp -s new.txt often.new || fail "a dependency named six times is not as if it was named once"
"$program" place -p model.txt -i start.txt -o new.txt --evaluations 20000 -s 3 >again.txt
cmp -s new.txt first.txt || fail "the same seed and evaluations give another assignment"
cmp -s said.txt again.txt || fail "the same seed and evaluations say something else"
"$program" place -p model.txt -i new.txt -o back.txt --evaluations 20000 >/dev/null || fail "what it wrote is refused"
"$program" place -p model.txt -i start.txt -o new.txt -t 0.2 --threads 2 >timed.txt || fail "a time is refused"
grep -q '^total  *50  *5$' timed.txt || fail "two searches by the clock find less: $(cat timed.txt)"
conclude
