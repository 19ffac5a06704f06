#!/bin/sh
# `foreshift inventory` and `foreshift move` from the outside, as far as no cluster is needed: what they refuse and how.
# sh move_test.sh PROGRAM SOURCE_DIR
. "$2/tests/tools/claims.sh"

# Nobody listens on port 1, and no socket has this name.
printf 'clusters:\n- name: c\n  cluster: {server: "http://127.0.0.1:1"}\nusers:\n- name: u\n  user: {token: hunter2}\ncontexts:\n- name: x\n  context: {cluster: c, user: u}\ncurrent-context: x\n' >config
sed 's/token: hunter2/exec: {command: aws}/' config >exec.config
sed 's/{token: hunter2}/{}/' config >open.config
unset KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT
for subcommand in inventory move; do
  what=
  [ "$subcommand" = inventory ] || what='--workload web --to node-2'
  # shellcheck disable=SC2086
  {
    refuses 'no orchestrator' '--orchestrator is required' $what
    refuses 'an unknown orchestrator' '--orchestrator: neither swarm nor kubernetes: "nomad"' $what --orchestrator nomad
    refuses 'a server that is no URL' '--server: not a URL' $what --orchestrator swarm --server manager:2376
    refuses 'a socket that is not there' 'swarm: GET [^ ]*: absent.sock: No such file or directory$' $what --orchestrator swarm --server unix://absent.sock
    refuses 'a manager that is not there' 'swarm: GET [^ ]*: http://127.0.0.1:1: Connection refused$' $what --orchestrator swarm --server http://127.0.0.1:1
    refuses 'no kubeconfig outside of a pod' '--kubeconfig: missing: say which file; not in a pod' $what --orchestrator kubernetes
    refuses 'a missing kubeconfig' 'absent.config: cannot be read: No such file' $what --orchestrator kubernetes --kubeconfig absent.config
    refuses 'an unknown context' 'config:.*"y"' $what --orchestrator kubernetes --kubeconfig config --context y
    refuses 'a program that fetches credentials' 'exec.config:.*exec' $what --orchestrator kubernetes --kubeconfig exec.config
    refuses 'a server beside a kubeconfig' '--server: only with swarm' $what --orchestrator kubernetes --kubeconfig config --server http://127.0.0.1:1
    refuses 'a token that anybody could read' 'config:6: token: a token is not sent without TLS' $what --orchestrator kubernetes --kubeconfig config
    refuses 'an API server that is not there' 'GET [^ ]*: http://127.0.0.1:1: Connection refused$' $what --orchestrator kubernetes --kubeconfig open.config
    refuses 'an empty value' '--context: empty' $what --orchestrator kubernetes --context ''
  }
  code=0
  # shellcheck disable=SC2086
  "$program" "$subcommand" $what --orchestrator kubernetes --kubeconfig config >out.txt 2>err.txt || code=$?
  if grep -q hunter2 out.txt err.txt; then fail "an error repeats a secret"; fi
  "$program" "$subcommand" --help >help.txt || fail "$subcommand --help"
  for option in orchestrator server ca cert key kubeconfig context namespace; do
    grep -q -e "--$option" help.txt || fail "$subcommand --help does not name --$option"
  done
done
for option in workload to within observe dry-run undo; do
  grep -q -e "--$option" help.txt || fail "move --help does not name --$option"
done
at='--orchestrator swarm --server unix://absent.sock'
# shellcheck disable=SC2086
{
  refuses 'no workload' '--workload is required' $at --to node-2
  refuses 'no node' '--to is required' $at --workload web
  refuses 'a bad time' '--within: not a duration: "soon"' $at --workload web --to node-2 --within soon
  refuses 'a bad watch' '--observe: not a duration: "1"' $at --workload web --to node-2 --observe 1
}

conclude
