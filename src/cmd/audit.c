/* SPDX-License-Identifier: GPL-2.0-or-later */
/* audit: what can the network see of this host, why, and what should change? */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/audit_report.h"
#include "cmd/cmd.h"
#include "flow/audit.h"
#include "out/html.h"

#define IFACES_MAX 64

static const char *const fail_words[] = { "info", "low", "medium", "high", "never", NULL };

enum { FAIL_NEVER = FACT_HIGH + 1 };

struct audit_args {
	uint8_t family, fail_on;
	bool explain, no_proof;
	const char *html;
	struct opt_rest ifaces;
};

static bool stop(void *to)
{
	return app_interrupted(to);
}

static void progress(void *to, const char *doing)
{
	app_progress(to, doing);
}

static void facts(struct app *app, const struct fact_audit *a)
{
	for (size_t i = 0; i < a->iface_n; i++)
		app_fact(app, &fact_iface, &a->iface[i]);
	for (size_t i = 0; i < a->exposure_n; i++)
		app_fact(app, &fact_exposure, &a->exposure[i]);
	for (size_t i = 0; i < a->group_n; i++)
		app_fact(app, &fact_port_group, &a->group[i]);
	for (size_t i = 0; i < a->verdict_n; i++)
		app_fact(app, &fact_icmp_verdict, &a->verdict[i]);
	for (size_t i = 0; i < a->burst_n; i++)
		app_fact(app, &fact_burst, &a->burst[i]);
	for (size_t i = 0; i < a->proof_n; i++)
		app_fact(app, &fact_rule_proof, &a->proof[i]);
	for (size_t i = 0; i < a->gap_n; i++)
		app_fact(app, &fact_gap, &a->gap[i]);
	for (size_t i = 0; i < a->finding_n; i++)
		app_fact(app, &fact_finding, &a->finding[i]);
}

/* Where the page goes. */
struct page {
	const char *path; /* NULL: none is wanted */
	int fd;           /* -1: none is open */
	bool made;        /* the file was not there before: a failed audit leaves none behind */
};

/* Opened before anything is done, so that a wrong name costs no audit; emptied only to be written. */
static int page_open(const char *path, struct page *ret, struct err *err)
{
	struct page p = { .path = path, .fd = -1 };

	if (path) {
		p.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		p.made = p.fd >= 0;
		if (p.fd < 0 && errno == EEXIST)
			p.fd = open(path, O_WRONLY | O_CLOEXEC);
		if (p.fd < 0)
			return err_set(err, -EIO, "--html: cannot write '%s': %s", path,
				       strerror(errno));
	}
	*ret = p;
	return 0;
}

static void page_close(struct page *p)
{
	if (p->fd >= 0)
		close(p->fd);
	if (p->fd >= 0 && p->made)
		unlink(p->path);
}

static int page_write(struct page *p, const struct fact_audit *a, struct err *err)
{
	struct out_sink *sink;
	int r;

	if (p->fd < 0)
		return 0;
	sink = malloc(sizeof(*sink));
	if (!sink)
		return err_set(err, -ENOMEM, "--html: out of memory");
	/* A pipe or terminal has nothing to cut. */
	(void)!ftruncate(p->fd, 0);
	out_init(sink, app_write_fd, &p->fd);
	html_audit(sink, a);
	r = out_flush(sink);
	free(sink);
	if (close(p->fd) < 0 && r == 0)
		r = -errno;
	p->fd = -1;
	return r < 0 ? err_set(err, -EIO, "--html: writing '%s': %s", p->path, strerror(-r)) : 0;
}

static bool fails(const struct fact_audit *a, uint8_t fail_on, struct fact_severities *count)
{
	int64_t *by[] = { &count->info, &count->low, &count->medium, &count->high };
	bool hit = false;

	*count = (struct fact_severities){ 0 };
	for (size_t i = 0; i < a->finding_n; i++) {
		++*by[a->finding[i].severity];
		hit |= a->finding[i].severity >= fail_on;
	}
	return hit;
}

static void report(struct app *app, const struct fact_audit *a)
{
	app_progress(app, NULL);
	facts(app, a);
	if (!app->json)
		audit_report(&app->text, a);
}

static int audit_cmd(struct app *app, const struct audit_args *args, const char *const *ifaces,
		     struct page *page, struct err *err)
{
	/* The summary is written after this returns. */
	static struct fact_severities count;
	AUTO(audit_freep) struct audit *audit = NULL;
	struct audit_conf conf = {
		.family = args->family,
		.explain = args->explain,
		.no_proof = args->no_proof,
		.iface = args->ifaces.n > 0 ? ifaces : NULL,
		.stop = stop,
		.progress = progress,
		.to = app,
	};
	const struct fact_audit *a;
	bool failed;
	int denied = 0, r = audit_run(&conf, &audit, &denied, err), w;

	if (!audit)
		return r;
	a = audit_facts(audit);
	report(app, a);
	failed = fails(a, args->fail_on, &count);
	app->findings = &count;
	/* A page goes to others, who do not see what stands on this terminal: whole or not at all. */
	if (r < 0)
		return err_set(err, r, "interrupted: the report is not whole");
	w = page_write(page, a, err);
	if (w < 0)
		return w;
	if (denied)
		return err_wrap(
			err, denied,
			"only what needs no privilege was audited (for the rest: sudo sonde audit)");
	return failed ? APP_NO : APP_YES;
}

static int audit_main(struct app *app, const void *args_, struct err *err)
{
	const struct audit_args *args = args_;
	const char *ifaces[IFACES_MAX + 1] = { NULL };
	AUTO(page_close) struct page page = { .fd = -1 };
	int r;

	if (args->ifaces.n > IFACES_MAX)
		return err_set(err, -EINVAL, "at most %d interfaces can be named", IFACES_MAX);
	for (size_t i = 0; i < args->ifaces.n; i++)
		ifaces[i] = args->ifaces.item[i];
	r = page_open(args->html, &page, err);
	return r < 0 ? r : audit_cmd(app, args, ifaces, &page, err);
}

static const struct opt audit_opts[] = {
	OPT_SET('4', "ipv4", struct audit_args, family, 4, "IPv4 only"),
	OPT_SET('6', "ipv6", struct audit_args, family, 6, "IPv6 only"),
	OPT_WORD(
		0, "fail-on", struct audit_args, fail_on, "SEVERITY", fail_words,
		"exit 1 when a finding of this severity or above stands: info, low, medium, high or "
		"never [high]"),
	OPT_TEXT(0, "html", struct audit_args, html, "FILE",
		 "write the report as one web page as well"),
	OPT_FLAG(0, "explain", struct audit_args, explain,
		 "add notes on what is no fault but may surprise"),
	OPT_FLAG(0, "no-proof", struct audit_args, no_proof,
		 "read and review only; build no copy, probe nothing"),
	OPT_REST("INTERFACE", struct audit_args, ifaces, 0, "look through these interfaces only"),
	OPT_END,
};

static const struct audit_args audit_defaults = { .fail_on = FACT_HIGH };

static const struct cmd_example audit_examples[] = {
	{ "sudo sonde audit", "what the network can see of this host, and what should change" },
	{ "sudo sonde audit eth0 --html report.html",
	  "the same through one interface, as a web page too" },
	{ "sudo sonde audit --json --fail-on medium | jq 'select(.type==\"finding\")'",
	  "findings for a program; exit status 1 from medium on" },
	{ NULL, NULL },
};

const struct cmd cmd_audit = {
	.name = "audit",
	.summary = "show what the network can see of this host, why, and what should change",
	.about =
		"Reads this host's addresses, routes, sockets, settings and firewall, builds a sealed copy of it "
		"in network namespaces, and probes that copy from outside: every TCP and UDP port and every ICMP "
		"type and code, from a stranger's address and from a neighbour's. The kernel itself says which "
		"rule decided. No packet leaves the machine, and nothing of the host is changed; the copy is gone "
		"when the command ends, however it ends.\n\n"
		"A socket's state is open (a process takes the probe), closed (the kernel says that nobody "
		"listens), filtered (silence), rejected (a rule answers) or forwarded (rules hand it on to "
		"another host or a container). An ICMP message is passed, answered, dropped, rejected, or "
		"ignored by the kernel.\n\n"
		"Needs root (CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN). Without, it reports what can be read. "
		"Inside a container or a network namespace it audits that namespace.",
	.status_no = "a finding of --fail-on or above stands",
	.opts = audit_opts,
	.args_size = sizeof(struct audit_args),
	.defaults = &audit_defaults,
	.examples = audit_examples,
	.run = audit_main,
};
