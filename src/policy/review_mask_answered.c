/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address masks: the kernel never answers, so somebody on the host does. */
#include "icmp/number.h"
#include "policy/mend.h"
#include "policy/tally.h"

static const struct mend_rule drop = {
	.nft = "icmp type address-mask-request drop",
	.iptables = "-p icmp --icmp-type address-mask-request -j DROP",
};

static void check(const struct fact_audit *a, struct review *to)
{
	struct tally t = tally_type(a, 4, ICMP4_MASK, tally_answered);
	struct note n;

	if (!t.hit)
		return;
	note_init(&n, &review_mask_answered, FACT_LOW, 4);
	note_put(&n.subject, "address-mask-request (17)");
	tally_put(&n.evidence, &t);
	note_put(&n.why,
		 "The answer tells a stranger how the network is divided (CVE-1999-0524). RFC "
		 "6918 deprecates the message, and Linux itself never answers it: a "
		 "program on this host does.");
	mend_before(&n.fix, a, t.first->rule, 4, &drop);
	mend_keep(&n.fix, a, t.first->rule);
	note_tell(&n, to);
}

const struct review_rule review_mask_answered = {
	.id = "mask-answered",
	.summary = "the host tells its network mask to whoever asks by ICMP",
	.check = check,
};
