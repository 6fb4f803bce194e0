#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# bench/watch.sh [SONDE [RUNS]]: how long `sonde watch` takes for a capture of 5 million ICMP packets (530 MB,
# in $TMPDIR or /tmp, page cache warm), beside tcpdump, and capinfos where it is; whole
# processes in turn, medians of RUNS (7). Every count is checked in every run. Prints Markdown.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=script/packages
. "$here/../script/packages"
sonde=${1:-$here/../build-release/src/sonde} runs=${2:-7}
need python3 tcpdump >&2 || exit 77
command -v "$sonde" >/dev/null || { echo "bench/watch.sh: $sonde is not there" >&2; exit 77; }
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
python3 "$here/watch_time.py" "$tmp" "$runs" "$sonde"
