/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every ping of a burst was answered, and no rule was meant to prevent it. */
#include <inttypes.h>

#include "policy/limit.h"
#include "policy/mend.h"
#include "policy/note.h"

#define BURST_MIN 10 /* fewer in a burst, and any sane limit lets them all through */

static const struct mend_rule limit4 = {
	.nft = "icmp type echo-request limit rate over 50/second burst 100 packets drop",
	.iptables = "-p icmp --icmp-type echo-request -m hashlimit --hashlimit-above 50/second "
		    "--hashlimit-burst 100 --hashlimit-name ping4 -j DROP",
};

static const struct mend_rule limit6 = {
	.nft = "icmpv6 type echo-request limit rate over 50/second burst 100 packets drop",
	.iptables = "-p ipv6-icmp --icmpv6-type echo-request -m hashlimit --hashlimit-above "
		    "50/second --hashlimit-burst 100 --hashlimit-name ping6 -j DROP",
};

/* An unlimited burst of @family; the ones that a limit should have cut are another finding. */
static const struct fact_burst *find_burst(const struct fact_audit *a, unsigned family)
{
	for (size_t i = 0; i < a->burst_n; i++) {
		const struct fact_burst *b = &a->burst[i];

		if (b->family == family && b->sent >= BURST_MIN && b->answered >= b->sent &&
		    !limit_find(a, family, b->sent))
			return b;
	}
	return NULL;
}

static void put_burst(struct note_text *t, const struct fact_burst *b)
{
	note_put(t,
		 "IPv%u: all of %" PRId64 " echo requests sent back to back from a %s%s%s were "
		 "answered",
		 b->family, b->sent, fact_from_words[b->from], b->iface ? " at " : "",
		 b->iface ? b->iface : "");
}

static void check(const struct fact_audit *a, struct review *to)
{
	const struct fact_burst *four = find_burst(a, 4), *six = find_burst(a, 6);
	struct note n;

	if (!four && !six)
		return;
	note_init(&n, &review_echo_unlimited, FACT_INFO, four && six ? 0 : four ? 4 : 6);
	note_put(&n.subject, "echo-request");
	if (four)
		put_burst(&n.evidence, four);
	if (six) {
		note_put(&n.evidence, four ? "; " : "");
		put_burst(&n.evidence, six);
	}
	note_put(&n.why,
		 "Answering pings is right (RFC 1122 3.2.2.6; RFC 4443 4.2) and costs little. "
		 "Only where floods are a worry is a generous limit worth having; it must "
		 "stand in front of any rule that accepts established flows.");
	if (four)
		mend_first(&n.fix, a, 4, &limit4);
	if (six) {
		note_put(&n.fix, four ? "; " : "");
		mend_first(&n.fix, a, 6, &limit6);
	}
	mend_keep(&n.fix, a, NULL);
	note_tell(&n, to);
}

const struct review_rule review_echo_unlimited = {
	.id = "echo-unlimited",
	.summary = "nothing limits how many pings are answered",
	.check = check,
};
