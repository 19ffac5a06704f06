#!/bin/sh
# The same seeds give the same hashes, whoever compiles them and how: -O0 and -O3, of each compiler there is.
# sh hashes_test.sh SOURCE_DIR WORK_DIR COMPILER...
set -eu
source=$1
work=$2/hashes
shift 2
mkdir -p "$work"
first=
count=0
for compiler in "$@"; do
  launcher=$(command -v ccache || true)
  command -v "$compiler" >/dev/null 2>&1 || { echo "skipped: no $compiler"; continue; }
  for level in -O0 -O3; do
    name=$work/$(basename "$compiler")$level
    (cd "$work" && $launcher "$compiler" -std=c++20 $level -I"$source/include" -c "$source/tests/build/hashes/hashes.cpp" -o "$name.o" &&
      "$compiler" "$name.o" -o "$name")
    "$name" >"$name.txt"
    [ "$(wc -l <"$name.txt")" -eq 20 ] || { echo "FAILED: $compiler $level printed no 20 hashes"; exit 1; }
    [ "$(cut -c4- "$name.txt" | sort -u | wc -l)" -eq 20 ] || { echo "FAILED: two seeds have one hash"; exit 1; }
    [ -n "$first" ] || first=$name.txt
    cmp "$first" "$name.txt" || { echo "FAILED: $compiler $level gives other hashes"; exit 1; }
    count=$((count + 1))
  done
done
[ "$count" -ge 2 ] || { echo "FAILED: nothing to compare"; exit 1; }
echo "$count builds give the same hashes of 20 seeds"
