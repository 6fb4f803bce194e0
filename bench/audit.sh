#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# bench/audit.sh [SONDE [RUNS]]: how long a whole `sonde audit` takes and how much memory it needs
# at its peak, on a host with 20 listeners and 50 rules, and how both grow up to 1,000 listeners
# and 5,000 rules. The host is a network namespace without a way out. Prints Markdown.
set -u
here=$(cd "$(dirname "$0")" && pwd)
sonde=${1:-$here/../build-release/src/sonde} runs=${2:-5}

[ "$(id -u)" -eq 0 ] || { echo "bench/audit.sh: needs root to make a network namespace" >&2; exit 77; }
for tool in nft ip python3 unshare "$sonde"; do
	command -v "$tool" >/dev/null || { echo "bench/audit.sh: $tool is not there" >&2; exit 77; }
done
exec unshare --net --pid --fork --kill-child --mount-proc \
	python3 "$here/audit_time.py" "$sonde" "$here/../test/net/audit_listen.py" "$runs"
