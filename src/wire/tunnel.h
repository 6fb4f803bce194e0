/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets within packets: what an IP protocol or a UDP port carries, reduced to "an EtherType
 * and what follows". A port is only a hint; the caller must see that what follows is a packet.
 *
 * Pure. Source: RFC 2003 and 4213 (IP in IP), RFC 2784, 2890 and 2637 (GRE),
 * RFC 3378 (EtherIP), RFC 4023 (MPLS in IP), RFC 7348 (VXLAN), RFC 8926 (Geneve),
 * 3GPP TS 29.281 5 (GTP-U), RFC 4380 5.1.1 (Teredo), RFC 2661 3.1 (L2TP).
 */
#pragma once

#include "base/base.h"
#include "wire/link.h"

/**
 * What protocol @proto carries in @l4.
 *
 * Returns 1 with @ret_next borrowing from @l4; 0, nothing written, when it is no tunnel we
 * open or its header is cut or malformed.
 */
int tunnel_open(uint8_t proto, struct span l4, struct link_next *ret_next);
