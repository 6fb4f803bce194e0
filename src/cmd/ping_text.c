/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/ping_text.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "icmp/number.h"
#include "icmp/registry.h"
#include "sys/clock.h"

#define TIME_TEXT_LEN 32
#define DAY_MS        (24 * 60 * 60 * 1000)
#define HEADERS4      28 /* octets of IPv4 and ICMP headers, as ping counts them */

/* With the interface's name where there is one: that is how a person writes it. */
static const char *addr_text(const struct ip_addr *a, char buf[static IP_TEXT_LEN])
{
	struct ip_addr bare = *a;
	char name[IF_NAMESIZE];
	size_t len;

	if (a->zone == 0 || !if_indextoname(a->zone, name))
		return ip_format(a, buf);
	bare.zone = 0;
	len = strlen(ip_format(&bare, buf));
	snprintf(buf + len, IP_TEXT_LEN - len, "%%%s", name);
	return buf;
}

static void put(const struct ping_text *t, const char *text)
{
	text_put(&t->app->text, TEXT_PLAIN, text);
}

/* A target's name and, where that says more, its address. */
static void put_target(const struct ping_text *t, size_t i)
{
	char buf[IP_TEXT_LEN];

	put(t, flow_targets_name(t->targets, i, buf));
	out_printf(&t->app->out, " (%s)", addr_text(&t->targets->item[i].addr, buf));
}

void ping_text_head(const struct ping_text *t)
{
	struct out_sink *out = &t->app->out;
	bool one = t->targets->n == 1;

	out_text(out, "PING ");
	if (one)
		put_target(t, 0);
	else
		out_printf(out, "%zu targets", t->targets->n);
	if (!t->probe->sized)
		out_printf(out, " query %s.\n", t->probe->name);
	else if (one && t->targets->item[0].addr.family == 6)
		out_printf(out, " %u data bytes\n", t->size);
	else
		out_printf(out, " %u(%u) bytes of data.\n", t->size, t->size + HEADERS4);
}

/* Three digits that matter, as ping shows them. */
static const char *time_text(int64_t ns, char buf[static TIME_TEXT_LEN])
{
	double ms = (double)ns / (double)NS_PER_MS;

	snprintf(buf, TIME_TEXT_LEN, "%.*f",
		 ms >= 99.95    ? 0
		 : ms >= 9.995  ? 1
		 : ms >= 0.9995 ? 2
				: 3,
		 ms);
	return buf;
}

static void put_stamp(const struct ping_text *t)
{
	uint64_t now = clock_wall_ns();

	if (t->stamp)
		out_printf(&t->app->out, "[%llu.%06llu] ", (unsigned long long)(now / NS_PER_S),
			   (unsigned long long)(now % NS_PER_S / NS_PER_US));
}

/* Whoever sent it: by the name the user gave, where it is the target itself. */
static void put_from(const struct ping_text *t, size_t i, const struct ip_addr *from)
{
	char text[IP_TEXT_LEN], buf[IP_TEXT_LEN];
	const char *name = flow_targets_name(t->targets, i, buf);

	addr_text(from, text);
	if (t->numeric || !ip_eq(from, &t->targets->item[i].addr) || strcmp(name, text) == 0) {
		out_text(&t->app->out, text);
		return;
	}
	put_target(t, i);
}

/* RFC 792 p. 17: with the high bit set, or beyond a day, it is in a unit of the sender's own. */
static void put_clock(const struct ping_text *t, const char *what, int64_t ms)
{
	struct out_sink *out = &t->app->out;
	unsigned v = (unsigned)ms;

	if (ms >= DAY_MS)
		out_printf(out, " %s=0x%08x(not standard)", what, v);
	else
		out_printf(out, " %s=%02u:%02u:%02u.%03u", what, v / 3600000, v / 60000 % 60,
			   v / 1000 % 60, v % 1000);
}

/* What the queries other than echo ask for. */
static void put_answer(const struct ping_text *t, const struct fact_reply *r)
{
	char buf[IP_TEXT_LEN];

	if (r->timestamp) {
		put_clock(t, "originate", r->timestamp->originate);
		put_clock(t, "receive", r->timestamp->receive);
		put_clock(t, "transmit", r->timestamp->transmit);
	}
	if (r->mask.family)
		out_printf(&t->app->out, " mask=%s", ip_format(&r->mask, buf));
	if (r->iface)
		out_printf(&t->app->out, " interface=%s", r->iface);
}

void ping_text_reply(const struct ping_text *t, size_t i, const struct fact_reply *r)
{
	const struct ip_addr *asked = &t->targets->item[i].addr;
	struct out_sink *out = &t->app->out;
	char buf[TIME_TEXT_LEN];

	if (t->quiet)
		return;
	put_stamp(t);
	out_printf(out, "%lld bytes from ", (long long)r->bytes);
	put_from(t, i, &r->from);
	out_printf(out, ": icmp_seq=%lld", (long long)r->seq);
	if (r->ttl != FACT_NONE)
		out_printf(out, " ttl=%lld", (long long)r->ttl);
	out_printf(out, " time=%s ms", time_text(r->rtt_us, buf));
	put_answer(t, r);
	if (r->duplicate)
		out_text(out, " (DUP!)");
	if (r->late)
		out_text(out, " (late)");
	if (!ip_eq(&r->from, asked) && ip_kind(asked) != IP_MULTICAST)
		out_text(out, " (DIFFERENT ADDRESS!)");
	out_char(out, '\n');
}

/* "Host Unreachable" reads as people know it with "Destination" in front. */
static const char *prefix_of(const struct icmp_entry *e, const struct fact_icmp_error *f)
{
	bool unreach = f->icmp_type == (f->from.family == 4 ? ICMP4_UNREACH : ICMP6_UNREACH);

	return unreach && strstr(e->name, " Unreachable") && !strstr(e->name, "Destination")
		       ? "Destination "
		       : "";
}

void ping_text_error(const struct ping_text *t, size_t i UNUSED, const struct fact_icmp_error *f)
{
	const struct icmp_entry *e = icmp_find(f->from.family, (uint8_t)f->icmp_type, (int)f->code);
	struct out_sink *out = &t->app->out;
	char buf[IP_TEXT_LEN];

	if (t->quiet)
		return;
	put_stamp(t);
	out_printf(out, "From %s icmp_seq=%lld ", addr_text(&f->from, buf), (long long)f->seq);
	if (e)
		out_printf(out, "%s%s ", prefix_of(e, f), e->name);
	out_printf(out, "(%lld/%lld)", (long long)f->icmp_type, (long long)f->code);
	if (f->mtu != FACT_NONE)
		out_printf(out, " mtu=%lld", (long long)f->mtu);
	if (e)
		out_printf(out, ": %s", e->meaning);
	out_char(out, '\n');
}

static void put_loss(struct out_sink *out, int64_t milli)
{
	if (milli == FACT_NONE)
		out_text(out, "-");
	else
		out_printf(out, "%g%%", (double)milli / 1000);
}

static void put_ms(struct out_sink *out, int64_t ns)
{
	out_printf(out, "%.3f", (double)ns / (double)NS_PER_MS);
}

/* "a/b/c ms" behind "rtt min/avg/max = ". */
static void put_rtts(struct out_sink *out, const char *what, const int64_t *ns, size_t n)
{
	out_printf(out, "rtt %s = ", what);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			out_char(out, '/');
		put_ms(out, ns[i]);
	}
	out_text(out, " ms\n");
}

static void put_further(struct out_sink *out, int64_t n, const char *what)
{
	if (n > 0)
		out_printf(out, ", +%lld %s", (long long)n, what);
}

static void paragraph(const struct ping_text *t, const struct fact_ping_target *f,
		      uint64_t elapsed_ns)
{
	const struct fact_rtt *r = &f->rtt_us;
	const int64_t spread[] = { r->min, r->avg, r->max, r->mdev };
	const int64_t ranks[] = { r->p50, r->p95, r->p99 };
	struct out_sink *out = &t->app->out;

	out_text(out, "\n--- ");
	put(t, f->target);
	out_printf(out, " ping statistics ---\n%lld packets transmitted, %lld received",
		   (long long)f->sent, (long long)f->received);
	put_further(out, f->duplicates, "duplicates");
	put_further(out, f->errors, "errors");
	put_further(out, f->late, "late");
	put_further(out, f->unsent, "not sent");
	if (f->loss_pct != FACT_NONE) {
		out_text(out, ", ");
		put_loss(out, f->loss_pct);
		out_text(out, " packet loss");
	}
	out_printf(out, ", time %llums\n", (unsigned long long)(elapsed_ns / NS_PER_MS));
	if (f->received == 0)
		return;
	put_rtts(out, "min/avg/max/mdev", spread, ARRAY_LEN(spread));
	put_rtts(out, "p50/p95/p99", ranks, ARRAY_LEN(ranks));
}

static void row(const struct ping_text *t, const struct fact_ping_target *f)
{
	const struct fact_rtt *r = &f->rtt_us;
	const int64_t spread[] = { r->min, r->avg, r->max, r->mdev };
	const int64_t ranks[] = { r->p50, r->p95, r->p99 };
	struct out_sink *out = &t->app->out;

	put(t, f->target);
	out_printf(out, ": %lld/%lld received", (long long)f->received, (long long)f->sent);
	put_further(out, f->duplicates, "duplicates");
	put_further(out, f->errors, "errors");
	put_further(out, f->late, "late");
	put_further(out, f->unsent, "not sent");
	out_text(out, ", loss ");
	put_loss(out, f->loss_pct);
	if (f->received == 0) {
		out_char(out, '\n');
		return;
	}
	out_text(out, ", ");
	put_rtts(out, "min/avg/max/mdev", spread, ARRAY_LEN(spread));
	if (f->received > 1) {
		put(t, f->target);
		out_text(out, ": ");
		put_rtts(out, "p50/p95/p99", ranks, ARRAY_LEN(ranks));
	}
}

void ping_text_target(const struct ping_text *t, const struct fact_ping_target *f,
		      uint64_t elapsed_ns)
{
	if (t->targets->n == 1)
		paragraph(t, f, elapsed_ns);
	else
		row(t, f);
}

void ping_text_tail(const struct ping_text *t, const struct flow_ping_sum *sum)
{
	if (t->targets->n > 1)
		out_printf(&t->app->out, "%zu of %zu targets answered, time %llums\n",
			   sum->answered, t->targets->n,
			   (unsigned long long)(sum->elapsed_ns / NS_PER_MS));
	if (sum->forged > 0)
		app_note(t->app,
			 "%llu messages about these questions did not fit them: not believed",
			 (unsigned long long)sum->forged);
}
