#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# install.sh BUILD PREFIX MANDIR DATADIR manual|no-manual COMMAND…: `meson install` with DESTDIR
# puts the program, one page a command and the completions under the prefix, and nothing else.
# Speaks TAP.
set -u
build=$1 prefix=$2 mandir=$3 datadir=$4 manual=$5
shift 5
to=$(mktemp -d) || exit 99
trap 'rm -rf "$to"' EXIT

n=0
bad=0
# check SENTENCE COMMAND…
check() {
	n=$((n + 1))
	sentence=$1
	shift
	if "$@" >"$to/said" 2>&1; then
		echo "ok $n - $sentence"
	else
		bad=1
		echo "not ok $n - $sentence"
		sed 's/^/# /' "$to/said"
	fi
}

zsh_dir=zsh/site-functions
[ "$prefix" != /usr ] || zsh_dir=zsh/vendor-completions
{
	echo "bin/sonde"
	if [ "$manual" = manual ]; then
		for page in sonde $(printf 'sonde-%s ' "$@"); do
			echo "$mandir/man1/$page.1"
		done
	fi
	echo "$datadir/bash-completion/completions/sonde"
	echo "$datadir/$zsh_dir/_sonde"
	echo "$datadir/fish/vendor_completions.d/sonde.fish"
} | sort >"$to/want"

# Empty files would be the traces of a generator that failed.
full() {
	[ -z "$(find "$to/root" -type f -empty)" ] || { find "$to/root" -type f -empty; false; }
}
runs() {
	"$to/root$prefix/bin/sonde" --version | grep -q '^sonde [0-9]'
}
listed() {
	(cd "$to/root$prefix" && find . -type f | sed 's,^\./,,' | sort) | diff -u "$to/want" -
}
# Beside the prefix there is nothing.
apart() {
	find "$to/root" -type f ! -path "$to/root$prefix/*" | grep . && return 1
	return 0
}

echo "TAP version 13"
check "meson installs below DESTDIR" \
	env DESTDIR="$to/root" meson install -C "$build" --no-rebuild --quiet
check "the program, the manual and the completions are installed, no more and no less" listed
check "nothing is installed beside the prefix $prefix" apart
check "no installed file is empty" full
check "the installed program runs" runs
if [ "$manual" = no-manual ]; then
	n=$((n + 1))
	echo "ok $n - the manual is installed # SKIP scdoc is not installed, so no page is made"
fi
echo "1..$n"
exit $bad
