/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Thresholds: their defaults, their bounds, their names. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "detect/detect.h"

#define THRESHOLD(n, v, lo, hi, h) \
	{ .name = #n, .help = (h), .value = (v), .least = (lo), .most = (hi) },
static const struct detect_threshold_info thresholds[] = {
#include "detect/thresholds.def"
};
#undef THRESHOLD

void detect_defaults(struct detect_conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	conf->memory = DETECT_MEMORY;
	for (size_t i = 0; i < ARRAY_LEN(thresholds); i++)
		conf->threshold[i] = thresholds[i].value;
}

/* Digits, with one point among them at most: no locale decides what a number is. */
static bool number_of(const char *text, double *ret)
{
	double v = 0, unit = 1;
	bool point = false, digit = false;

	for (; *text; text++) {
		if (*text == '.' && !point) {
			point = true;
			continue;
		}
		if (*text < '0' || *text > '9')
			return false;
		digit = true;
		v = v * 10 + (*text - '0');
		unit *= point ? 10 : 1;
		if (v > 1e15 || unit > 1e15)
			return false;
	}
	*ret = v / unit;
	return digit;
}

int detect_set(struct detect_conf *conf, const char *name, const char *value, struct err *err)
{
	double v;

	for (size_t i = 0; i < ARRAY_LEN(thresholds); i++) {
		const struct detect_threshold_info *t = &thresholds[i];

		if (strcmp(t->name, name) != 0)
			continue;
		if (!number_of(value, &v) || v < t->least || v > t->most)
			return err_set(err, -EINVAL, "%s = %s: must be a number from %g to %g (%s)",
				       name, value, t->least, t->most, t->help);
		conf->threshold[i] = v;
		return 0;
	}
	return err_set(err, -ENOENT, "%s: there is no such threshold", name);
}

const struct detect_threshold_info *detect_threshold_at(size_t i)
{
	return i < ARRAY_LEN(thresholds) ? &thresholds[i] : NULL;
}
