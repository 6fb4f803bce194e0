/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Redirects that a forwarding host sends. A host that does not forward sends none. */
#include "policy/look.h"
#include "policy/mend.h"
#include "policy/note.h"

static void check(const struct fact_audit *a, struct review *to)
{
	struct note_names ifaces = { 0 };
	const char *first;
	struct note n;

	for (size_t i = 0; i < a->iface_n; i++)
		if (look_iface_live(&a->iface[i], 4) && look_sends_redirects(a, a->iface[i].name))
			note_name(&ifaces, a->iface[i].name);
	if (!ifaces.n)
		return;
	first = ifaces.name[0];
	note_init(&n, &review_redirects_sent, FACT_LOW, 4);
	note_put_names(&n.subject, &ifaces);
	note_put(&n.evidence,
		 "the host forwards; net.ipv4.conf.%s.send_redirects=%lld, "
		 "conf.all.send_redirects=%lld (either is enough)",
		 first, (long long)look_conf(a, 4, first, "send_redirects"),
		 (long long)look_conf(a, 4, "all", "send_redirects"));
	note_put(&n.why,
		 "A router that sends redirects shows its routes to the hosts on the link, and "
		 "hosts that follow them leave the path that this router filters (RFC 1812 "
		 "5.2.7.2; CIS Debian 12 3.3.2). In virtual and cloud networks they are "
		 "almost always wrong.");
	mend_conf_off(&n.fix, 4, &ifaces, "send_redirects", true, "60-no-send-redirects");
	note_tell(&n, to);
}

const struct review_rule review_redirects_sent = {
	.id = "redirects-sent",
	.summary = "a forwarding host sends redirects",
	.check = check,
};
