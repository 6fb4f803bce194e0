/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP timestamps: the host's clock, to the millisecond, for whoever asks. */
#include "icmp/number.h"
#include "policy/mend.h"
#include "policy/tally.h"

static const struct mend_rule drop = {
	.nft = "icmp type timestamp-request drop",
	.iptables = "-p icmp --icmp-type timestamp-request -j DROP",
};

static void check(const struct fact_audit *a, struct review *to)
{
	struct tally t = tally_type(a, 4, ICMP4_TIMESTAMP, tally_answered);
	struct note n;

	if (!t.hit)
		return;
	note_init(&n, &review_timestamp_answered, FACT_LOW, 4);
	note_put(&n.subject, "timestamp-request (13)");
	tally_put(&n.evidence, &t);
	note_put(&n.why,
		 "The answer gives away the host's clock in milliseconds (CVE-1999-0524), "
		 "which helps to fingerprint it and to guess what is seeded with time. "
		 "Nobody needs it: RFC 1122 3.2.2.8 leaves it optional, NTP replaced it. No "
		 "sysctl turns it off.");
	mend_before(&n.fix, a, t.first->rule, 4, &drop);
	mend_keep(&n.fix, a, t.first->rule);
	note_tell(&n, to);
}

const struct review_rule review_timestamp_answered = {
	.id = "timestamp-answered",
	.summary = "the host tells its clock to whoever asks by ICMP",
	.check = check,
};
