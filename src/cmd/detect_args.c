/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/detect_args.h"

#include <errno.h>
#include <string.h>

#include "base/nearest.h"

#define SHOWN 60 /* octets of a wrong argument in a message */

int detect_args_size(const char *text, size_t *ret, struct err *err)
{
	static const char units[] = "kmg";
	const char *p = text, *unit;
	uint64_t v = 0;

	for (; *p >= '0' && *p <= '9' && v <= DETECT_ARGS_MEMORY_MAX; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	unit = *p ? strchr(units, *p | 0x20) : NULL;
	if (p > text && unit && v <= DETECT_ARGS_MEMORY_MAX) {
		v <<= 10 * (unit - units + 1);
		p++;
	}
	if (p == text || *p || v < DETECT_MEMORY_MIN || v > DETECT_ARGS_MEMORY_MAX)
		return err_set(err, -EINVAL, "'%.*s' is no size from %uM to %uG, as in 25M", SHOWN,
			       text, DETECT_MEMORY_MIN >> 20,
			       (unsigned)(DETECT_ARGS_MEMORY_MAX >> 30));
	*ret = v;
	return 0;
}

/* The next of a list parted by commas, in @buf; false: it is too long for any address. */
static bool next_part(const char **text, char buf[static IP_TEXT_LEN])
{
	size_t n = strcspn(*text, ",");
	bool fits = n < IP_TEXT_LEN;

	n = MIN(n, (size_t)IP_TEXT_LEN - 1);
	memcpy(buf, *text, n);
	buf[n] = '\0';
	*text += strcspn(*text, ",");
	return fits;
}

int detect_args_prefixes(const char *option, const char *text, struct ip_prefix *list, size_t *n,
			 struct err *err)
{
	char part[IP_TEXT_LEN];
	size_t had = *n;

	for (;; text++) {
		struct ip_prefix p;

		if (!next_part(&text, part) || ip_prefix_scan(part, &p) < 0) {
			*n = had;
			return err_set(
				err, -EINVAL,
				"%s: '%s' is no network: say 192.0.2.0/24, 2001:db8::/64 or an address",
				option, part);
		}
		if (*n == DETECT_PREFIXES_MAX) {
			*n = had;
			return err_set(err, -E2BIG, "%s: at most %d networks", option,
				       DETECT_PREFIXES_MAX);
		}
		list[(*n)++] = p;
		if (!*text)
			return 0;
	}
}

static const char *nearest_threshold(const char *name)
{
	const struct detect_threshold_info *t;
	const char *best = NULL;

	for (size_t i = 0; (t = detect_threshold_at(i)) != NULL; i++)
		if (nearest_is(name, t->name) &&
		    (!best || nearest_distance(name, t->name) < nearest_distance(name, best)))
			best = t->name;
	return best;
}

int detect_args_set(const char *text, struct detect_conf *conf, struct err *err)
{
	const char *value = strchr(text, '='), *near;
	char name[NEAREST_LEN_MAX];
	int r;

	if (!value || value == text || (size_t)(value - text) >= sizeof(name))
		return err_set(err, -EINVAL, "--set: '%.*s' is not NAME=VALUE, as in run=16", SHOWN,
			       text);
	memcpy(name, text, (size_t)(value - text));
	name[value - text] = '\0';
	if (strlen(value + 1) > SHOWN)
		return err_set(err, -EINVAL, "--set: %s: the number is too long", name);
	r = detect_set(conf, name, value + 1, err);
	near = r == -ENOENT ? nearest_threshold(name) : NULL;
	if (near)
		return err_set(err, -EINVAL, "--set: no threshold is called '%s': did you mean %s?",
			       name, near);
	if (r == -ENOENT)
		return err_set(err, -EINVAL,
			       "--set: no threshold is called '%s': doc/detection.md lists them",
			       name);
	return r < 0 ? err_wrap(err, r, "--set") : 0;
}

static int each_prefix(const char *option, const struct opt_each *e, struct ip_prefix *list,
		       size_t *n, struct err *err)
{
	int r = 0;

	if (e->n > OPT_EACH_MAX)
		return err_set(err, -EINVAL,
			       "%s may be given %d times; commas part several networks", option,
			       OPT_EACH_MAX);
	for (size_t i = 0; i < e->n && r == 0; i++)
		r = detect_args_prefixes(option, e->item[i], list, n, err);
	return r == -E2BIG ? -EINVAL : r;
}

static int routers(const struct opt_each *e, struct detect_conf *conf, struct err *err)
{
	if (e->n > ARRAY_LEN(conf->router))
		return err_set(err, -EINVAL, "--router may be given %zu times",
			       ARRAY_LEN(conf->router));
	for (size_t i = 0; i < e->n; i++)
		if (ip_scan(e->item[i], &conf->router[conf->router_n++]) < 0)
			return err_set(err, -EINVAL,
				       "--router: '%.*s' is no address: say 192.0.2.1 or fe80::1",
				       SHOWN, e->item[i]);
	return 0;
}

static int thresholds(const struct opt_each *e, struct detect_conf *conf, struct err *err)
{
	int r = 0;

	if (e->n > OPT_EACH_MAX)
		return err_set(err, -EINVAL, "--set may be given %d times", OPT_EACH_MAX);
	for (size_t i = 0; i < e->n && r == 0; i++)
		r = detect_args_set(e->item[i], conf, err);
	return r;
}

/* Tables hash by multiplication: a key needs bits all over, which small numbers have not. */
static struct hash_key key_of(uint64_t seed)
{
	const struct hash_key k = { { seed, 0x736f6e6465 } };

	return (struct hash_key){ { hash(&k, (struct span){ (const uint8_t *)"0", 1 }),
				    hash(&k, (struct span){ (const uint8_t *)"1", 1 }) } };
}

int detect_args_conf(const struct detect_args *a, struct detect_conf *ret, struct err *err)
{
	int r = 0;

	detect_defaults(ret);
	if (a->memory && detect_args_size(a->memory, &ret->memory, err) < 0)
		return err_wrap(err, -EINVAL, "--memory");
	r = each_prefix("--monitored", &a->monitored, ret->monitored, &ret->monitored_n, err);
	if (r == 0)
		r = each_prefix("--dark", &a->dark, ret->dark, &ret->dark_n, err);
	if (r == 0)
		r = each_prefix("--ignore", &a->ignored, ret->ignored, &ret->ignored_n, err);
	if (r == 0)
		r = routers(&a->router, ret, err);
	if (r == 0)
		r = thresholds(&a->set, ret, err);
	if (r < 0)
		return r;
	if (a->seed != DETECT_ARGS_NONE)
		ret->key = key_of(a->seed);
	if (detect_size(ret) == 0)
		return err_set(
			err, -EINVAL,
			"--monitored: so many addresses do not fit into %zuM of memory: give more by --memory",
			ret->memory >> 20);
	return 0;
}
