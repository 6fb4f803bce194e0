/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any frame out of a twin: what it is taken for, and what of it may be quoted. The first octet picks the link. */
#include <stdlib.h>

#include "probe/proof.h"
#include "wire/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool held)
{
	if (!held)
		abort();
}

static void check_reply(const struct proof_reply *r)
{
	bool icmp = r->kind == PROOF_ERROR || r->kind == PROOF_MESSAGE;

	must(r->kind <= PROOF_MESSAGE);
	must(icmp == (r->icmp_type >= 0) && icmp == (r->code >= 0));
	must(r->icmp_type <= 255 && r->code <= 255);
	if (r->kind == PROOF_NOISE)
		must(r->port == 0 && r->sport == 0 && r->ack == 0);
	else
		must(r->from.family == r->to.family && r->from.family != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span frame = { data + 1, len - 1 }, quote;
	struct proof_reply r;
	int link;

	if (len == 0)
		return 0;
	link = data[0] & 1 ? LINK_ETHERNET : LINK_RAW;
	r = proof_match(link, frame);
	check_reply(&r);
	quote = proof_quotable(link, frame, &r.from, &r.to);
	if (quote.len > 0)
		must(quote.p >= frame.p && quote.p + quote.len <= frame.p + frame.len);
	return 0;
}
