# Sourced by the *_test.sh beside it, with their arguments: PROGRAM SOURCE_DIR. Goes to an empty folder and defines
#   fail WHAT...                           notes that a claim does not hold
#   refuses CLAIM PATTERN ARGUMENTS...     `$program $subcommand ARGUMENTS $outputs` has to refuse
#   conclude                               says what held; exit code 1 if anything did not
# The test sets `subcommand`, and `outputs` to options that would write out.<something>.
set -eu

case $1 in
  /*) program=$1 ;;
  *) program=$(pwd)/$1 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failures=0
outputs=

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# Exit code 2, nothing on standard output, one line on standard error that matches the pattern, and no file left.
refuses() {
  claim=$1
  pattern=$2
  shift 2
  code=0
  # shellcheck disable=SC2086  # $outputs is several words
  "$program" "$subcommand" "$@" $outputs >out.txt 2>err.txt </dev/null || code=$?
  [ "$code" -eq 2 ] || fail "$claim: exit code $code"
  [ ! -s out.txt ] || fail "$claim: wrote to standard output"
  [ "$(wc -l <err.txt)" -eq 1 ] || fail "$claim: not one line: $(cat err.txt)"
  grep -q -e "$pattern" err.txt || fail "$claim: no \"$pattern\" in: $(cat err.txt)"
  for left in out.*; do
    [ "$left" = out.txt ] || fail "$claim: left $left behind"
  done
  rm -f out.*
}

conclude() {
  [ "$failures" -eq 0 ] || { echo "$subcommand: $failures failures"; exit 1; }
  echo "$subcommand: all claims hold"
}
