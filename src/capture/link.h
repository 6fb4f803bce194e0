/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of wire/link.h's link types a capture file's number means. Source: the LINKTYPE_ registry,
 * draft-ietf-opsawg-pcaplinktype.
 */
#pragma once

#include "wire/link.h"

/** LINK_TYPES when it is none that Sonde opens. */
enum link_type capture_link(uint32_t linktype);
