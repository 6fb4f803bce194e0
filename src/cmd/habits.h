/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options that fingers type who know nmap, masscan or fping, and that are not here: what to type
 * instead, or why there is none. Those that ask for what is done anyway are passed over.
 */
#pragma once

#include "cmd/opt.h"

extern const struct opt_habit habits_sweep[], habits_scan[], habits_why[], habits_trace[];
