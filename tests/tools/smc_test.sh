#!/bin/sh
# `foreshift smc` from the outside: three sites on this machine that agree, a crash, and what it refuses and how. Nothing
# is carried out: there is no cluster. sh smc_test.sh PROGRAM SOURCE_DIR
. "$2/tests/tools/claims.sh"
subcommand=smc
command -v curl >/dev/null || { echo "skipped: no curl here"; exit 77; }

# A port that nobody has, most likely; the next ones are tried where a start fails.
port=$((20000 + $$ % 20000))
running=
stop_all() {
  for pid in $running; do kill -9 "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap stop_all EXIT

fleet() {
  cat <<END
step: 2s
season: 20s
horizon: 4
moves_per_hour: 100
sites:
- {name: north, address: '127.0.0.1:$port'}
- {name: south, address: '127.0.0.1:$((port + 1))'}
- {name: west, address: '127.0.0.1:$((port + 2))'}
hosts:
- {name: n1, site: north, cpu: 2}
- {name: n2, site: north, cpu: 2}
- {name: s1, site: south, cpu: 2}
- {name: w1, site: west, cpu: 2}
workloads:
- {name: web, host: n1, criticality: 2}
- {name: shop, host: n1}
- {name: mail, host: s1}
END
}
fleet | sed 's/^workloads:/---\n&/' >two.yaml  # lists of several documents are one
fleet >fleet.yaml

# Demand: web climbs over what n1 can bear together with shop.
samples() {
  awk -v now="$1" -v from="$2" -v to="$3" 'BEGIN {
    for (t = from; t < to; ++t) {
      web = t < -20 ? 0.4 : 0.4 + 0.05 * (t + 20)
      if (web > 1.4) web = 1.4
      printf "{\"time\":%d,\"workload\":\"web\",\"metric\":\"cpu\",\"value\":%.3f}\n", now + t, web + 0.01 * (t % 3)
      printf "{\"time\":%d,\"workload\":\"shop\",\"metric\":\"cpu\",\"value\":0.9}\n{\"time\":%d,\"workload\":\"mail\",\"metric\":\"cpu\",\"value\":0.5}\n", now + t, now + t
    }
  }'
}
begin() { # NAME [FLEET]: starts a site; its output goes to NAME.txt
  "$program" smc --fleet "${2:-fleet.yaml}" --site "$1" --data "data-$1" --serve 127.0.0.1:0 --lines "$1.lines" --recorded before.jsonl \
    >>"$1.txt" 2>"$1.err" &
  last=$!
  running="$running $last"
}
status() { # NAME: what the site says of itself
  curl -s "$(sed -n 's/.*\(http:[^ ;]*\/status\).*/\1/p' "$1.txt" | tail -n 1)"
}
eventually() { # CLAIM COMMAND...: within half a minute
  claim=$1
  shift
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -ge 300 ]; then
      fail "$claim"
      tail -n 12 ./*.txt ./*.err
      exit 1  # what follows would wait in vain as well
    fi
    sleep 0.1
  done
}

start=$(date +%s)
samples "$start" -600 0 >before.jsonl
for site in north south west; do mkfifo "$site.lines"; done
begin north && north=$last
begin south
begin west two.yaml
(
  t=0
  while [ $t -lt 100 ]; do
    samples "$start" $t $((t + 1)) >now.jsonl
    for site in north south west; do cat now.jsonl >"$site.lines"; done
    t=$((t + 1))
    while [ "$(date +%s)" -lt $((start + t)) ]; do sleep 0.1; done
  done
) &
running="$running $!"

eventually 'the sites meet' grep -q 'peer  *west: connected' north.txt
eventually 'a history is taken in' grep -q 'telemetry  *a history of 3 series has come' north.txt
eventually 'the danger is seen' grep -q 'risk  *n1: over its limit' north.txt
eventually 'a move is proposed' grep -q 'proposal  *north/.*: web from n1 to n2\|proposal  *north/.*: shop from n1 to' north.txt
eventually 'others vote' grep -q 'vote  *north/.*: yes' south.txt
eventually 'it is approved, and every site says so' grep -q 'verdict  *north/.*: approved by' west.txt
eventually 'the token passes' grep -q 'authority  *\(web\|shop\): held by' south.txt
status north >status.json
grep -q '"site":"north"' status.json || fail "no status: $(cat status.json)"
grep -q '"name":"west","connected":true' status.json || fail 'the status knows no peers'
curl -s "$(sed -n 's/.*\(http:[^ ;]*\)\/status.*/\1/p' north.txt | tail -n 1)/metrics" | grep -q '^foreshift_risk\|^foreshift_host' || fail 'no metrics'

# A crash: what was agreed is known again.
applied=$(status south | sed 's/.*"applied":\([0-9]*\).*/\1/')
kill -9 "$north"
eventually 'a lost peer is told' grep -q 'peer  *north: the connection is lost' south.txt
: >north.txt
begin north && north=$last
caught_up() { [ "$(status north | sed 's/.*"applied":\([0-9]*\).*/\1/')" -ge "$applied" ]; }
eventually 'a site that has crashed catches up' caught_up
code=0
"$program" smc --fleet fleet.yaml --site north --data data-north --serve 127.0.0.1:0 --lines north.lines --listen 127.0.0.1:0 \
  >out.txt 2>err.txt || code=$?
{ [ "$code" -eq 2 ] && grep -q 'another process has this log open' err.txt; } || fail "two processes on one log: $code $(cat err.txt)"
kill "$north"
code=0
wait "$north" || code=$?
[ "$code" -eq 0 ] || fail "stopped by a signal: exit code $code"
grep -q 'site  *north is stopped' north.txt || fail 'a site that is stopped does not say so'

# Another fleet file.
sed 's/criticality: 2/criticality: 3/' fleet.yaml >other.yaml
refuses 'a log that was begun with another fleet' '--fleet: the log in data-north was begun with another file' \
  --fleet other.yaml --site north --data data-north --lines north.lines
rm -rf data-north
begin north other.yaml
eventually 'a site with another file is told of' grep -q 'alarm  *north runs with another fleet file' south.txt

# What is refused.
expect() { # CLAIM PATTERN SED-SCRIPT: an edit of the fleet file that is refused
  sed "$3" fleet.yaml >bad.yaml
  refuses "$1" "$2" --fleet bad.yaml --site north --data data-bad --lines north.lines
}
expect 'a site of no host' 'bad.yaml:10: site: there is no site "nord"' '10s/north/nord/'
expect 'a workload nowhere' 'bad.yaml:15: host: there is no host "n9"' '15s/n1/n9/'
expect 'a slip' 'bad.yaml:15: "criticallity": not known here; there is name, host' '15s/criticality/criticallity/'
expect 'a name twice' 'bad.yaml:16: name: "web" stands here twice' '16s/shop/web/'
expect 'no port' 'bad.yaml:6: address: not a name or an address and a port' '6s/:[0-9]*.}/'"'"'}/'
expect 'no time' 'bad.yaml:1: step: not a duration: "soon"' '1s/2s/soon/'
expect 'a field twice' 'bad.yaml:10: "cpu": stands here twice' '10s/cpu: 2/cpu: 2, cpu: 3/'
expect 'a rule in two documents' 'bad.yaml:15: step: stands here twice' '14s/^/---\nstep: 3s\n/'
expect 'no YAML' 'bad.yaml:[0-9]*: not YAML' '1s/2s/[2s/'
expect 'no capacity' 'bad.yaml:10: cpu: missing' '10s/, cpu: 2//'
expect 'an unknown orchestrator' 'bad.yaml:1: orchestrator: neither swarm' '1s/^/orchestrator: nomad\n/'
refuses 'no such site' '--site: there is no site "east" in fleet.yaml' --fleet fleet.yaml --site east --data d --lines north.lines
refuses 'no telemetry' '--prometheus: missing' --fleet fleet.yaml --site north --data d
refuses 'two telemetries' '--prometheus: one of --prometheus, --node and --lines' --fleet fleet.yaml --site north --data d --lines - --prometheus http://127.0.0.1:1 --map docker
refuses 'no calendar' 'absent.csv: cannot be read' --fleet fleet.yaml --site north --data d --lines - --calendar absent.csv
refuses 'no file' 'absent.yaml: cannot be read' --fleet absent.yaml --site north --data d --lines -
[ ! -e data-bad ] || fail 'what was refused has left a folder'

conclude
