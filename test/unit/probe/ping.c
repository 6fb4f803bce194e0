/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine with a scripted clock: every rule of time, every refusal of what arrives. */
#include "test.h"

#include <stdlib.h>

#include "icmp/number.h"
#include "probe/ping.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/icmperr.h"
#include "wire/packet.h"

#define MS NS_PER_MS
#define T0 (1000 * NS_PER_S) /* the clock does not begin at 0 */

struct rig {
	struct ping *p;
	struct ip_addr addr[8], me;
	struct ping_conf conf;
	uint8_t sent[2048]; /* the last message sent */
	size_t sent_len;
	struct ping_step step; /* of it */
	uint8_t made[2048];    /* what arrives */
};

static struct ip_addr ip6(const char *text)
{
	struct ip_addr a;

	CHECK_EQ(ip_scan(text, &a), 0);
	return a;
}

static void rig_begin(struct rig *r)
{
	size_t size;

	r->conf.addr = r->addr;
	size = ping_size(&r->conf);
	CHECK(size > 0);
	r->p = ping_init(malloc(size), &r->conf, T0);
}

static struct rig rig4(uint32_t count)
{
	struct rig r = { 0 };

	r.addr[0] = ip4_make(192, 0, 2, 1);
	r.addr[1] = ip4_make(192, 0, 2, 2);
	r.addr[2] = ip4_make(192, 0, 2, 3);
	r.me = ip4_make(198, 51, 100, 9);
	r.conf = (struct ping_conf){
		.probe = &probe_echo,
		.targets = 1,
		.key = { { 1, 2 } },
		.count = count,
		.size = 56,
		.interval_ns = 1000 * MS,
		.spacing_ns = 0,
		.timeout_ns = 2000 * MS,
		.stop_ns = PING_NEVER,
		.id4 = PING_ID_FREE,
		.id6 = PING_ID_FREE,
	};
	return r;
}

/* The engine wants a question sent at @at: build it, and say it was. */
static void rig_send(struct rig *r, uint64_t at)
{
	struct wcur out = wcur(r->sent, sizeof(r->sent));

	ping_next(r->p, at, &r->step);
	CHECK_EQ(r->step.what, PING_SEND);
	CHECK_EQ(ping_build(r->p, &r->step, 3723004 * MS, &out), 0);
	r->sent_len = wcur_len(&out);
	ping_sent(r->p, &r->step, at);
}

static void check_wait(struct rig *r, uint64_t now, uint64_t until)
{
	struct ping_step s;

	ping_next(r->p, now, &s);
	CHECK_EQ(s.what, PING_WAIT);
	CHECK_EQ(s.until_ns, until);
}

static void check_done(struct rig *r, uint64_t now)
{
	struct ping_step s;

	ping_next(r->p, now, &s);
	CHECK_EQ(s.what, PING_DONE);
}

static void sum4(uint8_t *message, size_t len)
{
	uint16_t sum;

	message[2] = message[3] = 0;
	sum = checksum((struct span){ message, len });
	message[2] = (uint8_t)(sum >> 8);
	message[3] = (uint8_t)sum;
}

/* The last question turned into its answer: type changed, the rest as it was. */
static struct ping_arrival answer(struct rig *r, uint8_t type, uint64_t t_ns)
{
	memcpy(r->made, r->sent, r->sent_len);
	r->made[0] = type;
	sum4(r->made, r->sent_len);
	return (struct ping_arrival){
		.kind = PING_MESSAGE,
		.ttl = 64,
		.t_ns = t_ns,
		.from = r->addr[r->step.target],
		.to = r->me,
		.octets = { r->made, r->sent_len },
	};
}

/* An ICMP error of @type and @code that quotes @quoted octets of the last question. */
static struct ping_arrival error4(struct rig *r, uint8_t type, uint8_t code, size_t quoted)
{
	uint8_t packet[2048];
	struct wcur q = wcur(packet, sizeof(packet)), out = wcur(r->made, sizeof(r->made));
	struct packet_spec spec = {
		.src = &r->me,
		.dst = &r->addr[r->step.target],
		.proto = IP_PROTO_ICMP4,
		.ttl = 1,
		.payload = { r->sent, r->sent_len },
	};
	struct icmperr e = { .family = 4, .type = type, .code = code };

	CHECK_EQ(packet_build(&spec, &q), 0);
	e.quote.octets = (struct span){ packet, 20 + quoted };
	if (type == ICMP4_UNREACH && code == ICMP4_UNREACH_NEEDFRAG)
		e.mtu = 1400;
	if (type == ICMP4_REDIRECT)
		e.gateway = r->me;
	CHECK_EQ(icmperr_build(&e, NULL, NULL, &out), 0);
	return (struct ping_arrival){
		.kind = PING_MESSAGE,
		.ttl = 63,
		.t_ns = T0 + 5 * MS,
		.from = ip4_make(203, 0, 113, 1),
		.to = r->me,
		.octets = { r->made, wcur_len(&out) },
	};
}

static void check_strays(struct rig *r, uint64_t foreign, uint64_t forged)
{
	struct ping_strays s = ping_strays(r->p);

	CHECK_EQ(s.foreign, foreign);
	CHECK_EQ(s.forged, forged);
}

static void rig_end(struct rig *r)
{
	free(r->p);
}

TEST(ping_asks_at_its_interval_and_ends_with_the_last_answer)
{
	struct rig r = rig4(2);
	struct ping_arrival in;
	struct ping_event ev;

	rig_begin(&r);
	rig_send(&r, T0);
	CHECK_EQ(r.step.seq, 1);
	check_wait(&r, T0, T0 + 1000 * MS);
	in = answer(&r, ICMP4_ECHO_REPLY, T0 + 3 * MS);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_REPLY);
	check_wait(&r, T0 + 3 * MS, T0 + 1000 * MS);
	rig_send(&r, T0 + 1000 * MS + 77); /* the timer woke us late */
	CHECK_EQ(r.step.seq, 2);
	check_wait(&r, T0 + 1001 * MS, T0 + 3000 * MS + 77); /* for the answer */
	in = answer(&r, ICMP4_ECHO_REPLY, T0 + 1004 * MS);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_REPLY);
	check_done(&r, T0 + 1004 * MS);
	rig_end(&r);
}

TEST(ping_keeps_its_pace_over_small_delays_and_never_bursts_after_long_ones)
{
	struct rig r = rig4(0);

	rig_begin(&r);
	rig_send(&r, T0);
	rig_send(&r, T0 + 1000 * MS + 900);
	check_wait(&r, T0 + 1000 * MS + 900, T0 + 2000 * MS);
	rig_send(&r, T0 + 9500 * MS); /* the machine slept */
	check_wait(&r, T0 + 9500 * MS, T0 + 10500 * MS);
	rig_end(&r);
}

TEST(ping_tells_an_answer_whole)
{
	struct rig r = rig4(1);
	struct ping_arrival in;
	struct ping_event ev;
	struct fact_rtt rtt;

	rig_begin(&r);
	rig_send(&r, T0);
	in = answer(&r, ICMP4_ECHO_REPLY, T0 + 12345);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_REPLY);
	CHECK_EQ(ev.verdict, PING_REPLY);
	CHECK_EQ(ev.target, 0);
	CHECK_EQ(ev.seq, 1);
	CHECK_EQ(ev.type, 0);
	CHECK_EQ(ev.code, 0);
	CHECK(ev.mtu == FACT_NONE);
	CHECK_EQ(ev.ttl, 64);
	CHECK_EQ(ev.rtt_ns, 12345);
	CHECK_EQ(ev.bytes, 64);
	CHECK(ip_eq(&ev.from, &r.addr[0]));
	CHECK(ev.answer.mask == FACT_NONE && ev.answer.originate == FACT_NONE);
	CHECK_EQ(ping_target(r.p, 0)->sent, 1);
	CHECK_EQ(ping_target(r.p, 0)->received, 1);
	stats_rtt(&ping_target(r.p, 0)->rtt, &rtt);
	CHECK_EQ(rtt.avg, 12345);
	check_strays(&r, 0, 0);
	rig_end(&r);
}

TEST(ping_tells_duplicate_late_and_early_answers_apart)
{
	struct rig r = rig4(2);
	struct ping_arrival in;
	struct ping_event ev;

	rig_begin(&r);
	rig_send(&r, T0);
	in = answer(&r, ICMP4_ECHO_REPLY, T0 + 2001 * MS);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_LATE);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_DUPLICATE);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_DUPLICATE);
	CHECK_EQ(ping_target(r.p, 0)->received, 1);
	CHECK_EQ(ping_target(r.p, 0)->late, 1);
	CHECK_EQ(ping_target(r.p, 0)->duplicates, 2);
	CHECK_EQ(ping_target(r.p, 0)->rtt.n, 1);
	rig_send(&r, T0 + 3000 * MS);
	in = answer(&r, ICMP4_ECHO_REPLY, T0 + 2999 * MS); /* a clock that stepped back */
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_REPLY);
	CHECK_EQ(ev.rtt_ns, 0);
	rig_end(&r);
}

TEST(ping_takes_turns_over_its_targets_at_the_spacing)
{
	struct rig r = rig4(2);

	r.conf.targets = 3;
	r.conf.spacing_ns = 10 * MS;
	rig_begin(&r);
	for (unsigned i = 0; i < 3; i++) {
		if (i > 0)
			check_wait(&r, T0 + (i - 1) * 10 * MS, T0 + i * 10 * MS);
		rig_send(&r, T0 + i * 10 * MS);
		CHECK_EQ(r.step.target, i);
		CHECK_EQ(r.step.seq, 1);
	}
	check_wait(&r, T0 + 20 * MS, T0 + 1000 * MS);
	rig_send(&r, T0 + 1000 * MS);
	CHECK_EQ(r.step.target, 0);
	CHECK_EQ(r.step.seq, 2);
	rig_end(&r);
}

TEST(ping_makes_up_for_a_late_timer_with_a_short_burst_only)
{
	struct rig r = rig4(0);
	struct ping_step s;
	unsigned n = 0;

	r.conf.interval_ns = 0;
	r.conf.spacing_ns = 1 * MS;
	rig_begin(&r);
	for (ping_next(r.p, T0 + 5000 * MS, &s); s.what == PING_SEND && n < 100; n++) {
		ping_sent(r.p, &s, T0 + 5000 * MS);
		ping_next(r.p, T0 + 5000 * MS, &s);
	}
	CHECK(n > 10 && n < 20);
	rig_end(&r);
}

TEST(ping_ends_at_the_timeout_when_nothing_answers)
{
	struct rig r = rig4(1);

	rig_begin(&r);
	rig_send(&r, T0);
	check_wait(&r, T0 + 1999 * MS, T0 + 2000 * MS);
	check_done(&r, T0 + 2000 * MS);
	CHECK_EQ(ping_target(r.p, 0)->received, 0);
	rig_end(&r);
}

TEST(ping_ends_at_the_deadline_and_when_asked)
{
	struct rig r = rig4(0);

	r.conf.stop_ns = T0 + 500 * MS;
	rig_begin(&r);
	rig_send(&r, T0);
	check_wait(&r, T0, T0 + 500 * MS);
	check_done(&r, T0 + 500 * MS);
	ping_stop(r.p);
	check_done(&r, T0);
	rig_end(&r);
}

TEST(ping_counts_what_could_not_be_sent)
{
	struct rig r = rig4(2);
	struct ping_step s;

	rig_begin(&r);
	ping_next(r.p, T0, &s);
	ping_send_later(r.p, 10 * MS);
	check_wait(&r, T0, T0 + 10 * MS);
	ping_next(r.p, T0 + 10 * MS, &s);
	CHECK_EQ(s.seq, 1); /* the same one again */
	ping_send_failed(r.p, &s, T0 + 10 * MS);
	rig_send(&r, T0 + 1010 * MS);
	CHECK_EQ(r.step.seq, 2);
	CHECK_EQ(ping_target(r.p, 0)->failed, 1);
	CHECK_EQ(ping_target(r.p, 0)->sent, 1);
	rig_end(&r);
}

TEST(ping_does_not_wait_when_all_sending_failed)
{
	struct rig r = rig4(1);
	struct ping_step s;

	rig_begin(&r);
	ping_next(r.p, T0, &s);
	ping_send_failed(r.p, &s, T0);
	check_done(&r, T0);
	rig_end(&r);
}

/* Each octet of a genuine answer that says whose it is, changed: none may be believed. */
TEST(ping_believes_no_answer_with_a_wrong_field)
{
	static const struct {
		size_t at;
		bool resum; /* mend the checksum behind the change */
		enum ping_verdict want;
	} cases[] = {
		{ 0, true, PING_NOT_OURS },  /* type */
		{ 1, true, PING_FORGED },    /* code */
		{ 2, false, PING_NOT_OURS }, /* checksum */
		{ 4, true, PING_NOT_OURS },  /* identifier */
		{ 5, true, PING_NOT_OURS },
		{ 6, true, PING_FORGED }, /* sequence */
		{ 7, true, PING_FORGED },
		{ 11, true,
		  PING_NOT_OURS },         /* index: another target's identifier would be needed */
		{ 15, true, PING_FORGED }, /* sequence in the tag */
		{ 16, true, PING_FORGED }, /* cookie */
		{ 23, true, PING_FORGED },
	};
	struct rig r = rig4(2);
	struct ping_event ev = { .seq = 99 };
	uint64_t foreign = 0, forged = 0;

	r.conf.targets = 2;
	rig_begin(&r);
	rig_send(&r, T0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ping_arrival in = answer(&r, ICMP4_ECHO_REPLY, T0 + MS);

		r.made[cases[i].at] ^= 1;
		if (cases[i].resum)
			sum4(r.made, r.sent_len);
		CHECK_EQ(ping_match(r.p, &in, &ev), cases[i].want);
		foreign += cases[i].want == PING_NOT_OURS;
		forged += cases[i].want == PING_FORGED;
		check_strays(&r, foreign, forged);
	}
	CHECK_EQ(ev.seq, 99);
	CHECK_EQ(ping_target(r.p, 0)->received, 0);
	rig_end(&r);
}

TEST(ping_believes_no_answer_to_a_question_never_sent)
{
	struct rig r = rig4(5), other = rig4(5);
	struct ping_arrival in;
	struct ping_event ev;

	rig_begin(&r);
	rig_begin(&other); /* the same key: everything fits but that it was sent */
	rig_send(&other, T0);
	in = answer(&other, ICMP4_ECHO_REPLY, T0 + MS);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_FORGED);
	rig_end(&r);
	rig_end(&other);
}

TEST(ping_believes_no_answer_of_another_length)
{
	struct rig r = rig4(1);
	struct ping_arrival in;
	struct ping_event ev;

	rig_begin(&r);
	rig_send(&r, T0);
	for (size_t len = 0; len < r.sent_len; len++) {
		in = answer(&r, ICMP4_ECHO_REPLY, T0 + MS);
		in.octets.len = len;
		if (len >= 4)
			sum4(r.made, len);
		CHECK(ping_match(r.p, &in, &ev) <= PING_FORGED);
	}
	CHECK_EQ(ping_target(r.p, 0)->received, 0);
	rig_end(&r);
}

TEST(ping_knows_an_answer_from_another_address_by_its_tag)
{
	struct rig r = rig4(1);
	struct ping_arrival in;
	struct ping_event ev;

	rig_begin(&r);
	rig_send(&r, T0);
	in = answer(&r, ICMP4_ECHO_REPLY, T0 + MS);
	in.from = ip4_make(10, 9, 8, 7);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_REPLY);
	CHECK(ip_eq(&ev.from, &in.from));
	rig_end(&r);
}

TEST(ping_wants_the_targets_own_address_where_there_is_no_tag)
{
	struct rig r = rig4(1);
	struct ping_arrival in;
	struct ping_event ev;

	r.conf.size = 4;
	rig_begin(&r);
	rig_send(&r, T0);
	in = answer(&r, ICMP4_ECHO_REPLY, T0 + MS);
	in.from = ip4_make(10, 9, 8, 7);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_NOT_OURS);
	in.from = r.addr[0];
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_REPLY);
	rig_end(&r);
}

TEST(ping_uses_the_kernels_identifier_where_it_must)
{
	struct rig r = rig4(1);
	struct icmp4_msg m;

	r.conf.id4 = 0x4321;
	rig_begin(&r);
	rig_send(&r, T0);
	CHECK_EQ(icmp4_parse((struct span){ r.sent, r.sent_len }, &m), 0);
	CHECK_EQ(icmp4_echo_id(&m), 0x4321);
	rig_end(&r);
}

TEST(ping_tells_an_error_whole)
{
	struct rig r = rig4(1);
	struct ping_arrival in;
	struct ping_event ev;

	rig_begin(&r);
	rig_send(&r, T0);
	in = error4(&r, ICMP4_UNREACH, ICMP4_UNREACH_NEEDFRAG, r.sent_len);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_ERROR);
	CHECK_EQ(ev.verdict, PING_ERROR);
	CHECK_EQ(ev.target, 0);
	CHECK_EQ(ev.seq, 1);
	CHECK_EQ(ev.type, 3);
	CHECK_EQ(ev.code, 4);
	CHECK_EQ(ev.mtu, 1400);
	CHECK_EQ(ev.rtt_ns, 5 * MS);
	CHECK_EQ(ev.ttl, 63);
	CHECK(ip_eq(&ev.from, &in.from));
	CHECK_EQ(ping_target(r.p, 0)->errors, 1);
	check_done(&r, T0 + 5 * MS); /* nothing more to wait for */
	rig_end(&r);
}

TEST(ping_believes_errors_that_quote_the_least_a_router_must)
{
	struct rig r = rig4(1);
	struct ping_arrival in;
	struct ping_event ev;

	rig_begin(&r);
	rig_send(&r, T0);
	in = error4(&r, ICMP4_TIME_EXCEEDED, 0, 8);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_ERROR);
	CHECK(ev.mtu == FACT_NONE);
	in = error4(&r, ICMP4_TIME_EXCEEDED, 0, 7); /* no sequence number: cannot be told */
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_NOT_OURS);
	rig_end(&r);
}

/* Each octet of a genuine quote that can be checked, changed. Offsets are in the error. */
TEST(ping_believes_no_error_with_a_wrong_quote)
{
	static const struct {
		size_t at;
		enum ping_verdict want;
	} cases[] = {
		{ 8 + 0, PING_NOT_OURS },  /* version and header length */
		{ 8 + 9, PING_NOT_OURS },  /* protocol */
		{ 8 + 15, PING_FORGED },   /* source: not the address the error came to */
		{ 8 + 19, PING_NOT_OURS }, /* destination: no target */
		{ 28 + 0, PING_NOT_OURS }, /* type of the question */
		{ 28 + 1, PING_FORGED },   /* its code */
		{ 28 + 5, PING_NOT_OURS }, /* identifier */
		{ 28 + 7, PING_FORGED },   /* sequence */
		{ 28 + 11, PING_FORGED },  /* tag: index, sequence, cookie */
		{ 28 + 15, PING_FORGED },  { 28 + 16, PING_FORGED },
	};
	struct rig r = rig4(1);
	struct ping_event ev = { .seq = 99 };

	rig_begin(&r);
	rig_send(&r, T0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ping_arrival in = error4(&r, ICMP4_UNREACH, 1, r.sent_len);

		r.made[cases[i].at] ^= cases[i].at == 8 ? 0x60 : 1;
		sum4(r.made, in.octets.len);
		CHECK_EQ(ping_match(r.p, &in, &ev), cases[i].want);
	}
	CHECK_EQ(ev.seq, 99);
	CHECK_EQ(ping_target(r.p, 0)->errors, 0);
	check_wait(&r, T0 + MS, T0 + 2000 * MS); /* still waiting for the truth */
	rig_end(&r);
}

TEST(ping_lets_an_answer_follow_an_error)
{
	struct rig r = rig4(1);
	struct ping_arrival in;
	struct ping_event ev;

	rig_begin(&r);
	rig_send(&r, T0);
	in = error4(&r, ICMP4_UNREACH, 1, 64);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_ERROR);
	in = answer(&r, ICMP4_ECHO_REPLY, T0 + 9 * MS);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_REPLY);
	CHECK_EQ(ping_target(r.p, 0)->received, 1);
	rig_end(&r);
}

TEST(ping_tells_a_redirect_and_goes_on_waiting)
{
	struct rig r = rig4(1);
	struct ping_arrival in;
	struct ping_event ev;

	rig_begin(&r);
	rig_send(&r, T0);
	in = error4(&r, ICMP4_REDIRECT, 1, 64);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_ERROR);
	CHECK_EQ(ev.type, ICMP4_REDIRECT);
	CHECK_EQ(ping_target(r.p, 0)->errors, 0);
	check_wait(&r, T0 + 5 * MS, T0 + 2000 * MS);
	rig_end(&r);
}

TEST(ping_believes_the_kernels_account_of_an_error_when_its_quote_fits)
{
	struct rig r = rig4(1);
	struct ping_event ev;
	struct ping_arrival in = {
		.kind = PING_QUOTE,
		.type = 3,
		.code = 13,
		.ttl = -1,
		.t_ns = T0 + MS,
		.from = ip4_make(203, 0, 113, 1),
		.dst = r.addr[0],
	};

	rig_begin(&r);
	rig_send(&r, T0);
	in.octets = (struct span){ r.sent, r.sent_len };
	r.sent[16] ^= 1;
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_FORGED);
	r.sent[16] ^= 1;
	in.octets.len = 7;
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_NOT_OURS);
	in.octets.len = 8;
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_ERROR);
	CHECK_EQ(ev.code, 13);
	CHECK(ev.ttl == FACT_NONE);
	in.dst = r.addr[1];
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_NOT_OURS);
	rig_end(&r);
}

TEST(ping_reads_a_timestamp_answer)
{
	struct rig r = rig4(1);
	struct ping_arrival in;
	struct ping_event ev;

	r.conf.probe = &probe_timestamp;
	rig_begin(&r);
	rig_send(&r, T0);
	r.sent[15] = 7; /* receive */
	r.sent[19] = 9; /* transmit */
	in = answer(&r, ICMP4_TIMESTAMP_REPLY, T0 + MS);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_REPLY);
	CHECK_EQ(ev.answer.originate, 3723004); /* 01:02:03.004 */
	CHECK_EQ(ev.answer.receive, 7);
	CHECK_EQ(ev.answer.transmit, 9);
	r.sent[11] ^= 1; /* originate */
	in = answer(&r, ICMP4_TIMESTAMP_REPLY, T0 + MS);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_FORGED);
	r.sent[11] ^= 1;
	r.sent_len = 19; /* cut */
	in = answer(&r, ICMP4_TIMESTAMP_REPLY, T0 + MS);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_FORGED);
	rig_end(&r);
}

TEST(ping_reads_mask_info_and_extended_echo_answers)
{
	static const struct probe_about about = { .kind = PROBE_ABOUT_NAME, .name = "eth0" };
	static const struct {
		const struct probe_ops *ops;
		uint8_t type, code;
		int64_t mask, state;
	} cases[] = {
		{ &probe_mask, ICMP4_MASK_REPLY, 0, 0xffffff00, FACT_NONE },
		{ &probe_info, ICMP4_INFO_REPLY, 0, FACT_NONE, FACT_NONE },
		{ &probe_ext_echo, ICMP4_EXT_ECHO_REPLY, 0, FACT_NONE, 6 },
		{ &probe_ext_echo, ICMP4_EXT_ECHO_REPLY, 2, FACT_NONE, 6 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rig r = rig4(1);
		struct ping_arrival in;
		struct ping_event ev;

		r.conf.probe = cases[i].ops;
		r.conf.about = &about;
		rig_begin(&r);
		rig_send(&r, T0);
		if (cases[i].ops == &probe_mask)
			memset(r.sent + 8, 0xff, 3);
		if (cases[i].ops == &probe_ext_echo)
			r.sent[7] = 6; /* active, IPv4 runs */
		r.sent[1] = cases[i].code;
		in = answer(&r, cases[i].type, T0 + MS);
		CHECK_EQ(ping_match(r.p, &in, &ev), PING_REPLY);
		CHECK_EQ(ev.code, cases[i].code);
		CHECK_EQ(ev.answer.mask, cases[i].mask);
		CHECK_EQ(ev.answer.state, cases[i].state);
		rig_end(&r);
	}
}

TEST(ping_tells_256_extended_echoes_apart_by_eight_bits)
{
	static const struct probe_about about = { .kind = PROBE_ABOUT_INDEX, .index = 1 };
	struct rig r = rig4(0);
	struct ping_arrival in;
	struct ping_event ev;

	r.conf.probe = &probe_ext_echo;
	r.conf.about = &about;
	r.conf.interval_ns = MS;
	rig_begin(&r);
	for (uint32_t i = 1; i <= 300; i++)
		rig_send(&r, T0 + i * MS);
	in = answer(&r, ICMP4_EXT_ECHO_REPLY, T0 + 301 * MS);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_REPLY);
	CHECK_EQ(ev.seq, 300);
	rig_end(&r);
}

TEST(ping_works_over_ipv6)
{
	struct rig r = rig4(2);
	struct ping_arrival in;
	struct ping_event ev;
	uint16_t sum;

	r.addr[0] = ip6("2001:db8::1");
	r.me = ip6("2001:db8::99");
	rig_begin(&r);
	rig_send(&r, T0);
	in = answer(&r, ICMP6_ECHO_REPLY, T0 + MS);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_NOT_OURS); /* that was an IPv4 checksum */
	r.made[2] = r.made[3] = 0;
	sum = checksum_pseudo(&in.from, &in.to, IP_PROTO_ICMP6, in.octets);
	r.made[2] = (uint8_t)(sum >> 8);
	r.made[3] = (uint8_t)sum;
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_REPLY);
	r.made[2] = 0;
	in.verified = true;
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_DUPLICATE);
	in.verified = false;
	in.to.family = 0;
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_NOT_OURS);
	rig_end(&r);
}

TEST(ping_believes_errors_over_ipv6)
{
	struct rig r = rig4(2);
	uint8_t packet[2048];
	struct wcur q = wcur(packet, sizeof(packet)), out;
	struct icmperr e = { .family = 6, .type = ICMP6_PACKET_TOO_BIG, .mtu = 1280 };
	struct ping_arrival in = { .kind = PING_MESSAGE, .ttl = 60, .t_ns = T0 + MS };
	struct packet_spec spec = { .proto = IP_PROTO_ICMP6, .ttl = 1 };
	struct ping_event ev;

	r.addr[0] = ip6("2001:db8::1");
	r.me = ip6("2001:db8::99");
	rig_begin(&r);
	rig_send(&r, T0);
	spec.src = &r.me;
	spec.dst = &r.addr[0];
	spec.payload = (struct span){ r.sent, r.sent_len };
	CHECK_EQ(packet_build(&spec, &q), 0);
	e.quote.octets = (struct span){ packet, wcur_len(&q) };
	in.from = ip6("2001:db8::fe");
	in.to = r.me;
	out = wcur(r.made, sizeof(r.made));
	CHECK_EQ(icmperr_build(&e, &in.from, &in.to, &out), 0);
	in.octets = (struct span){ r.made, wcur_len(&out) };
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_ERROR);
	CHECK_EQ(ev.type, ICMP6_PACKET_TOO_BIG);
	CHECK_EQ(ev.mtu, 1280);
	CHECK_EQ(ev.seq, 1);
	rig_end(&r);
}

TEST(ping_forgets_the_oldest_question_at_the_windows_bound)
{
	struct rig r = rig4(0);
	struct ping_arrival old;
	struct ping_event ev;
	uint8_t first[64];

	rig_begin(&r); /* 2 s timeout at 1 s: a window of eight */
	rig_send(&r, T0);
	memcpy(first, r.sent, sizeof(first));
	for (uint64_t i = 1; i <= 8; i++)
		rig_send(&r, T0 + i * 1000 * MS);
	memcpy(r.sent, first, sizeof(first));
	old = answer(&r, ICMP4_ECHO_REPLY, T0 + 9000 * MS);
	CHECK_EQ(ping_match(r.p, &old, &ev), PING_FORGED);
	CHECK_EQ(ping_target(r.p, 0)->received, 0);
	rig_end(&r);
}

TEST(ping_goes_on_beyond_65535_questions)
{
	struct rig r = rig4(0);
	struct ping_arrival in;
	struct ping_event ev;

	r.conf.interval_ns = MS;
	rig_begin(&r);
	for (uint64_t i = 0; i < 70000; i++)
		rig_send(&r, T0 + i * MS);
	in = answer(&r, ICMP4_ECHO_REPLY, T0 + 70000 * MS);
	CHECK_EQ(ping_match(r.p, &in, &ev), PING_REPLY);
	CHECK_EQ(ev.seq, 70000);
	CHECK_EQ(ping_target(r.p, 0)->sent, 70000);
	rig_end(&r);
}

TEST(ping_size_refuses_what_is_out_of_bounds)
{
	struct rig r = rig4(1);

	r.conf.addr = r.addr;
	r.conf.targets = 0;
	CHECK_EQ(ping_size(&r.conf), 0);
	r.conf.targets = PING_TARGETS_MAX + 1;
	CHECK_EQ(ping_size(&r.conf), 0);
	r.conf.targets = 1;
	r.conf.probe = &probe_mask;
	r.addr[0] = ip6("::1");
	CHECK_EQ(ping_size(&r.conf), 0);
	r.conf.probe = &probe_echo;
	CHECK(ping_size(&r.conf) > 0);
}
