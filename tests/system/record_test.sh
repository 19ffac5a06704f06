#!/bin/sh
# `foreshift record` and `foreshift replay --prometheus` over real servers: a Prometheus that scrapes a real node
# exporter, one with days of history made up by formula, and one behind TLS and a password. Loopback ports, data in a
# scratch folder.
# sh record_test.sh PROGRAM SOURCE_DIR
for daemon in prometheus prometheus-node-exporter promtool; do
  command -v $daemon >/dev/null || { echo "skipped: no $daemon here"; exit 77; }
done
. "$2/tests/tools/claims.sh"
subcommand=record
outputs="-o out.csv"

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

# Three days of a counter and a gauge each minute for 12 workloads on 4 hosts: cores used repeat each day, the counters
# begin at 0 again every 1000 minutes, w11 is there on the last day only.
now=$(date +%s)
end=$((now / 300 * 300 - 600))
begin=$((end - 3 * 86400))
awk -v begin=$begin -v end=$end '
  function cores(w, t) { return 0.2 + 0.1 * w + ((t - begin) % 86400 < 21600 ? 0.5 : 0) }
  BEGIN {
    print "# TYPE demo_cpu_seconds counter"
    for (w = 0; w < 12; ++w) {
      count = 0
      for (t = begin; t <= end; t += 60) {
        if (w < 11 || t > end - 86400)
          printf "demo_cpu_seconds_total{node=\"n%d\",app=\"w%d\"} %.3f %d\n", w % 4, w, count, t
        count = (t - begin) / 60 % 1000 == 999 ? 0 : count + 60 * cores(w, t)
      }
    }
    print "# TYPE demo_cores gauge"
    for (w = 0; w < 12; ++w)
      for (t = begin; t <= end; t += 60) printf "demo_cores{node=\"n%d\",app=\"w%d\"} %g %d\n", w % 4, w, cores(w, t), t
    print "# EOF"
  }' >history.txt
promtool tsdb create-blocks-from openmetrics history.txt history >promtool.log 2>&1 || fail "promtool: $(tail -1 promtool.log)"

next_port
node=127.0.0.1:$port
start node prometheus-node-exporter --web.listen-address=$node
next_port
live=http://127.0.0.1:$port
cat >live.yml <<END
scrape_configs:
  - job_name: node
    scrape_interval: 1s
    static_configs: [{targets: ['$node']}]
END
start live prometheus --config.file=live.yml --storage.tsdb.path=live --web.listen-address=127.0.0.1:$port
echo '{}' >empty.yml
next_port
past=http://127.0.0.1:$port
start past prometheus --config.file=empty.yml --storage.tsdb.path=history --storage.tsdb.retention.time=100y \
  --web.listen-address=127.0.0.1:$port --web.route-prefix=/metrics/here

# The history, by counter and by gauge. Every value is known.
cat >counter.map <<'END'
[cpu]
query    = demo_cpu_seconds_total
kind     = counter
workload = {app}
host     = {node}
END
cat >gauge.map <<'END'
[cpu]
query    = demo_cores
workload = {app}
[memory]
query    = demo_cores * 1024
workload = {app}
END
range="--from $begin --to $end"
# shellcheck disable=SC2086
{
  wait_for 60 "$program" record --prometheus $past/metrics/here $range --map counter.map -o counter.csv
  "$program" record --prometheus $past/metrics/here/ $range --map gauge.map -o gauge.csv >told.txt || fail "the gauge"
}
grep -q '^gauge.csv: 12 workloads, 864 steps of 5 m from ' told.txt || fail "what record tells: $(cat told.txt)"
[ "$(grep -c ',cpu,' gauge.csv)" -eq 12 ] && [ "$(grep -c ',memory,' gauge.csv)" -eq 12 ] || fail "rows of the gauge"
# A gauge's value of a step is that at its end, so it is one step early at the edges of a day's shape. A counter's is the
# mean within; of the step in which it begins anew, what came before that is lost.
awk -F, '
  function cores(w, t) { return 0.2 + 0.1 * w + (t % 288 < 72 ? 0.5 : 0) }
  NR > 1 {
    w = substr($1, 2) + 0
    for (t = 0; t < 864; ++t) {
      got = $(t + 3)
      if (w == 11 && t < 576) { if (got != "") bad = "w11 was not there yet at step " t; continue }
      if (w == 11 && t == 576) continue
      restarted = int((t * 5 + 5) / 1000) != int(t * 5 / 1000)
      want = 100 * cores(w, t)
      if (got == "" || got > want + 0.01 || got < want * !restarted - 0.01) bad = w " at step " t ": " got " for " want
    }
    rows++
  }
  END { if (rows != 12 || bad != "") { print rows " rows; " bad; exit 1 } }' counter.csv >bad.txt || fail "the counter: $(cat bad.txt)"
awk -F, '
  function cores(w, t) { return 0.2 + 0.1 * w + (t % 288 < 72 ? 0.5 : 0) }
  NR > 1 && $2 == "cpu" {
    for (t = 0; t < 863; ++t) {
      want = 100 * cores(substr($1, 2) + 0, t + 1)
      if ($(t + 3) == "" || $(t + 3) - want > 0.01 || want - $(t + 3) > 0.01) bad = $1 " at step " t ": " $(t + 3) " for " want
    }
  }
  END { if (bad != "") { print bad; exit 1 } }' gauge.csv >bad.txt || fail "the gauge: $(cat bad.txt)"

# More points than the server answers at once, and all kinds of times.
# shellcheck disable=SC2086
"$program" record --prometheus $past/metrics/here $range --step 15s --map gauge.map -o fine.csv >told.txt || fail "17,280 steps"
grep -q '17280 steps of 15 s' told.txt || fail "17,280 steps: $(cat told.txt)"
for time in "$(date -u -d @$begin +%Y-%m-%dT%H:%M:%SZ)" "$(date -u -d @$((begin + 7200)) +%Y-%m-%dT%H:%M:%S)+02:00" ${begin}000; do
  "$program" record --prometheus $past/metrics/here --from "$time" --to $end --map gauge.map -o time.csv >told.txt || fail "the time $time"
  cmp -s time.csv gauge.csv || fail "the time $time gives another trace"
done

# The replay of the server is the replay of what was recorded of it.
"$program" replay --trace gauge.csv --start "$(date -u -d @$begin +%Y-%m-%dT%H:%M)" --policy none,reactive --capacity 4 --json file.json >out.txt || fail "the replay of the trace"
# shellcheck disable=SC2086
"$program" replay --prometheus $past/metrics/here $range --map gauge.map --policy none,reactive --capacity 4 --json server.json >out.txt || fail "the replay of the server"
sed 's/"source": .*/"source": "",/' file.json >a.json
sed 's/"source": .*/"source": "",/' server.json >b.json
cmp -s a.json b.json || fail "the replay of the server is another: $(diff a.json b.json | head -3)"
grep -q "\"source\": \"$past/metrics/here\"" server.json || fail "the replay does not name the server"

# What the server and the map say is wrong, in their words.
printf '[cpu]\nquery = sum(\nhost = {a}\n' >bad.map
refuses 'a query that is none' 'bad.map:1: \[cpu\]: GET /metrics/here/api/v1/query_range: status 400: bad_data: ' --prometheus $past/metrics/here --map bad.map
refuses 'a path that is not the API' 'GET /api/v1/query_range: status 404: no such path' --prometheus $past --map gauge.map
printf '[cpu]\nquery = demo_cores\nhost = {rack}\n' >rack.map
# shellcheck disable=SC2086
refuses 'a label that is not there' 'rack.map: no cpu of anybody: the labels that the map names are missing, as in demo_cores{' --prometheus $past/metrics/here $range --map rack.map
for preset in node_exporter cadvisor docker; do
  refuses "the preset $preset over other metrics" "$preset: no cpu of anybody: is it being scraped" --prometheus $past/metrics/here --map $preset
done
printf '[cpu]\nquery = demo_cores * 10\nworkload = {app}\n' >large.map
# shellcheck disable=SC2086
refuses 'workloads that are too large' 'large.map:1: "w11" uses up to 18 cores, .*say --size 2 or more' --prometheus $past/metrics/here $range --map large.map

# The real exporter, scraped for real. The last seconds have to hold cpu and memory of one host.
recent() {
  "$program" record --prometheus $live --from now-6s --step 1s --scrape 1s --map node_exporter -o node.csv &&
    awk -F, '$2 == "cpu" && $3 != "" && $8 != "" { cpu = 1 } $2 == "memory" && $3 > 1e6 { memory = 1 } END { exit !(cpu && memory) }' node.csv
}
wait_for 90 recent
awk -F, -v cores="$(getconf _NPROCESSORS_ONLN)" '
  $2 == "cpu" { for (t = 3; t <= NF; ++t) if ($t != "" && ($t < 0 || $t > 110 * cores)) exit 1 }' node.csv || fail "cpu of this host: $(cat node.csv)"
grep -q '^127.0.0.1,network,' node.csv || fail "no network of this host"

# Behind TLS, a client certificate and a password. The password is "open sesame".
if command -v openssl >/dev/null; then
  for who in authority server client; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$who" -keyout $who.key -out $who.pem \
      -addext "subjectAltName=IP:127.0.0.1" >openssl.log 2>&1 || fail "openssl: $(tail -1 openssl.log)"
  done
  cat >web.yml <<'END'
tls_server_config: {cert_file: server.pem, key_file: server.key, client_auth_type: RequireAndVerifyClientCert, client_ca_file: client.pem}
basic_auth_users: {ali: '$2b$04$v6NYTVBMWjTUxahYN4R9a.JiHcNI/VJaT9qSdcY5U2kMbecho7gaq'}
END
  next_port
  safe=https://127.0.0.1:$port
  start safe prometheus --config.file=empty.yml --storage.tsdb.path=safe --web.config.file=web.yml --web.listen-address=127.0.0.1:$port
  printf '[cpu]\nquery = label_replace(vector(1), "a", "x", "", "")\nhost = {a}\n' >one.map
  echo 'open sesame' >password
  echo 'closed' >wrong
  tls="--ca server.pem --cert client.pem --key client.key"
  ask="--prometheus $safe --from now-1h --map one.map"
  # shellcheck disable=SC2086
  {
    wait_for 60 "$program" record $ask $tls --user ali --password-file password -o safe.csv
    grep -q '^x,cpu,100,' safe.csv || fail "an answer over TLS: $(head -c 100 safe.csv)"
    refuses 'a wrong password' 'status 401: not let in' $ask $tls --user ali --password-file wrong
    refuses 'no password' 'status 401: not let in' $ask $tls
    refuses 'no client certificate' "$safe: " $ask --ca server.pem --user ali --password-file password
    refuses 'another authority' 'no trusted authority has signed' $ask --ca authority.pem --cert client.pem --key client.key
  }
else
  echo "skipped: TLS: no openssl here"
fi

# A server that is stopped is not there any more.
stop
refuses 'a server that has gone' "$live: Connection refused" --prometheus $live --map node_exporter

conclude
