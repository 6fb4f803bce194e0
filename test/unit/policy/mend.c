/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"
#include "policy/mend.h"

static const struct mend_rule pings = { "icmp type '{ 8, 13 }' drop",
					"-p icmp --icmp-type $t -j DROP", "8 13" };

static const char *mend(const struct fact_audit *a, const struct fact_rule *at)
{
	static struct note_text t;

	t.len = 0;
	t.p[0] = '\0';
	mend_before(&t, a, at, 4, &pings);
	return t.p;
}

TEST(mend_before_speaks_each_firewalls_language)
{
	struct fact_rule mangle = made_legacy;
	struct fact_audit a = made_audit();

	CHECK_STR(mend(&a, &made_rule), "nft insert rule inet filter input handle 12 icmp type '{ "
					"8, 13 }' drop");
	CHECK_STR(mend(&a, &made_policy),
		  "nft add rule inet filter input icmp type '{ 8, 13 }' drop");
	CHECK_STR(mend(&a, &made_iptables), "for t in 8 13; do iptables-nft -I INPUT 4 -p icmp "
					    "--icmp-type $t -j DROP; done");
	mangle.table = "mangle";
	mangle.chain = "PREROUTING";
	CHECK_STR(mend(&a, &mangle), "for t in 8 13; do iptables-legacy -t mangle -I PREROUTING 4 "
				     "-p icmp --icmp-type $t -j DROP; done");
	mangle.position = FACT_NONE;
	CHECK_HAS(mend(&a, &mangle), "-A PREROUTING -p icmp");
}

TEST(mend_before_brings_its_own_chain_where_there_is_none)
{
	struct fact_audit a = made_audit();

	CHECK_STR(mend(&a, NULL), "nft 'add table inet filter; add chain inet filter input { type "
				  "filter hook input priority filter; policy accept; }; add rule "
				  "inet filter input icmp type { 8, 13 } drop'");
	a.firewall = "iptables-nft+iptables-legacy";
	CHECK_HAS(mend(&a, NULL), "iptables-nft -I INPUT -p icmp");
}

TEST(mend_keep_knows_who_rewrites_the_rules)
{
	struct fact_rule r = made_iptables;
	struct fact_audit a = made_audit();
	struct note_text t = { 0 };

	r.chain = "ufw-before-input";
	mend_keep(&t, &a, &r);
	CHECK_HAS(t.p, "/etc/ufw/before.rules");
	t.len = 0;
	r = made_rule;
	r.table = "firewalld";
	mend_keep(&t, &a, &r);
	CHECK_HAS(t.p, "firewall-cmd");
	t.len = 0;
	mend_keep(&t, &a, &made_rule);
	CHECK_HAS(t.p, "/etc/nftables.conf");
	t.len = 0;
	mend_keep(&t, &a, &made_legacy);
	CHECK_HAS(t.p, "netfilter-persistent save");
}

TEST(mend_conf_off_writes_names_as_sysctl_takes_them)
{
	struct note_names names = { { "eth0.100" }, 1, false };
	struct note_text t = { 0 };

	mend_conf_off(&t, 6, &names, "accept_redirects", false, "60-x");
	CHECK_STR(t.p, "sysctl -w net.ipv6.conf.default.accept_redirects=0 "
		       "net.ipv6.conf.eth0/100.accept_redirects=0 | tee /etc/sysctl.d/60-x.conf");
}

/* A container, a VPN or a hostile package may have named them: the line is for a root shell. */
TEST(names_are_one_word_for_the_shell_whatever_they_hold)
{
	struct note_names names = { { "a;b", "$(x)", "q'u" }, 3, false };
	struct fact_rule r = made_iptables;
	struct fact_audit a = made_audit();
	struct note_text t = { 0 };

	mend_conf_off(&t, 4, &names, "accept_redirects", false, "60-x");
	CHECK_STR(t.p, "sysctl -w net.ipv4.conf.default.accept_redirects=0 "
		       "'net.ipv4.conf.a;b.accept_redirects=0' "
		       "'net.ipv4.conf.$(x).accept_redirects=0' "
		       "'net.ipv4.conf.q'\\''u.accept_redirects=0' | tee /etc/sysctl.d/60-x.conf");
	r.chain = "$(x)";
	r.table = "a b";
	CHECK_STR(mend(&a, &r), "for t in 8 13; do iptables-nft -t 'a b' -I '$(x)' 4 -p icmp "
				"--icmp-type $t -j DROP; done");
	t.len = 0;
	mend_delete(&t, &r);
	CHECK_STR(t.p, "iptables-nft -t 'a b' -D '$(x)' 4");
	r = made_rule;
	r.chain = "`x`";
	t.len = 0;
	mend_delete(&t, &r);
	CHECK_STR(t.p, "nft delete rule inet filter '`x`' handle 12");
}
