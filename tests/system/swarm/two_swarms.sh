#!/bin/sh
# Two swarms of two hosts each, from Debian's docker.io, on one machine: four daemons, each in a network namespace of its
# own, joined by pairs of virtual Ethernet to one bridge. For tests; needs root.
#
#     sh two_swarms.sh run COMMAND...   brings them up, runs COMMAND with $FORESHIFT_SWARMS set, takes everything down
#     sh two_swarms.sh start DIR N      starts daemon N again, after a test has killed it
#
# In $FORESHIFT_SWARMS: N/sock, N/pid and N/log of the daemons 1 to 4 (1 and 3 are managers, hosts node1 to node4), flags/
# (a folder that services may mount), address (that of daemon N is followed by N), tls/ (NAME.pem and NAME.key). The image
# is foreshift-test:1: busybox, with /site for its web server. Daemon 1 also listens on port 2376, with the certificate
# server, for who shows one that ca has signed: client is such a one, late is and has expired, stranger is signed by other.
# Nothing but what is started here is ended, mounts and interfaces go as well.
set -eu

daemons="1 2 3 4"
engine() {
  engine_of=$1
  shift
  docker -H "unix://$D/$engine_of/sock" "$@"
}

make_authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -out "$1.pem" -days 2 -subj "/CN=$1"
}
# make_certificate NAME AUTHORITY DAYS EXTENSIONS
make_certificate() {
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1"
  printf '%s\n' "$4" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "$3" -extfile "$1.ext" -out "$1.pem"
}
make_certificates() {
  make_authority ca
  make_authority other
  make_certificate server ca 1 "subjectAltName=IP:${address}1
extendedKeyUsage=serverAuth"
  make_certificate client ca 1 extendedKeyUsage=clientAuth
  make_certificate late ca -1 extendedKeyUsage=clientAuth
  make_certificate stranger other 1 extendedKeyUsage=clientAuth
}

# nsenter and not `ip netns exec`, which hides the mounts of the control groups. A host name of its own for each.
start_daemon() {
  mkdir -p "$D/$1/data"
  also=
  [ "$1" != 1 ] || also="-H tcp://$(cat "$D/address")1:2376 --tlsverify --tlscacert $D/tls/ca.pem --tlscert $D/tls/server.pem --tlskey $D/tls/server.key"
  nsenter --net="/var/run/netns/$tag$1" unshare --uts sh -c "hostname node$1; exec dockerd --data-root $D/$1/data \
    --exec-root $D/$1/exec -H unix://$D/$1/sock -p $D/$1/pid $also --iptables=false --bridge=none --storage-driver=vfs" \
    >>"$D/$1/log" 2>&1 </dev/null &
  echo $! >"$D/$1/begun"
}
# One that ends by itself at its first start is not to be had here; one that is slow is a failure.
wait_daemon() {
  tries=0
  until engine "$1" version >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -gt 20 ] && ! names_us "$(cat "$D/$1/begun")"; then
      echo "${ended:-FAILED}: a daemon of Docker ends by itself here:"
      tail -5 "$D/$1/log"
      [ "${ended:-}" != skipped ] || exit 77
      exit 1
    fi
    [ $tries -lt 300 ] || { echo "FAILED: daemon $1 is not up after 30 s:"; tail -5 "$D/$1/log"; exit 1; }
    sleep 0.1
  done
}

# A bridge, and for each daemon a namespace without a default route: with one, look-ups of images would hang.
make_network() {
  ip link add "${tag}b" type bridge
  ip link set "${tag}b" up
  ip addr add "${address}254/24" dev "${tag}b"
  for n in $daemons; do
    ip netns add "$tag$n"
    ip link add "$tag${n}h" type veth peer name eth0 netns "$tag$n"
    ip link set "$tag${n}h" master "${tag}b" up
    ip -n "$tag$n" link set lo up
    ip -n "$tag$n" addr add "$address$n/24" dev eth0
    ip -n "$tag$n" link set eth0 up
  done
}

make_image() {
  mkdir -p "$D/image/bin" "$D/image/site/cgi-bin" "$D/image/tmp"
  cp "$(command -v busybox)" "$D/image/bin/busybox"
  for applet in sh cat echo head httpd kill sha256sum sleep test wget; do ln -s busybox "$D/image/bin/$applet"; done
  # Each request is work: a digest of 256 kB, and the host that made it.
  printf '%s\n' '#!/bin/sh' 'printf "Content-Type: text/plain\r\n\r\n"' \
    'echo "$NODE $(head -c 262144 /dev/zero | sha256sum)"' >"$D/image/site/cgi-bin/work"
  chmod 755 "$D/image/site/cgi-bin/work"
  tar -C "$D/image" -cf "$D/image.tar" .
}

up() {
  make_network
  mkdir "$D/tls"
  (cd "$D/tls" && make_certificates) >"$D/tls/log" 2>&1
  for n in $daemons; do start_daemon "$n"; done
  make_image
  for n in $daemons; do wait_daemon "$n"; done
  imports=
  for n in $daemons; do
    engine "$n" import "$D/image.tar" foreshift-test:1 >/dev/null &
    imports="$imports $!"
  done
  for n in 1 3; do
    engine $n swarm init --advertise-addr "$address$n" >/dev/null
    m=$((n + 1))
    engine $m swarm join --advertise-addr "$address$m" --token "$(engine $n swarm join-token -q worker)" \
      "$address$n:2377" >/dev/null
  done
  for pid in $imports; do wait "$pid"; done
}

# Whether a process is one of our daemons or their shims: its command names our folder. A number from a file may by now be that
# of any process.
names_us() { { tr '\0' ' ' <"/proc/$1/cmdline" | grep -q -e " $D/[1-4]/"; } 2>/dev/null; }
# Whether it is of the container, by its control group or its shim.
is_in_container() {
  grep -q -e "$2" "/proc/$1/cgroup" 2>/dev/null ||
    names_us "$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null)"
}
# Those of our own processes that are left.
ours() {
  for process in /proc/[0-9]*; do
    ! names_us "${process#/proc/}" || echo "${process#/proc/}"
  done
}
our_mounts() { sed 's/^[^ ]* \([^ ]*\) .*/\1/' /proc/mounts | grep -e "^$D/" -e "/netns/${tag}[1-4]$" || true; }
our_links() { ip -o link show | sed 's/^[0-9]*: \([^:@]*\).*/\1/' | grep -e "^${tag}b" -e "^${tag}[1-4]h$" || true; }
down() {
  for n in $daemons; do
    for container in "$D/$n"/exec/containerd/daemon/io.containerd.runtime.v2.task/moby/*/init.pid; do
      [ -f "$container" ] || continue
      pid=$(cat "$container")
      id=${container%/init.pid}
      ! is_in_container "$pid" "${id##*/}" || kill -9 "$pid" 2>/dev/null || true
    done
  done
  for n in $daemons; do
    [ -f "$D/$n/pid" ] || continue
    pid=$(cat "$D/$n/pid")
    ! names_us "$pid" || kill "$pid" 2>/dev/null || true
  done
  waited=0
  while [ -n "$(ours)" ] && [ $waited -lt 50 ]; do
    waited=$((waited + 1))
    sleep 0.1
  done
  for pid in $(ours); do kill -9 "$pid" 2>/dev/null || true; done
  sleep 0.2
  # The deepest first.
  our_mounts | grep "^$D/" | sort -r |
    while read -r mounted; do umount "$mounted" 2>/dev/null || umount -l "$mounted" || true; done
  for n in $daemons; do
    ip netns del "$tag$n" 2>/dev/null || true
    ip link del "$tag${n}h" 2>/dev/null || true
  done
  ip link del "${tag}b" 2>/dev/null || true
  our_mounts | grep -q "^$D/" || rm -rf "$D"
}
# Takes everything down; what is left of it afterwards is a failure.
finish() {
  status=$?
  down
  left=$(our_mounts; our_links; ours; ls -d "$D" 2>/dev/null || true)
  [ -z "$left" ] || { echo "FAILED: mounts, links, processes or folders are left:"; echo "$left"; status=1; }
  exit $status
}

# What cannot be had here, if anything.
obstacle() {
  for program in dockerd docker containerd runc busybox ip nsenter unshare openssl; do
    command -v $program >/dev/null || { echo "no $program here"; return; }
  done
  [ "$(id -u)" -eq 0 ] || { echo "no root here"; return; }
  unshare --net true 2>/dev/null || { echo "no network namespaces here"; return; }
  grep -q cgroup /proc/mounts || { echo "no control groups here"; return; }
  ip link add "${tag}b" type bridge 2>/dev/null || { echo "no bridge can be made here"; return; }
  ip link del "${tag}b"
}

what=${1:-}
case $what in
  run)
    shift
    tag=fs$$
    address=10.$((200 + $$ % 50)).$(($$ / 50 % 250)).
    why=$(obstacle)
    [ -z "$why" ] || { echo "skipped: $why"; exit 77; }
    D=$(mktemp -d /tmp/foreshift-swarms.XXXXXX)
    mkdir "$D/flags"
    echo "$tag" >"$D/tag"
    echo "$address" >"$D/address"
    trap finish EXIT
    trap 'exit 130' INT TERM HUP
    [ -z "$(our_mounts; our_links)" ] || { echo "FAILED: $tag or $D is in use"; exit 1; }
    ended=skipped
    up
    ended=
    status=0
    FORESHIFT_SWARMS=$D FORESHIFT_SWARMS_SCRIPT=$0 "$@" || status=$?
    exit $status
    ;;
  start)
    D=$2
    tag=$(cat "$D/tag")
    rm -f "$D/$3/pid"
    start_daemon "$3"
    wait_daemon "$3"
    ;;
  *)
    sed -n '2,14s/^# \{0,1\}//p' "$0"
    [ "$what" = --help ] || exit 2
    ;;
esac
