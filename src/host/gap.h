/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How readers and copiers of this host tell what they could not read or copy. */
#pragma once

#include "fact/audit.h"

/* Called for each gap; @gap and its texts live for the call only. */
typedef void host_gap_tell(void *to, const struct fact_gap *gap);
