/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "pio/packet.h"

TEST(packets_table_is_whole)
{
	size_t n = 0;

	for (const struct pio_packet_ops *o; (o = pio_packet_at(n)); n++) {
		CHECK(o->name && o->summary && o->summary[strlen(o->summary) - 1] != '.');
		CHECK(o->open && o->close && o->fd && o->slots && o->send && o->recv && o->drops);
		CHECK(pio_packet_find(o->name) == o);
		o->close(NULL);
	}
	CHECK_EQ(n, 4);
	CHECK(pio_packet_find("pack") == NULL);
	CHECK(pio_packet_find("") == NULL);
	CHECK_STR(pio_packet_at(0)->name, "packet"); /* the default comes first */
}

TEST(packets_refuse_an_interface_that_is_none)
{
	struct pio_packet_conf conf = { .ifindex = 0x7ffffff, .ether = true };
	const char *const names[] = { "packet", "ip", "xdp" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct err err = { "" };
		void *io = NULL;

		CHECK(pio_packet_find(names[i])->open(&conf, &io, &err) < 0);
		CHECK(io == NULL);
		CHECK(err.text[0] != '\0');
	}
}

TEST(packets_packet_refuses_links_without_ethernet_headers)
{
	struct pio_packet_conf conf = { .ifindex = 1 };
	struct err err = { "" };
	void *io = NULL;

	CHECK_EQ(pio_packet_packet.open(&conf, &io, &err), -EOPNOTSUPP);
	CHECK_HAS(err.text, "take 'ip'");
	CHECK(io == NULL);
}
