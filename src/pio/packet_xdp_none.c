/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the place of packet_xdp.c where libxdp was not there to build with. */
#include "pio/packet.h"

#include <errno.h>

static int xdp_open(const struct pio_packet_conf *conf UNUSED, void **ret_self UNUSED,
		    struct err *err)
{
	return err_set(err, -EOPNOTSUPP,
		       "back end 'xdp' is not built in: install libxdp-dev and build again");
}

/* No other call can come: nothing opens. */
static void xdp_close(void *self UNUSED)
{
}

static int xdp_fd(void *self UNUSED)
{
	return -1;
}

static unsigned xdp_slots(void *self UNUSED, struct pio_slot **ret_slots UNUSED, unsigned n UNUSED)
{
	return 0;
}

static unsigned xdp_send(void *self UNUSED, unsigned n UNUSED, int *ret_errno)
{
	*ret_errno = EOPNOTSUPP;
	return 0;
}

static int xdp_recv(void *self UNUSED, unsigned n UNUSED,
		    void (*each)(void *to, const struct pio_arrival *a) UNUSED, void *to UNUSED)
{
	return -EOPNOTSUPP;
}

static unsigned xdp_drops(void *self UNUSED)
{
	return 0;
}

const struct pio_packet_ops pio_packet_xdp = {
	.name = "xdp",
	.summary = "AF_XDP sockets (not built in)",
	.open = xdp_open,
	.close = xdp_close,
	.fd = xdp_fd,
	.slots = xdp_slots,
	.send = xdp_send,
	.recv = xdp_recv,
	.drops = xdp_drops,
};
