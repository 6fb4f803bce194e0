/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of flow/ping: what the engine says, put into facts. Nobody else includes this. */
#pragma once

#include "flow/ping.h"
#include "probe/ping.h"

void ping_tell_event(const struct flow_ping_tell *tell, const struct flow_targets *targets,
		     const struct ping_event *ev);

/** The sum of target @i. Sorts its samples. */
void ping_tell_target(const struct flow_ping_tell *tell, const struct flow_targets *targets,
		      size_t i, struct ping_target *t);
