/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "icmp/registry.h"

#include <stdio.h>

#include "icmp/number.h"
#include "icmp/table.h"

size_t icmp_registry_count(void)
{
	return icmp_table_n;
}

const struct icmp_entry *icmp_registry_at(size_t i)
{
	return i < icmp_table_n ? &icmp_table[i] : NULL;
}

const struct icmp_entry *icmp_find(unsigned family, uint8_t type, int code)
{
	const struct icmp_table_type *t;

	if (family != 4 && family != 6)
		return NULL;
	t = &icmp_table_type[family == 6][type];
	if (t->block == 0 || code < 0 || code > 255)
		return &icmp_table[t->row];
	return &icmp_table[icmp_table_code[t->block - 1][code]];
}

bool icmp_is_error(unsigned family, uint8_t type)
{
	if (family == 6)
		return type < ICMP6_INFO_MIN;
	return family == 4 && (type == ICMP4_UNREACH || type == ICMP4_SOURCE_QUENCH ||
			       type == ICMP4_REDIRECT || type == ICMP4_TIME_EXCEEDED ||
			       type == ICMP4_PARAM_PROBLEM || type == ICMP4_PHOTURIS);
}

struct pair {
	uint8_t family, request, reply;
};

/* Who answers whom. The RFCs are those of the types' rows. */
static const struct pair pairs[] = {
	{ 4, ICMP4_ECHO, ICMP4_ECHO_REPLY },
	{ 4, ICMP4_ROUTER_SOLICIT, ICMP4_ROUTER_ADVERT },
	{ 4, ICMP4_TIMESTAMP, ICMP4_TIMESTAMP_REPLY },
	{ 4, ICMP4_INFO, ICMP4_INFO_REPLY },
	{ 4, ICMP4_MASK, ICMP4_MASK_REPLY },
	{ 4, 33, 34 }, /* IPv6 Where-Are-You, I-Am-Here */
	{ 4, 35, 36 }, /* Mobile Registration */
	{ 4, 37, 38 }, /* Domain Name, RFC 1788 */
	{ 4, ICMP4_EXT_ECHO, ICMP4_EXT_ECHO_REPLY },
	{ 6, ICMP6_ECHO, ICMP6_ECHO_REPLY },
	{ 6, ICMP6_ND_ROUTER_SOLICIT, ICMP6_ND_ROUTER_ADVERT },
	{ 6, ICMP6_ND_NEIGHBOR_SOLICIT, ICMP6_ND_NEIGHBOR_ADVERT },
	{ 6, ICMP6_NODE_INFO, ICMP6_NODE_INFO_REPLY },
	{ 6, ICMP6_IND_SOLICIT, ICMP6_IND_ADVERT },
	{ 6, ICMP6_HOME_AGENT, ICMP6_HOME_AGENT_REPLY },
	{ 6, ICMP6_MOBILE_PREFIX_SOLICIT, ICMP6_MOBILE_PREFIX_ADVERT },
	{ 6, ICMP6_CERT_PATH_SOLICIT, ICMP6_CERT_PATH_ADVERT },
	{ 6, ICMP6_MRD_SOLICIT, ICMP6_MRD_ADVERT },
	{ 6, ICMP6_DAR, ICMP6_DAC },
	{ 6, ICMP6_EXT_ECHO, ICMP6_EXT_ECHO_REPLY },
};

bool icmp_is_request(unsigned family, uint8_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (pairs[i].family == family && pairs[i].request == type)
			return true;
	return false;
}

bool icmp_is_reply_to(unsigned family, uint8_t type, uint8_t *ret_request)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		if (pairs[i].family != family || pairs[i].reply != type)
			continue;
		if (ret_request)
			*ret_request = pairs[i].request;
		return true;
	}
	return false;
}

static const char *const class_names[ICMP_CLASS_N] = {
	[ICMP_CLASS_ERROR] = "error",
	[ICMP_CLASS_QUERY] = "query",
	[ICMP_CLASS_REPLY] = "reply",
	[ICMP_CLASS_DISCOVERY] = "discovery",
	[ICMP_CLASS_ROUTING] = "routing",
	[ICMP_CLASS_INFO] = "info",
	[ICMP_CLASS_EXPERIMENTAL] = "experimental",
	[ICMP_CLASS_RESERVED] = "reserved",
};

static const char *const status_names[ICMP_STATUS_N] = {
	[ICMP_STATUS_CURRENT] = "current",       [ICMP_STATUS_DEPRECATED] = "deprecated",
	[ICMP_STATUS_HISTORIC] = "historic",     [ICMP_STATUS_RESERVED] = "reserved",
	[ICMP_STATUS_UNASSIGNED] = "unassigned",
};

const char *const icmp_risk_words[] = {
	[ICMP_RISK_NONE] = "none", [ICMP_RISK_LOW] = "low", [ICMP_RISK_MEDIUM] = "medium",
	[ICMP_RISK_HIGH] = "high", [ICMP_RISK_N] = NULL,
};

static const char *const act_names[ICMP_ACT_N] = {
	[ICMP_ACT_DROP] = "drop",
	[ICMP_ACT_ACCEPT] = "accept",
	[ICMP_ACT_RATELIMIT] = "ratelimit",
	[ICMP_ACT_ACCEPT_IF_RELATED] = "accept-if-related",
	[ICMP_ACT_LOCAL_ONLY] = "local-only",
};

static const char *const confidence_names[ICMP_CONFIDENCE_N] = {
	[ICMP_CONFIDENCE_LOW] = "low",
	[ICMP_CONFIDENCE_MEDIUM] = "medium",
	[ICMP_CONFIDENCE_HIGH] = "high",
};

static const char *name_at(const char *const *names, size_t n, size_t i)
{
	return i < n ? names[i] : "?";
}

const char *icmp_class_name(enum icmp_class class)
{
	return name_at(class_names, ICMP_CLASS_N, class);
}

const char *icmp_status_name(enum icmp_status status)
{
	return name_at(status_names, ICMP_STATUS_N, status);
}

const char *icmp_risk_name(enum icmp_risk risk)
{
	return name_at(icmp_risk_words, ICMP_RISK_N, risk);
}

const char *icmp_act_name(enum icmp_act act)
{
	return name_at(act_names, ICMP_ACT_N, act);
}

const char *icmp_confidence_name(enum icmp_confidence confidence)
{
	return name_at(confidence_names, ICMP_CONFIDENCE_N, confidence);
}

const char *icmp_text(unsigned family, uint8_t type, int code, char buf[static ICMP_TEXT_LEN])
{
	const struct icmp_entry *t = icmp_find(family, type, ICMP_CODE_ANY);
	const struct icmp_entry *e = icmp_find(family, type, code);
	bool any = code < 0 || code > 255;

	if (!t && any)
		snprintf(buf, ICMP_TEXT_LEN, "ICMP type %u", type);
	else if (!t)
		snprintf(buf, ICMP_TEXT_LEN, "ICMP type %u code %d", type, code);
	else if (e != t)
		snprintf(buf, ICMP_TEXT_LEN, "%s/%s (%u/%d)", t->machine_name, e->machine_name,
			 type, code);
	else if (any || (code == 0 && icmp_table_type[family == 6][type].block == 0))
		snprintf(buf, ICMP_TEXT_LEN, "%s (%u)", t->machine_name, type);
	else
		snprintf(buf, ICMP_TEXT_LEN, "%s (%u/%d)", t->machine_name, type, code);
	return buf;
}
