#!/bin/sh
# Two sites as processes, each beside a real swarm: a peak of demand that comes every minute is seen ahead, put to the
# vote, and answered by a move to the other site's swarm before it comes: sh two_swarms.sh run sh smc_test.sh PROGRAM
# Demand is told by lines: what the containers burn in a test is not what a fleet burns.
set -eu
program=$1
D=$FORESHIFT_SWARMS
engine() { # MANAGER ARGUMENTS...
  manager=$1
  shift
  docker -H "unix://$D/$manager/sock" "$@"
}
work=$(mktemp -d)
cd "$work"
running=
stop_all() {
  for pid in $running; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap stop_all EXIT
fail() {
  echo "FAILED: $*"
  tail -n 25 ./*.txt ./*.err
  exit 1
}
eventually() { # SECONDS CLAIM COMMAND...
  tries=$(($1 * 10))
  claim=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "$claim"
    sleep 0.1
  done
}

for name in web shop; do
  port=8080
  [ $name = web ] || port=8081
  engine 1 service create -d --name $name --no-resolve-image --network host --constraint node.hostname==node1 \
    --health-cmd "wget -q -O /dev/null http://127.0.0.1:$port/cgi-bin/work" --health-interval 200ms --health-timeout 5s \
    --health-retries 3 --stop-grace-period 200ms --update-monitor 200ms --env 'NODE={{.Node.Hostname}}' \
    foreshift-test:1 /bin/sh -c "exec httpd -f -p $port -h /site" >/dev/null
done
both_up() { [ "$(engine 1 service ls --format '{{.Replicas}}' | grep -c '^1/1$')" = 2 ]; }
eventually 60 'the services come up' both_up
# Where a service runs, in either swarm.
node_of() {
  for manager in 1 3; do
    engine $manager service ps --filter desired-state=running --format '{{.Node}} {{.CurrentState}}' "$1" 2>/dev/null | sed -n 's/ Running.*//p'
  done
}

port=$((20000 + $$ % 20000))
cat >fleet.yaml <<END
step: 2s
season: 60s
horizon: 12
moves_per_hour: 3
orchestrator: swarm
sites:
- {name: north, address: '127.0.0.1:$port', cluster: {server: 'unix://$D/1/sock'}}
- {name: south, address: '127.0.0.1:$((port + 1))', cluster: {server: 'unix://$D/3/sock'}}
hosts:
- {name: node1, site: north, cpu: 2}
- {name: node3, site: south, cpu: 2}
- {name: node4, site: south, cpu: 2}
workloads:
- {name: web, host: node1, criticality: 2}
- {name: shop, host: node1}
END

# Seconds 40 to 50 of every minute are the peak of web: together with shop 2.1 cores where 1.6 are the limit.
samples() { # FROM TO
  awk -v from="$1" -v to="$2" 'BEGIN {
    for (t = from; t < to; ++t) {
      s = t % 60
      web = 0.3 + 0.02 * (t * 7 % 5) + (s >= 40 && s < 50 ? 1.0 : s >= 34 && s < 40 ? 0.15 * (s - 34) : 0)
      printf "{\"time\":%d,\"workload\":\"web\",\"metric\":\"cpu\",\"value\":%.3f}\n{\"time\":%d,\"workload\":\"shop\",\"metric\":\"cpu\",\"value\":%.3f}\n", t, web, t, 0.8 + 0.01 * (t % 3)
    }
  }'
}
printf '#!/bin/sh\necho "$@" >>switched.txt\n' >switch.sh
chmod 755 switch.sh
# Begins just after a peak, so that there is most of a minute to the next one.
until [ $(($(date +%s) % 60)) -eq 52 ]; do sleep 0.2; done
start=$(date +%s)
samples $((start - 1200)) "$start" >before.jsonl
begin() {
  name=$1
  shift
  "$program" smc --fleet fleet.yaml --site "$name" --data "data-$name" --serve 127.0.0.1:0 --switch-traffic ./switch.sh "$@" >>"$name.txt" 2>"$name.err" &
  last=$!
  running="$running $last"
}
mkfifo north.lines south.lines
begin north --lines north.lines --recorded before.jsonl && north=$last
begin south --lines south.lines --recorded before.jsonl
(
  t=$start
  while [ "$t" -lt $((start + 150)) ]; do
    samples "$t" $((t + 1)) >now.jsonl
    for site in north south; do cat now.jsonl >$site.lines; done
    t=$((t + 1))
    while [ "$(date +%s)" -lt "$t" ]; do sleep 0.1; done
  done
) &
running="$running $!"

moved() { # each runs once, and not both at home
  [ "$(node_of web) $(node_of shop)" != 'node1 node1' ] && [ "$(node_of web | wc -l)" = 1 ] && [ "$(node_of shop | wc -l)" = 1 ]
}
eventually 100 'no migration settles' grep -q 'migration  *north/.*: settled' south.txt
took=$(($(date +%s) - start))
eventually 10 'nothing is moved' moved
for claim in 'risk  *node1: over its limit' 'proposal  *north/.*from node1 to node' 'verdict  *north/.*: approved by' 'authority  *[a-z]*: held by south'; do
  grep -q "$claim" north.txt || fail "north does not say: $claim"
done
grep -q 'vote  *north/.*: yes' south.txt || fail 'south has not voted'
grep -q '^web north node1 south node[34]$\|^shop north node1 south node[34]$' switched.txt || fail "traffic was switched otherwise: $(cat switched.txt)"
echo '-- north' && grep -v '  site\|  peer\|  telemetry' north.txt
echo '-- south' && grep -v '  site\|  peer\|  telemetry' south.txt
echo "moved $took s after the start; the peak comes after 48 s"
[ $took -lt 48 ] || fail 'the move came after the peak'

# A crash after the move: the site knows where everything stands, and does nothing again. From now on it asks the daemon
# of its node what the containers use.
kill -9 "$north"
web=$(node_of web)
shop=$(node_of shop)
mv north.txt north.before.txt
begin north --node "unix://$D/1/sock" && north=$last
status() { curl -s "$(sed -n 's/.*\(http:[^ ;]*\/status\).*/\1/p' north.txt)"; }
knows() {
  for pair in "web $web" "shop $shop"; do
    set -- $pair
    status | tr -d '\n' | grep -q "\"name\":\"$2\"[^}]*\"$1\"" || return 1
  done
}
measured() { status | grep -q '"name":"node1","site":"north",[^{]*"demand":[0-9]'; }
if command -v curl >/dev/null; then
  eventually 30 'after a crash the site does not know where the workloads run' knows
  eventually 60 'the daemon of the node tells nothing' measured
  "$program" status "$(sed -n 's/.*\(http:[^ ;]*\)\/status.*/\1/p' north.txt)" >status.txt || fail 'status'
  cat status.txt
fi
[ "$(node_of web) $(node_of shop)" = "$web $shop" ] || fail 'after a crash something was moved again'
kill "$north"
wait "$north" || fail 'a site that was told to stop does not end well'
echo 'two sites beside two real swarms: all claims hold'
