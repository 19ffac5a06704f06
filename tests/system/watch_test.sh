#!/bin/sh
# `foreshift watch`, and a site (`foreshift smc`), beside a real Prometheus that scrapes a real node exporter and the
# forecasts made of it. Loopback ports, data in a scratch folder.
# sh watch_test.sh PROGRAM SOURCE_DIR
for daemon in prometheus prometheus-node-exporter promtool curl; do
  command -v $daemon >/dev/null || { echo "skipped: no $daemon here"; exit 77; }
done
. "$2/tests/tools/claims.sh"
subcommand=watch

pids=
stop() {
  for pid in $pids; do kill "$pid" 2>/dev/null || true; done
  for pid in $pids; do wait "$pid" 2>/dev/null || true; done
  pids=
}
trap 'stop; rm -rf "$work"' EXIT
# start NAME COMMAND...: in the background, its output in NAME.log; sets `started`.
start() {
  name=$1
  shift
  "$@" >"$name.log" 2>&1 &
  started=$!
  pids="$pids $started"
}
# Sets `port` to one that nobody uses; the next call gives another.
port=$((20000 + $$ % 20000))
next_port() {
  port=$((port + 1))
  while grep -q -i ":$(printf %04X $port) " /proc/net/tcp; do port=$((port + 1)); done
}
# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
  until_second=$(($(date +%s) + $1))
  shift
  until "$@" >wait.out 2>&1; do
    [ "$(date +%s)" -le $until_second ] || { fail "gave up waiting for: $*: $(tail -1 wait.out)"; cat ./*.log; exit 1; }
    sleep 0.2
  done
}
# ask EXPRESSION: the values that the Prometheus answers, one a line.
ask() { promtool query instant "$server" "$1" | sed -n 's/.*=> \([^ ]*\) @.*/\1/p'; }
answers() { [ -n "$(ask "$1")" ]; }

next_port
node=127.0.0.1:$port
start node prometheus-node-exporter --web.listen-address=$node
next_port
forecasts=127.0.0.1:$port
next_port
server=http://127.0.0.1:$port
cat >live.yml <<END
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - {job_name: node, static_configs: [{targets: ['$node']}]}
  - {job_name: foreshift, static_configs: [{targets: ['$forecasts']}]}
END
start live prometheus --config.file=live.yml --storage.tsdb.path=live --web.listen-address=127.0.0.1:$port
wait_for 60 answers 'node_memory_MemTotal_bytes'

start watch "$program" watch --prometheus "$server" --map node_exporter --scrape 1s --step 2s --history 1m --horizon 10 \
  --limit cpu=0.001 --limit memory=1e15 --listen $forecasts
watcher=$started

# What it predicts comes back to the Prometheus: for each metric three leads of three levels, in order.
wait_for 60 answers 'foreshift_predicted_demand_cores'
wait_for 60 answers 'foreshift_anomaly_score_ratio{resource="memory"}'
[ "$(ask 'count(foreshift_predicted_demand_bytes{resource="memory"})')" = 9 ] || fail "not nine predictions of memory"
low='foreshift_predicted_demand_bytes{level="0.05"}'
high='foreshift_predicted_demand_bytes{level="0.95"}'
[ -z "$(ask "$low > ignoring(level) $high")" ] || fail "quantiles cross"
[ "$(ask 'foreshift_overload_probability_ratio{resource="memory",horizon="far"}')" = 0 ] || fail "memory beyond 10^15 bytes"
[ "$(ask 'foreshift_overload_probability_ratio{resource="cpu",horizon="far"}')" = 1 ] || fail "no load at all is expected"
near=$(ask 'foreshift_host_demand_bytes{resource="memory"} / on() (node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes)')
awk -v x="$near" 'BEGIN { exit !(x > 0.5 && x < 2) }' || fail "memory seen over memory used: $near"
[ "$(ask 'foreshift_source_up')" = 1 ] || fail "the source is not up"

# The page is valid in both formats.
curl -s "http://$forecasts/metrics" >page.txt
promtool check metrics <page.txt >check.txt 2>&1 || true
grep -v 'non-histogram\|no help text' check.txt | grep -q 'error' && fail "the page: $(head -3 check.txt)"
curl -s -H 'Accept: application/openmetrics-text' "http://$forecasts/metrics" | tail -1 | grep -q '^# EOF$' || fail "no end of the page"
[ "$(curl -s -o /dev/null -w '%{http_code}' "http://$forecasts/other")" = 404 ] || fail "another path"

# A site takes its history and its readings from there: this machine as a host, all that it does as one workload.
next_port
cat >fleet.yaml <<END
step: 2s
season: 60s
sites:
- {name: here, address: '127.0.0.1:$port'}
hosts:
- {name: 127.0.0.1, site: here, cpu: 64}
workloads:
- {name: all of 127.0.0.1, host: 127.0.0.1}
END
cat >map.conf <<'END'
[cpu]
query    = sum by (instance) (rate(node_cpu_seconds_total{mode!~"idle|iowait|steal|guest|guest_nice"}[$window]))
host     = {instance|host}
workload = all of {instance|host}
END
start site "$program" smc --fleet fleet.yaml --site here --data site --serve 127.0.0.1:0 --prometheus "$server" --map map.conf \
  --scrape 1s --history 1m
site_says() { "$program" status "$(sed -n 's/.*\(http:[^ ;]*\)\/status.*/\1/p' site.log)" 2>&1; }
wait_for 60 grep -q 'telemetry  *a history of 1 series has come' site.log
measured() { site_says | grep -q '^127.0.0.1  *here  *[0-9.]*[1-9][0-9.]*  *51.2  *[0-9.]* %'; }
wait_for 60 measured
site_says | sed -n 1,4p

# Both go on while the server is away, and say so; and stop cleanly when they are told to.
kill -STOP "$watcher"
kill -CONT "$watcher"
site=$started
for pid in $pids; do [ "$pid" = "$watcher" ] || [ "$pid" = "$site" ] || kill "$pid"; done
down() { curl -s "http://$forecasts/metrics" | grep -q '^foreshift_source_up 0$'; }
wait_for 60 down
grep -q 'foreshift: watch: GET /api/v1/query_range: ' watch.log || fail "nothing is said about the server: $(cat watch.log)"
wait_for 60 grep -q 'telemetry  *GET /api/v1/query_range: ' site.log
for pid in "$watcher" "$site"; do
  kill -TERM "$pid"
  code=0
  wait "$pid" || code=$?
  [ "$code" -eq 0 ] || fail "stopped by SIGTERM: exit code $code"
done
pids=

refuses 'no server' '^foreshift: watch: --prometheus: missing' --map node_exporter
refuses 'no map' '^foreshift: watch: --map: missing' --prometheus "$server"
refuses 'a limit of nothing' '^foreshift: watch: --limit: not a metric' --prometheus "$server" --map docker --limit power=3
refuses 'an address without a port' '^foreshift: watch: --listen: not an address' --prometheus "$server" --map docker --listen here
refuses 'a history too long' '^foreshift: watch: --history: ' --prometheus "$server" --map docker --history 9999d
conclude
