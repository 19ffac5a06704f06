#!/bin/sh
# `foreshift inventory` and `foreshift move` on a real swarm: sh two_swarms.sh run sh move_test.sh PROGRAM
set -eu
program=$1
at="--orchestrator swarm --server unix://$FORESHIFT_SWARMS/1/sock"
over_tls="--orchestrator swarm --server https://$(cat "$FORESHIFT_SWARMS/address")1:2376"
engine() { docker -H "unix://$FORESHIFT_SWARMS/1/sock" "$@"; }
fail() {
  echo "FAILED: $*"
  cat out.txt
  exit 1
}
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT

# Healthy when it serves; on a node whose name is in a file under flags it never gets so.
engine service create -d --name web --no-resolve-image --network host --constraint node.hostname==node1 \
  --mount "type=bind,src=$FORESHIFT_SWARMS/flags,dst=/flags,ro" --env 'NODE={{.Node.Hostname}}' \
  --health-cmd '[ ! -f /flags/$NODE ] && wget -q -O /dev/null http://127.0.0.1:8080/cgi-bin/work' --health-interval 200ms \
  --health-timeout 5s --health-retries 3 --stop-grace-period 200ms --update-monitor 200ms --reserve-cpu 0.1 --reserve-memory 32M \
  foreshift-test:1 /bin/sh -c 'exec httpd -f -p 8080 -h /site' >/dev/null
tries=0
until [ "$(engine service ls --format '{{.Replicas}}')" = 1/1 ]; do
  tries=$((tries + 1))
  [ $tries -lt 300 ] || fail "the service does not come up: $(engine service ps --no-trunc web)"
  sleep 0.1
done
runs_on() { engine service ps --filter desired-state=running --format '{{.Node}}' web; }

# shellcheck disable=SC2086
{
  "$program" inventory $at >out.txt || fail "inventory"
  grep -q '^node1  *ready  *[0-9.]*  *[0-9.]*  *1$' out.txt || fail "inventory: no node1 with one workload"
  grep -q '^web  *1/1  *node1  *0.1  *0.031  *yes$' out.txt || fail "inventory: no web"
  cat out.txt
  "$program" inventory $at --json - >out.txt || fail "inventory --json"
  tr -d ' \n' <out.txt | grep -q '"name":"web","replicas":1,"running":1,"on":\["node1"\]' || fail "inventory --json: no web"

  "$program" inventory $at --fleet north >out.txt || fail "inventory --fleet"
  grep -q '^- {name: "node2", site: "north", cpu: [0-9.]*, memory_gib: [0-9.]*}$' out.txt || fail "inventory --fleet: no node2"
  grep -q '^- {name: "web", host: "node1", cpu: 0.1, memory_gib: 0.031}$' out.txt || fail "inventory --fleet: no web"
  printf "sites:\n- {name: north, address: '127.0.0.1:1'}\n" | cat - out.txt >fleet.yaml
  code=0
  "$program" smc --fleet fleet.yaml --site north --data data >out.txt 2>&1 || code=$?
  { [ $code -eq 2 ] && grep -q -e '--prometheus: missing' out.txt; } || fail "smc does not take what inventory --fleet writes"
  "$program" inventory $at --json - >out.txt

  # Over TLS the same; what is wrong with a certificate is said with what to do.
  T=$FORESHIFT_SWARMS/tls
  "$program" inventory $over_tls --ca "$T/ca.pem" --cert "$T/client.pem" --key "$T/client.key" --json - >tls.txt || fail "over TLS"
  cmp -s out.txt tls.txt || fail "over TLS another inventory"
  refused() {
    claim=$1 code=0
    shift
    "$program" inventory $over_tls "$@" >out.txt 2>&1 || code=$?
    { [ $code -eq 2 ] && grep -q -e "$claim" out.txt; } || fail "not: $claim"
    cat out.txt
  }
  refused "no trusted authority has signed the server's certificate: name the file of the one that did$" \
    --ca "$T/other.pem" --cert "$T/client.pem" --key "$T/client.key"
  refused "the server wants to see a certificate of ours: give one, with its key, that it trusts$" --ca "$T/ca.pem"
  refused "our certificate $T/late.pem has expired on 20[0-9-]*: give a new one$" \
    --ca "$T/ca.pem" --cert "$T/late.pem" --key "$T/late.key"
  refused "the server does not take our certificate $T/stranger.pem .*: give one that is for clients and signed by" \
    --ca "$T/ca.pem" --cert "$T/stranger.pem" --key "$T/stranger.key"

  "$program" move $at --workload web --to node2 --dry-run >out.txt || fail "move --dry-run"
  grep -q '^web: from node1 to node2 would be moved$' out.txt || fail "move --dry-run says something else"
  [ "$(runs_on)" = node1 ] || fail "move --dry-run moves"
  "$program" move $at --workload web --to node2 >out.txt || fail "move"
  grep -q '^web runs on node2 after ' out.txt || fail "move does not say where it runs"
  [ "$(runs_on)" = node2 ] || fail "moved, and runs on $(runs_on)"
  cat out.txt

  code=0
  "$program" move $at --workload web --to node2 >out.txt || code=$?
  { [ $code -eq 1 ] && grep -q '^web is not moved: it stands there already$' out.txt; } || fail "a move to where it stands"
  code=0
  "$program" move $at --workload web --to node9 >out.txt 2>&1 || code=$?
  { [ $code -eq 2 ] && grep -q -e '--to: there is no node "node9"; there is node1, node2$' out.txt; } || fail "an unknown node"
  code=0
  "$program" move $at --workload shop --to node1 >out.txt 2>&1 || code=$?
  { [ $code -eq 2 ] && grep -q -e '--workload: there is no "shop"; there is web$' out.txt; } || fail "an unknown workload"
  code=0
  "$program" move $at --workload web --to node1 --undo >out.txt || code=$?
  { [ $code -eq 1 ] && grep -q 'no move of it is on its way$' out.txt; } || fail "nothing to put back"

  : >"$FORESHIFT_SWARMS/flags/node1"
  code=0
  "$program" move $at --workload web --to node1 --within 60s >out.txt || code=$?
  { [ $code -eq 1 ] && grep -q '^web was not moved: the copy failed: ' out.txt; } || fail "a copy that gets not healthy"
  [ "$(runs_on)" = node2 ] || fail "put back, and runs on $(runs_on)"
  cat out.txt

  # Left on its way by a process that was killed, and put back by another.
  engine service update -d --health-retries 1000 web >/dev/null
  tries=0
  until [ "$(engine service inspect --format '{{.UpdateStatus.State}}' web)" = completed ] && [ "$(runs_on)" = node2 ] &&
    [ "$(engine service ls --format '{{.Replicas}}')" = 1/1 ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || fail "the service does not come up again"
    sleep 0.1
  done
  "$program" move $at --workload web --to node1 >out.txt &
  mover=$!
  tries=0
  until grep -q copying out.txt; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || fail "no copy begins"
    sleep 0.1
  done
  kill -9 $mover
  wait $mover || true
  cp out.txt killed.txt
  "$program" move $at --workload web --to node1 --undo >out.txt || fail "move --undo, after $(cat killed.txt)"
  grep -q '^web: put back$' out.txt || fail "move --undo says something else"
  rm "$FORESHIFT_SWARMS/flags/node1"
  "$program" move $over_tls --ca "$T/ca.pem" --cert "$T/client.pem" --key "$T/client.key" --workload web --to node1 >out.txt ||
    fail "a move over TLS, after a move was put back"
  [ "$(runs_on)" = node1 ] || fail "moved in the end, and runs on $(runs_on)"
}
echo "inventory and move on a real swarm: all claims hold"
