#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# bench/ports.sh [SONDE [N [RUNS]]]: how long `sonde ports -anp` takes beside `ss -anp` and
# `netstat -anp`, with N sockets (100000) open in a network namespace of its own. Whole
# processes, output thrown away, the programs in turn, medians of RUNS (7). Prints Markdown.
set -u
here=$(cd "$(dirname "$0")" && pwd)
sonde=${1:-$here/../build-release/src/sonde} n=${2:-100000} runs=${3:-7}

[ "$(id -u)" -eq 0 ] || { echo "bench/ports.sh: needs root to make a network namespace" >&2; exit 77; }
for tool in ss netstat python3 unshare "${CC:-cc}" "$sonde"; do
	command -v "$tool" >/dev/null || { echo "bench/ports.sh: $tool is not there" >&2; exit 77; }
done
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
${CC:-cc} -O2 -std=gnu17 -D_GNU_SOURCE -o "$tmp/mksockets" "$here/mksockets.c" || exit 1

# A process namespace too: what is found and what is timed is the benchmark's own.
unshare --net --pid --fork --kill-child --mount-proc \
	python3 "$here/ports_time.py" "$tmp/mksockets" "$n" "$runs" "$sonde"
