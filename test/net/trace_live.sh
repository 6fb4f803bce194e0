# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The full screen of `sonde trace --live`: a terminal that is a program's, each key, each way to end.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs python3
routed_world
sonde=$(readlink -f "$SONDE")
cd "$TMP" || exit 99
out=$(ip netns exec a timeout 150 python3 "$ROOT/test/net/trace_live.py" "$sonde")
printf '%s\n' "$out"
tests=$(printf '%s\n' "$out" | grep -cE '^(not )?ok ')
failed=$(printf '%s\n' "$out" | grep -c '^not ok ')
# A run that broke off has told less.
[ "$tests" -eq 15 ] || fail "all checks were made" "$tests of 15"
ok "without a terminal --live says what to do" sh -c \
	'"$0" trace --live 10.0.2.2 </dev/null 2>&1 | grep -q "^sonde trace: --live: .* --report needs none$"' "$sonde"
finish
