#!/bin/sh
# `foreshift record` from the outside, as far as no server is needed: what it refuses and how.
# sh record_test.sh PROGRAM SOURCE_DIR
. "$2/tests/tools/claims.sh"
subcommand=record
outputs="-o out.csv"

# Nobody listens on port 1.
at='--prometheus http://127.0.0.1:1'
printf '[cpu]\nquery = x\nhost = {instance}\n' >good.map

refuses 'no server' '--prometheus: missing' --map good.map
refuses 'a server without a scheme' '--prometheus: not a URL' --prometheus localhost:9090 --map good.map
refuses 'a password in the URL' '--prometheus: a URL with a user in it' --prometheus http://me:hunter2@127.0.0.1:1 --map good.map
# shellcheck disable=SC2086
{
  refuses 'no map' '--map: missing: name a file, or node_exporter, cadvisor, docker, swarm or deployments' $at
  refuses 'a missing map' 'absent.map: cannot be read: No such file' $at --map absent.map
  printf '[cpu]\nquery = x\nnode = {a}\n' >key.map
  refuses 'an unknown key' 'key.map:3: node: no such key' $at --map key.map
  refuses 'a bad step' '--step: not a duration: "5x"' $at --map good.map --step 5x
  refuses 'a bad time between scrapes' '--scrape: not a duration: "often"' $at --map good.map --scrape often
  for time in yesterday now+1h now- now-7 2026-13-01 2026-03-02T00:00:00+0200 2026-03-02T00:00:00+24:00 2026-03-02T00:00:00Z+02:00 1e9; do
    refuses "a begin of $time" "--from: not a time: \"$time\"" $at --map good.map --from $time
    refuses "an end of $time" "--to: not a time: \"$time\"" $at --map good.map --to $time
  done
  refuses 'the future' '--to: in the future' $at --map good.map --to 2199-01-01
  refuses 'a time before 1970' '--from: before 1970' $at --map good.map --from 1969-12-31T23:59:59Z
  refuses 'an end before the begin' '--to: there is no whole step of 5 m since --from' $at --map good.map --from now-1h --to now-2h
  refuses 'more steps than anybody has' '--from: [0-9]* steps since then: at most 1000000' $at --map good.map --from 2000-01-01 --step 1s
  refuses 'a size that is no number' '--size: not from' $at --map good.map --size nan
  refuses 'a header without a colon' '--header: no colon in it' $at --map good.map --header X-Scope
  refuses 'a header that ends a line' 'the value of the header X-A ends a line' $at --map good.map --header 'X-A: 1
Y: 2'
  refuses 'a password without a user' 'a password without a user' $at --map good.map --password-file good.map
  refuses 'a missing token' 'absent.token: cannot be read' $at --map good.map --bearer-token-file absent.token
  : >empty.token
  refuses 'an empty token' 'empty.token: empty' $at --map good.map --bearer-token-file empty.token
  refuses 'TLS files of a plain server' '--ca, --cert and --key are for https' $at --map good.map --ca good.map
  refuses 'an authority that cannot be read' 'absent.pem' --prometheus https://127.0.0.1:1 --map good.map --ca absent.pem
  refuses 'a server that is not there' 'good.map:1: \[cpu\]: GET /api/v1/query_range: http://127.0.0.1:1: Connection refused$' $at --map good.map
  refuses 'an empty value' '--map: empty' $at --map ''
}
code=0
# shellcheck disable=SC2086
"$program" record $at --map good.map -o nowhere/out.csv >out.txt 2>err.txt || code=$?
[ "$code" -eq 2 ] && grep -q 'nowhere/out.csv: cannot be written' err.txt || fail "an output that cannot be written"

printf 'hunter 2\n' >secret
# shellcheck disable=SC2086
"$program" record $at --map good.map --bearer-token-file secret >out.txt 2>err.txt && fail "a token with a blank"
grep -q hunter err.txt && fail "an error repeats a secret"

"$program" record --help >help.txt || fail "record --help"
for option in prometheus from to map scrape step size bearer-token-file user password-file ca cert key header output; do
  grep -q -e "--$option" help.txt || fail "--help does not name --$option"
done

conclude
