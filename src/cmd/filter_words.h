/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A filter whose words stand apart on the command line, as tcpdump's do. */
#pragma once

#include "base/err.h"
#include "cmd/opt.h"

/** Join them. 0 with @ret to be freed, NULL where there are none; -ENOMEM, -EINVAL (too long) with @err. */
int filter_words(const struct opt_rest *words, char **ret, struct err *err);
