/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checksums that a sender left to its network card: a packet which never meets one (loopback,
 * veth) arrives without. Filling them in gives the octets that a wire would have carried.
 *
 * Pure.
 */
#pragma once

#include "base/base.h"

/**
 * Fill in the checksum of a TCP segment, UDP datagram or ICMPv6 message, whole and not a fragment;
 * anything else is left as it is.
 *
 * @p  @len octets, from the IP header on
 */
void sumfill(uint8_t *p, size_t len);

/**
 * The same where nobody says that the checksum was left out: of a TCP segment or UDP datagram it is
 * taken to be when the field holds the pseudo-header's sum, as Linux leaves it.
 */
void sumfill_seen(uint8_t *p, size_t len);
