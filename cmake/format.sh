#!/bin/sh
# Formats the C++ sources in place; with --check it changes nothing and fails where one is not formatted.
set -eu
root=$(CDPATH="" cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/setup.sh"

setup_need clang-format
cd "$root"
case ${1:-} in
  --check) set -- --dry-run -Werror ;;
  '') set -- -i ;;
  *) echo "usage: sh cmake/format.sh [--check]" >&2; exit 2 ;;
esac
find include examples tests bench -name '*.[ch]pp' -exec clang-format-14 "$@" {} +
