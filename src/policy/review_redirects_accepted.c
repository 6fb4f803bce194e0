/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Redirects: would a message from the link change where the host sends its packets? */
#include <string.h>

#include "icmp/number.h"
#include "policy/look.h"
#include "policy/mend.h"
#include "policy/note.h"

/* What the proof says of redirects at one interface. */
struct passage {
	bool probed;
	const struct fact_icmp_verdict *passed; /* one that the kernel got and heeds; NULL: none */
};

/* How well it shows an attack: of a real flow, and from the link, where attackers are. */
static unsigned rank(const struct fact_icmp_verdict *v)
{
	return 2 * (v->context == FACT_RELATED) + (v->from == FACT_NEIGHBOUR);
}

static struct passage look_passage(const struct fact_audit *a, unsigned family, const char *iface)
{
	int64_t type = family == 6 ? ICMP6_ND_REDIRECT : ICMP4_REDIRECT;
	struct passage p = { 0 };

	for (size_t i = 0; i < a->verdict_n; i++) {
		const struct fact_icmp_verdict *v = &a->verdict[i];

		if (v->family != family || v->icmp_type != type || !v->iface ||
		    strcmp(v->iface, iface) != 0)
			continue;
		p.probed = true;
		/* One that the kernel ignores (forwarded, say) changes no route. */
		if (v->verdict == FACT_PASSED && (!p.passed || rank(v) > rank(p.passed)))
			p.passed = v;
	}
	return p;
}

static void put_values(struct note_text *t, const struct fact_audit *a, unsigned family,
		       const char *iface)
{
	note_put(t, "net.ipv%u.conf.%s.accept_redirects=%lld", family, iface,
		 (long long)look_conf(a, family, iface, "accept_redirects"));
	if (family == 4)
		note_put(t, ", conf.all.accept_redirects=%lld, forwarding %s",
			 (long long)look_conf(a, 4, "all", "accept_redirects"),
			 look_forwards(a, 4, iface) ? "on (both must be 1)"
						    : "off (either is enough)");
	else
		note_put(t, ", forwarding off; conf.all does not count in IPv6");
}

static void tell(const struct fact_audit *a, unsigned family, const struct note_names *ifaces,
		 const struct fact_icmp_verdict *example, struct review *to)
{
	struct note n;

	note_init(&n, &review_redirects_accepted, FACT_MEDIUM, family);
	note_put_names(&n.subject, ifaces);
	note_put(&n.evidence, "effective at %zu interface%s; ", ifaces->n,
		 ifaces->n == 1 ? "" : "s");
	put_values(&n.evidence, a, family, ifaces->name[0]);
	if (example) {
		note_put(&n.evidence, "; and the firewall lets it in: ");
		note_put_verdict(&n.evidence, example);
	}
	note_put(&n.why,
		 "Anyone on the link can tell the host to send its traffic through them, and read "
		 "or change it: redirects carry no proof of who sent them (%s). A host with one "
		 "gateway gains nothing from them.",
		 family == 6 ? "RFC 4861 8.3 and 11.1" : "RFC 1122 3.2.2.2; CIS Debian 12 3.3.5");
	mend_conf_off(&n.fix, family, ifaces, "accept_redirects", family == 4,
		      family == 6 ? "60-no-redirects-ipv6" : "60-no-redirects-ipv4");
	if (family == 6)
		note_put(&n.fix, " # writing conf.all alone changes no interface that exists");
	note_tell(&n, to);
}

static void check_family(const struct fact_audit *a, unsigned family, struct review *to)
{
	const struct fact_icmp_verdict *example = NULL;
	struct note_names ifaces = { 0 };

	for (size_t i = 0; i < a->iface_n; i++) {
		const struct fact_iface *iface = &a->iface[i];
		struct passage p;

		if (!look_iface_live(iface, family) ||
		    !look_accepts_redirects(a, family, iface->name))
			continue;
		p = look_passage(a, family, iface->name);
		if (p.probed && !p.passed)
			continue;
		/* One that the proof passed over is part of a bridge: it has no IP of its own. */
		if (!p.probed && a->verdict_n && !look_iface_routed(a, iface->name, family))
			continue;
		note_name(&ifaces, iface->name);
		example = example ? example : p.passed;
	}
	if (ifaces.n)
		tell(a, family, &ifaces, example, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	check_family(a, 4, to);
	check_family(a, 6, to);
}

const struct review_rule review_redirects_accepted = {
	.id = "redirects-accepted",
	.summary = "a neighbour may change where the host sends its packets",
	.check = check,
};
