/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/nft.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <nftables/libnftables.h>

#include "sys/nl.h"

struct host_nft {
	struct nft_ctx *ctx;
};

/* The library ends the program when it cannot open its socket: ask the kernel first. */
static int ask_kernel(struct err *err)
{
	struct {
		struct nlmsghdr nlh;
		struct nfgenmsg nfg;
	} msg = {
		.nlh = { .nlmsg_len = sizeof(msg),
			 .nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN },
		.nfg = { .nfgen_family = NFPROTO_UNSPEC, .version = NFNETLINK_V0 },
	};
	AUTO(nl_closep) struct nl *nl = NULL;
	int r = nl_open(NETLINK_NETFILTER, &nl, err);

	if (r == -EPROTONOSUPPORT)
		return err_set(err, -EOPNOTSUPP, "this kernel has no netfilter");
	if (r < 0)
		return r;
	r = nl_talk(nl, &msg.nlh, NULL, NULL, NULL);
	if (r == -EPERM)
		return err_set(err, r, "the firewall is shown to CAP_NET_ADMIN only");
	if (r == -EINVAL || r == -EOPNOTSUPP)
		return err_set(err, -EOPNOTSUPP, "this kernel has no nf_tables");
	return r < 0 ? err_set(err, r, "asking nf_tables: %s", strerror(-r)) : 0;
}

int host_nft_open(struct host_nft **ret_nft, struct err *err)
{
	struct host_nft *nft;
	int r = ask_kernel(err);

	if (r < 0)
		return r;
	nft = calloc(1, sizeof(*nft));
	if (nft)
		nft->ctx = nft_ctx_new(NFT_CTX_DEFAULT);
	if (!nft || !nft->ctx || nft_ctx_buffer_output(nft->ctx) ||
	    nft_ctx_buffer_error(nft->ctx)) {
		host_nft_close(nft);
		return err_set(err, -ENOMEM, "opening libnftables: out of memory");
	}
	*ret_nft = nft;
	return 0;
}

void host_nft_close(struct host_nft *nft)
{
	if (!nft)
		return;
	if (nft->ctx)
		nft_ctx_free(nft->ctx);
	free(nft);
}

void host_nft_closep(struct host_nft **nft)
{
	host_nft_close(*nft);
}

/* "/dev/stdin:1:2-3: Error: words" and the lines that point at it: the words are enough. */
static int say(struct nft_ctx *ctx, struct err *err)
{
	const char *text = nft_ctx_get_error_buffer(ctx), *at;
	size_t len;

	if (!text || !*text)
		return err_set(err, -EINVAL, "nftables refused it without a word");
	at = strstr(text, "Error: ");
	text = at ? at + strlen("Error: ") : text;
	len = strcspn(text, "\n");
	err_set(err, -EINVAL, "%.*s", (int)MIN(len, 200), text);
	return strstr(text, "Operation not permitted") ? -EPERM : -EINVAL;
}

int host_nft_run(struct host_nft *nft, const char *commands, unsigned flags, char **ret_out,
		 struct err *err)
{
	unsigned set = 0;
	const char *text;
	char *out;

	set |= flags & HOST_NFT_HANDLES ? NFT_CTX_OUTPUT_HANDLE : 0;
	set |= flags & HOST_NFT_NUMERIC ? NFT_CTX_OUTPUT_NUMERIC_ALL : 0;
	set |= flags & HOST_NFT_JSON ? NFT_CTX_OUTPUT_JSON : 0;
	nft_ctx_output_set_flags(nft->ctx, set);
	if (nft_run_cmd_from_buffer(nft->ctx, commands) != 0) {
		nft_ctx_get_output_buffer(nft->ctx); /* reading it empties it */
		return say(nft->ctx, err);
	}
	nft_ctx_get_error_buffer(nft->ctx); /* warnings */
	text = nft_ctx_get_output_buffer(nft->ctx);
	if (!ret_out)
		return 0;
	out = strdup(text ? text : "");
	if (!out)
		return err_set(err, -ENOMEM, "listing the firewall: out of memory");
	*ret_out = out;
	return 0;
}
