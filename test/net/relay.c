/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay A B [C D …] [OPTION…]: a bad line. Every frame that arrives on one of the two interfaces
 * leaves by the other one, late, and not every one does: what a kernel's netem would do, without
 * netem. With more pairs of interfaces it is as many lines, all alike: a long path is one process.
 * For tests and benchmarks, in a network namespace of its own that has these interfaces.
 *
 *	--delay MS     each way
 *	--jitter MS    added or taken away, evenly spread; frames may overtake one another
 *	--loss PCT     each way; --loss-there, --loss-back: from A to B only, from B to A only
 *	--pair N       losses that are told behind it are those of the Nth pair only (from 1)
 *	--dup PCT      frames that arrive twice, each copy with a delay of its own
 *	--reorder PCT  frames that do not wait at all
 *	--queue N      frames that may wait, each way (65536); what comes then is lost: "overflow"
 *	--seed N       of all this chance (1)
 *	--busy         never sleep: exact to microseconds, and takes a core
 *	--time S       end after so long; SIGTERM and SIGINT end it at once
 *
 * Says "ready" on standard output when it forwards, and at the end on standard error, for each
 * way, what has happened ("there", "back"; of several pairs "there.1", "back.1", "there.2", …).
 * "lost" is what chance took: the truth that a prober's estimate is to be compared with.
 * "overflow", "missed" (by the kernel's buffer) and "refused" (the other side could not take it)
 * are the relay's own failures, 0 in a good run. "wait_…" is how long frames were to wait, by what
 * the options say and chance, "late_least" by how much the best of them left later: nanoseconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX 2048 /* a longer one is lost: "long" */
#define BATCH     64
#define BUFFER    (128 << 20) /* of a socket, octets: about 100,000 small frames */
#define PAIRS_MAX 64

struct waiting {
	uint64_t due_ns, order; /* of equals the first come goes first */
	uint32_t slot, len;
};

struct counts {
	uintmax_t frames, lost, dup, reordered, overflow, refused, missed, overlong, ip, ip_lost;
	uintmax_t wait_n, wait_sum, wait_least, wait_most; /* ns that frames were told to wait */
	uintmax_t late_n, late_least;                      /* ns by which they left later */
};

/* One way: what has come from .from waits here until it may leave by .to. */
struct way {
	int from, to;
	uint32_t loss;        /* of 2^32 */
	struct waiting *heap; /* the next to leave first */
	uint32_t n, room;
	uint32_t *spare; /* slots that nobody waits in */
	uint32_t spare_n;
	uint8_t (*frame)[FRAME_MAX];
	uint64_t order;
	struct counts count;
};

struct relay {
	struct way way[2 * PAIRS_MAX]; /* there, back, of the first pair; of the second … */
	size_t n;                      /* ways */
	size_t lossy, lossy_n;         /* the ways that --loss is about */
	uint64_t delay_ns, jitter_ns;
	uint32_t dup, reorder; /* of 2^32 */
	uint64_t random;
	bool busy;
};

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "relay: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* splitmix64 */
static uint64_t chance(struct relay *r)
{
	uint64_t z = r->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Whether it happens, with a probability of @of / 2^32. */
static bool happens(struct relay *r, uint32_t of)
{
	return of != 0 && (uint32_t)(chance(r) >> 32) < of;
}

static bool before(const struct waiting *a, const struct waiting *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void heap_push(struct way *w, struct waiting new)
{
	uint32_t i = w->n++;

	for (; i > 0 && before(&new, &w->heap[(i - 1) / 2]); i = (i - 1) / 2)
		w->heap[i] = w->heap[(i - 1) / 2];
	w->heap[i] = new;
}

static struct waiting heap_pop(struct way *w)
{
	struct waiting first = w->heap[0], last = w->heap[--w->n];
	uint32_t i = 0;

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child + 1 < w->n && before(&w->heap[child + 1], &w->heap[child]))
			child++;
		if (child >= w->n || !before(&w->heap[child], &last))
			break;
		w->heap[i] = w->heap[child];
		i = child;
	}
	w->heap[i] = last;
	return first;
}

/*
 * A kernel leaves checksums to the card, which a veth is not. On a real line they are there: put
 * in what is missing.
 */
static void complete_checksum(uint8_t *frame, size_t len, const struct virtio_net_hdr *h)
{
	size_t start = h->csum_start, at = start + h->csum_offset;
	uint32_t sum = 0;

	if (!(h->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) || at + 2 > len)
		return;
	for (size_t i = start; i < len; i++)
		sum += (uint32_t)frame[i] << ((i - start) % 2 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	frame[at] = (uint8_t)(~sum >> 8);
	frame[at + 1] = (uint8_t)~sum;
}

static void count_wait(struct counts *c, uint64_t ns)
{
	if (c->wait_n == 0 || ns < c->wait_least)
		c->wait_least = ns;
	if (ns > c->wait_most)
		c->wait_most = ns;
	c->wait_sum += ns;
	c->wait_n++;
}

/* How late the best of them was: a busy machine delays some, a bad relay all. */
static void count_late(struct counts *c, uint64_t ns)
{
	if (c->late_n++ == 0 || ns < c->late_least)
		c->late_least = ns;
}

static void delay(struct relay *r, struct way *w, const uint8_t *frame, size_t len, uint64_t t_ns)
{
	struct waiting new = { .due_ns = t_ns, .order = w->order++, .len = (uint32_t)len };

	if (w->spare_n == 0) {
		w->count.overflow++;
		return;
	}
	if (happens(r, r->reorder)) {
		w->count.reordered++;
	} else {
		uint64_t swing = r->jitter_ns ? chance(r) % (2 * r->jitter_ns + 1) : 0;

		new.due_ns += r->delay_ns + swing;
		new.due_ns -=
			r->jitter_ns < r->delay_ns + swing ? r->jitter_ns : r->delay_ns + swing;
	}
	count_wait(&w->count, new.due_ns - t_ns);
	new.slot = w->spare[--w->spare_n];
	memcpy(w->frame[new.slot], frame, len);
	heap_push(w, new);
}

static void arrive(struct relay *r, struct way *w, uint8_t *frame, size_t len, uint64_t t_ns)
{
	bool ip = len > 14 && ((frame[12] == 0x08 && frame[13] == 0x00) ||
			       (frame[12] == 0x86 && frame[13] == 0xdd));

	w->count.frames++;
	w->count.ip += ip;
	if (len > FRAME_MAX) {
		w->count.overlong++;
		return;
	}
	if (happens(r, w->loss)) {
		w->count.lost++;
		w->count.ip_lost += ip;
		return;
	}
	delay(r, w, frame, len, t_ns);
	if (happens(r, r->dup)) {
		w->count.dup++;
		delay(r, w, frame, len, t_ns);
	}
}

/* Take in what is there, a batch at most. */
static bool take(struct relay *r, struct way *w)
{
	static uint8_t buffer[BATCH][FRAME_MAX + 1];
	static struct virtio_net_hdr vnet[BATCH];
	static struct iovec iov[BATCH][2];
	static struct mmsghdr m[BATCH];
	uint64_t t_ns;
	int n;

	/* Once: a busy relay comes here a million times a second. */
	for (size_t i = 0; !m[BATCH - 1].msg_hdr.msg_iov && i < BATCH; i++) {
		iov[i][0] = (struct iovec){ &vnet[i], sizeof(vnet[i]) };
		iov[i][1] = (struct iovec){ buffer[i], sizeof(buffer[i]) };
		m[i].msg_hdr.msg_iov = iov[i];
		m[i].msg_hdr.msg_iovlen = 2;
	}
	n = recvmmsg(w->from, m, BATCH, MSG_DONTWAIT, NULL);
	t_ns = now();
	for (int i = 0; i < n; i++) {
		size_t len = m[i].msg_len < sizeof(vnet[i]) ? 0 : m[i].msg_len - sizeof(vnet[i]);

		complete_checksum(buffer[i], len < FRAME_MAX ? len : FRAME_MAX, &vnet[i]);
		arrive(r, w, buffer[i], len, t_ns);
	}
	return n == BATCH;
}

/* Send what is due. Returns false when the other side could not take it all now. */
static bool give(struct way *w, uint64_t t_ns)
{
	while (w->n > 0 && w->heap[0].due_ns <= t_ns) {
		struct virtio_net_hdr none = { 0 };
		struct waiting out[BATCH];
		struct iovec iov[BATCH][2];
		struct mmsghdr m[BATCH];
		unsigned n = 0;
		int sent, error;

		memset(m, 0, sizeof(m));
		for (; n < BATCH && w->n > 0 && w->heap[0].due_ns <= t_ns; n++) {
			out[n] = heap_pop(w);
			iov[n][0] = (struct iovec){ &none, sizeof(none) };
			iov[n][1] = (struct iovec){ w->frame[out[n].slot], out[n].len };
			m[n].msg_hdr.msg_iov = iov[n];
			m[n].msg_hdr.msg_iovlen = 2;
		}
		sent = sendmmsg(w->to, m, n, MSG_DONTWAIT);
		error = errno;
		for (int i = 0; i < sent; i++) {
			w->spare[w->spare_n++] = out[i].slot;
			count_late(&w->count, t_ns - out[i].due_ns);
		}
		if (sent == (int)n)
			continue;
		if (sent < 0 && error != ENOBUFS && error != EAGAIN) {
			w->count.refused += n;
			for (unsigned i = 0; i < n; i++)
				w->spare[w->spare_n++] = out[i].slot;
			continue;
		}
		for (unsigned i = sent < 0 ? 0 : (unsigned)sent; i < n; i++)
			heap_push(w, out[i]);
		if (sent <= 0)
			return false;
	}
	return true;
}

/* Until when nothing has to be done, at most @until_ns. */
static uint64_t next(const struct relay *r, uint64_t until_ns)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->way[i].n > 0 && r->way[i].heap[0].due_ns < until_ns)
			until_ns = r->way[i].heap[0].due_ns;
	return until_ns;
}

/*
 * One turn over all ways: what is known to be there (@p) is taken in, what is due leaves. Returns
 * whether there may be more to take; @ret_full says whether a way could not be emptied.
 */
static bool turn(struct relay *r, struct pollfd *p, bool *ret_full)
{
	bool more = r->busy, full = false;

	for (size_t i = 0; i < r->n; i++) {
		if (r->busy || p[i].revents) {
			bool again = take(r, &r->way[i]);

			more |= again;
			p[i].revents = again ? POLLIN : 0;
		}
		if (r->way[i].n > 0)
			full |= !give(&r->way[i], now());
	}
	*ret_full = full;
	return more;
}

static void run(struct relay *r, uint64_t until_ns)
{
	struct pollfd p[2 * PAIRS_MAX];

	for (size_t i = 0; i < r->n; i++)
		p[i] = (struct pollfd){ r->way[i].from, POLLIN, POLLIN };
	while (!ended) {
		bool full, more = turn(r, p, &full);
		uint64_t t_ns = now(), then_ns;
		struct timespec sleep = { 0 };

		if (t_ns >= until_ns)
			return;
		if (more)
			continue;
		/* A full ring is tried again soon: nothing tells when there is room. */
		then_ns = full ? t_ns + 50000 : next(r, until_ns);
		if (then_ns > t_ns + 100000000)
			then_ns = t_ns + 100000000;
		if (then_ns > t_ns)
			sleep.tv_nsec = (long)(then_ns - t_ns);
		if (ppoll(p, r->n, &sleep, NULL) < 0)
			for (size_t i = 0; i < r->n; i++)
				p[i].revents = 0;
	}
}

static int line_end(const char *name)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int fd, on = 1, size = BUFFER;

	at.sll_ifindex = (int)if_nametoindex(name);
	if (at.sll_ifindex == 0)
		die(name);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("packet socket");
	if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		die("socket option");
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		die(name);
	return fd;
}

static void way_init(struct way *w, int from, int to, uint32_t room)
{
	w->from = from;
	w->to = to;
	w->room = room;
	w->heap = calloc(room, sizeof(*w->heap));
	w->spare = calloc(room, sizeof(*w->spare));
	/* Pages that nobody touches cost nothing. */
	w->frame = mmap(NULL, (size_t)room * FRAME_MAX, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (!w->heap || !w->spare || w->frame == MAP_FAILED)
		die("memory");
	for (uint32_t i = 0; i < room; i++)
		w->spare[w->spare_n++] = room - 1 - i;
}

/* Of pair @pair, from 1; 0: there is only one. */
static void way_done(struct way *w, const char *name, size_t pair)
{
	struct tpacket_stats s = { 0 };
	socklen_t len = sizeof(s);
	const struct counts *c = &w->count;

	if (getsockopt(w->from, SOL_PACKET, PACKET_STATISTICS, &s, &len) == 0)
		w->count.missed = s.tp_drops;
	fprintf(stderr, "%s", name);
	if (pair > 0)
		fprintf(stderr, ".%zu", pair);
	fprintf(stderr, " frames=%ju lost=%ju ip=%ju ip_lost=%ju dup=%ju reordered=%ju waiting=%u",
		c->frames, c->lost, c->ip, c->ip_lost, c->dup, c->reordered, w->n);
	fprintf(stderr, " overflow=%ju missed=%ju refused=%ju long=%ju", c->overflow, c->missed,
		c->refused, c->overlong);
	fprintf(stderr, " wait_least=%ju wait_mean=%ju wait_most=%ju late_least=%ju\n",
		c->wait_least, c->wait_n ? c->wait_sum / c->wait_n : 0, c->wait_most,
		c->late_least);
	munmap(w->frame, (size_t)w->room * FRAME_MAX);
	free(w->heap);
	free(w->spare);
	close(w->from);
}

static double number(const char *option, const char *text, double most)
{
	char *rest = NULL;
	double d = text ? strtod(text, &rest) : -1;

	if (!rest || rest == text || *rest || !(d >= 0 && d <= most)) {
		fprintf(stderr, "relay: %s takes a number from 0 to %g\n", option, most);
		exit(2);
	}
	return d;
}

static uint32_t share(const char *option, const char *text)
{
	double d = number(option, text, 100) / 100 * 4294967296.0;

	return d >= 4294967295.0 ? UINT32_MAX : (uint32_t)d;
}

/* Loss of all pairs, or of the one that --pair named: there, back or both. */
static void lose(struct relay *r, uint32_t loss, bool there, bool back)
{
	for (size_t i = r->lossy; i < r->lossy + r->lossy_n; i++)
		if (i % 2 == 0 ? there : back)
			r->way[i].loss = loss;
}

/* Sets one option from its value. Returns false when there is no such option. */
static bool set(struct relay *r, const char *o, const char *v, uint32_t *queue, double *time_s)
{
	if (!strcmp(o, "--delay")) {
		r->delay_ns = (uint64_t)(number(o, v, 60000) * 1e6);
	} else if (!strcmp(o, "--jitter")) {
		r->jitter_ns = (uint64_t)(number(o, v, 60000) * 1e6);
	} else if (!strcmp(o, "--loss")) {
		lose(r, share(o, v), true, true);
	} else if (!strcmp(o, "--loss-there")) {
		lose(r, share(o, v), true, false);
	} else if (!strcmp(o, "--loss-back")) {
		lose(r, share(o, v), false, true);
	} else if (!strcmp(o, "--pair")) {
		double pair = number(o, v, (double)r->n / 2);

		r->lossy = pair < 1 ? 0 : 2 * (size_t)pair - 2;
		r->lossy_n = pair < 1 ? r->n : 2;
	} else if (!strcmp(o, "--dup")) {
		r->dup = share(o, v);
	} else if (!strcmp(o, "--reorder")) {
		r->reorder = share(o, v);
	} else if (!strcmp(o, "--queue")) {
		*queue = (uint32_t)number(o, v, 4000000);
	} else if (!strcmp(o, "--seed")) {
		r->random = (uint64_t)number(o, v, 9007199254740992.0);
	} else if (!strcmp(o, "--time")) {
		*time_s = number(o, v, 86400);
	} else {
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	static struct relay r = { .random = 1 };
	uint32_t queue = 65536;
	double time_s = 86400;
	int names = 1;

	while (names < argc && argv[names][0] != '-')
		names++;
	if (names < 3 || names % 2 == 0 || names > 2 * PAIRS_MAX + 1) {
		fprintf(stderr, "usage: relay A B [C D …] [OPTION…]; its source says which\n");
		return 2;
	}
	r.n = r.lossy_n = (size_t)names - 1;
	for (int i = names; i < argc; i++) {
		if (!strcmp(argv[i], "--busy")) {
			r.busy = true;
		} else if (!set(&r, argv[i], argv[i + 1], &queue, &time_s)) {
			fprintf(stderr, "relay: no option '%s'\n", argv[i]);
			return 2;
		} else {
			i++;
		}
	}
	for (size_t i = 0; i < r.n; i += 2) {
		int a = line_end(argv[1 + i]), b = line_end(argv[2 + i]);

		way_init(&r.way[i], a, b, queue);
		way_init(&r.way[i + 1], b, a, queue);
	}
	/* 50 us of slack would be added to every delay. */
	prctl(PR_SET_TIMERSLACK, 1);
	signal(SIGTERM, end);
	signal(SIGINT, end);
	printf("ready\n");
	fflush(stdout);
	run(&r, now() + (uint64_t)(time_s * 1e9));
	for (size_t i = 0; i < r.n; i++)
		way_done(&r.way[i], i % 2 ? "back" : "there", r.n > 2 ? i / 2 + 1 : 0);
	return 0;
}
