/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule limits pings, and yet every ping of a burst was answered. */
#include <inttypes.h>
#include <string.h>

#include "policy/limit.h"
#include "policy/look.h"
#include "policy/mend.h"
#include "policy/note.h"

static const struct mend_rule limit4 = {
	.nft = "icmp type echo-request limit rate over 10/second burst 20 packets drop",
	.iptables = "-p icmp --icmp-type echo-request -m hashlimit --hashlimit-above 10/second "
		    "--hashlimit-burst 20 --hashlimit-name ping4 -j DROP",
};

static const struct mend_rule limit6 = {
	.nft = "icmpv6 type echo-request limit rate over 10/second burst 20 packets drop",
	.iptables = "-p ipv6-icmp --icmpv6-type echo-request -m hashlimit --hashlimit-above "
		    "10/second --hashlimit-burst 20 --hashlimit-name ping6 -j DROP",
};

/* In the same chain, or in one that is called after the input hook, as every tool does. */
static bool is_on_way(const struct fact_rule *rule, const struct fact_rule *limit)
{
	return rule->chain && (strcasestr(rule->chain, "input") ||
			       (limit->chain && strcmp(rule->chain, limit->chain) == 0));
}

/* An accept of established packets in front of @limit, in its own chain or another. */
static const struct fact_rule *find_established(const struct fact_audit *a,
						const struct fact_rule_proof *limit)
{
	for (const struct fact_rule_proof *p = a->proof; p < limit; p++) {
		const char *text = p->rule ? p->rule->text : NULL;
		bool established =
			text && (strstr(text, "established") || strstr(text, "ESTABLISHED"));

		if (established && (strstr(text, "accept") || strstr(text, "ACCEPT")) &&
		    is_on_way(p->rule, limit->rule))
			return p->rule;
	}
	return NULL;
}

static void tell(const struct fact_audit *a, const struct fact_burst *b,
		 const struct fact_rule_proof *limit, struct review *to)
{
	const struct fact_rule *established = find_established(a, limit);
	struct note n;

	note_init(&n, &review_limit_without_effect, FACT_MEDIUM, b->family);
	note_put_rule(&n.subject, limit->rule);
	note_put(&n.evidence,
		 "all of %" PRId64 " echo requests sent back to back from a %s%s%s were answered, "
		 "though this rule allows about %" PRId64 " at once",
		 b->sent, fact_from_words[b->from], b->iface ? " at " : "",
		 b->iface ? b->iface : "", limit_allows(limit->rule->text));
	if (established) {
		note_put(&n.evidence, "; in front of it stands ");
		note_put_rule(&n.evidence, established);
	}
	note_put(
		&n.why, "%s Whoever relies on the limit is not protected by it.",
		established
			? "After its first packet a ping is an established flow to the kernel, and "
			  "the rule for those takes all the others before the limit sees them."
			: "A limit that accepts what is below its rate only hands the rest on to "
			  "the rules behind it, and one of those accepts it too.");
	mend_first(&n.fix, a, b->family, b->family == 6 ? &limit6 : &limit4);
	mend_keep(&n.fix, a, limit->rule);
	note_tell(&n, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	const struct fact_rule_proof *told = NULL;

	for (size_t i = 0; i < a->burst_n; i++) {
		const struct fact_burst *b = &a->burst[i];
		const struct fact_rule_proof *limit;

		if (b->sent <= 0 || b->answered < b->sent)
			continue;
		limit = limit_find(a, b->family, b->sent);
		if (!limit || limit == told)
			continue;
		told = limit;
		tell(a, b, limit, to);
	}
}

const struct review_rule review_limit_without_effect = {
	.id = "limit-without-effect",
	.summary = "a rule limits pings, and all of a burst were answered",
	.check = check,
};
