/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "icmp/number.h"
#include "icmp/registry.h"

TEST(icmp_registry_row_has_every_column_of_fragmentation_needed)
{
	const struct icmp_entry *e = icmp_find(4, ICMP4_UNREACH, ICMP4_UNREACH_NEEDFRAG);

	CHECK_EQ(e->family, 4);
	CHECK_EQ(e->type_lo, 3);
	CHECK_EQ(e->type_hi, 3);
	CHECK_EQ(e->code, 4);
	CHECK_STR(e->name, "Fragmentation Needed and Don't Fragment was Set");
	CHECK_STR(e->machine_name, "fragmentation-needed");
	CHECK_STR(e->nft_name, "frag-needed");
	CHECK_STR(e->iptables_name, "fragmentation-needed");
	CHECK_EQ(e->class, ICMP_CLASS_ERROR);
	CHECK_EQ(e->status, ICMP_STATUS_CURRENT);
	CHECK_HAS(e->rfc, "RFC4884");
	CHECK_HAS(e->meaning, "larger than the next link");
	CHECK_HAS(e->cause, "smaller MTU");
	CHECK_EQ(e->risk, ICMP_RISK_MEDIUM);
	CHECK_HAS(e->risk_why, "off-path attacker");
	CHECK_HAS(e->breakage, "black hole");
	CHECK_EQ(e->act_input, ICMP_ACT_ACCEPT_IF_RELATED);
	CHECK_EQ(e->act_output, ICMP_ACT_ACCEPT);
	CHECK_EQ(e->act_forward, ICMP_ACT_ACCEPT_IF_RELATED);
	CHECK(e->ttl_rule == NULL);
	CHECK_EQ(e->ct_states, ICMP_CT_RELATED | ICMP_CT_INVALID);
	CHECK_HAS(e->linux_rx, "route PMTU");
	CHECK(e->valid_codes == NULL);
	CHECK_HAS(e->policy_note, "MUST NOT be blocked");
	CHECK_HAS(e->source, "RFC1191");
	CHECK_EQ(e->confidence, ICMP_CONFIDENCE_HIGH);
}

TEST(icmp_registry_row_has_every_column_of_port_unreachable)
{
	const struct icmp_entry *e = icmp_find(4, ICMP4_UNREACH, ICMP4_UNREACH_PORT);

	CHECK_EQ(e->code, 3);
	CHECK_STR(e->name, "Port Unreachable");
	CHECK_STR(e->machine_name, "port-unreachable");
	CHECK_STR(e->nft_name, "port-unreachable");
	CHECK_STR(e->iptables_name, "port-unreachable");
	CHECK_EQ(e->class, ICMP_CLASS_ERROR);
	CHECK_EQ(e->status, ICMP_STATUS_CURRENT);
	CHECK_HAS(e->rfc, "RFC792");
	CHECK_HAS(e->meaning, "no process listens");
	CHECK_HAS(e->cause, "closed UDP port");
	CHECK_EQ(e->risk, ICMP_RISK_LOW);
	CHECK_HAS(e->breakage, "hang until time-out");
	CHECK_EQ(e->act_input, ICMP_ACT_ACCEPT_IF_RELATED);
	CHECK_EQ(e->act_output, ICMP_ACT_RATELIMIT);
	CHECK_EQ(e->act_forward, ICMP_ACT_ACCEPT_IF_RELATED);
	CHECK_EQ(e->confidence, ICMP_CONFIDENCE_HIGH);
}

TEST(icmp_registry_row_has_every_column_of_neighbour_solicitation)
{
	const struct icmp_entry *e = icmp_find(6, ICMP6_ND_NEIGHBOR_SOLICIT, ICMP_CODE_ANY);

	CHECK_EQ(e->family, 6);
	CHECK_EQ(e->type_lo, 135);
	CHECK_EQ(e->type_hi, 135);
	CHECK_EQ(e->code, ICMP_CODE_ANY);
	CHECK_STR(e->name, "Neighbor Solicitation");
	CHECK_STR(e->machine_name, "neighbour-solicitation");
	CHECK_STR(e->nft_name, "nd-neighbor-solicit");
	CHECK_STR(e->iptables_name, "neighbour-solicitation");
	CHECK_EQ(e->class, ICMP_CLASS_DISCOVERY);
	CHECK_EQ(e->status, ICMP_STATUS_CURRENT);
	CHECK_HAS(e->rfc, "RFC4861");
	CHECK_EQ(e->risk, ICMP_RISK_MEDIUM);
	CHECK_EQ(e->act_input, ICMP_ACT_LOCAL_ONLY);
	CHECK_EQ(e->act_output, ICMP_ACT_LOCAL_ONLY);
	CHECK_EQ(e->act_forward, ICMP_ACT_DROP);
	CHECK_STR(e->ttl_rule, "hop limit 255");
	CHECK_EQ(e->ct_states, ICMP_CT_UNTRACKED);
	CHECK_STR(e->valid_codes, "0");
}

/* Of a row in the file, what icmp_find must prefer; slow and obvious. */
static const struct icmp_entry *search(unsigned family, unsigned type, int code)
{
	const struct icmp_entry *best = NULL;

	for (size_t i = 0; i < icmp_registry_count(); i++) {
		const struct icmp_entry *e = icmp_registry_at(i);

		if (e->family != family || type < e->type_lo || type > e->type_hi)
			continue;
		if (e->code == code)
			return e;
		if (e->code == ICMP_CODE_ANY)
			best = e;
	}
	return best;
}

TEST(icmp_find_equals_a_linear_search_over_every_type_and_code)
{
	static const unsigned families[] = { 4, 6 };

	for (size_t f = 0; f < ARRAY_LEN(families); f++)
		for (unsigned type = 0; type < 256; type++)
			for (int code = ICMP_CODE_ANY; code < 256; code++) {
				const struct icmp_entry *e =
					icmp_find(families[f], (uint8_t)type, code);

				CHECK(e != NULL);
				CHECK(e == search(families[f], type, code));
			}
}

TEST(icmp_find_takes_any_code_and_knows_two_families)
{
	const struct icmp_entry *type = icmp_find(4, 3, ICMP_CODE_ANY);

	CHECK(icmp_find(4, 3, 256) == type);
	CHECK(icmp_find(4, 3, -2) == type);
	CHECK(icmp_find(0, 3, 3) == NULL);
	CHECK(icmp_find(5, 3, 3) == NULL);
	CHECK(icmp_find(46, 3, 3) == NULL);
}

TEST(icmp_find_answers_a_type_in_a_range_with_the_range)
{
	const struct icmp_entry *e = icmp_find(4, 77, 9);

	CHECK_EQ(e->type_lo, 44);
	CHECK_EQ(e->type_hi, 252);
	CHECK_EQ(e->code, ICMP_CODE_ANY);
	CHECK(icmp_find(4, 44, 0) == e);
	CHECK(icmp_find(4, 252, 255) == e);
	CHECK(icmp_find(4, 43, 0) != e);
	CHECK(icmp_find(4, 253, 0) != e);
}

TEST(icmp_registry_is_ordered_and_ends)
{
	CHECK(icmp_registry_at(icmp_registry_count()) == NULL);
	for (size_t i = 1; i < icmp_registry_count(); i++) {
		const struct icmp_entry *a = icmp_registry_at(i - 1), *b = icmp_registry_at(i);
		unsigned x = a->family << 17 | (unsigned)a->type_lo << 9 | (unsigned)(a->code + 1);
		unsigned y = b->family << 17 | (unsigned)b->type_lo << 9 | (unsigned)(b->code + 1);

		CHECK(x < y);
	}
}

TEST(icmp_registry_says_each_class_status_risk_advice_and_confidence)
{
	unsigned class = 0, status = 0, risk = 0, act = 0, confidence = 0, ct = 0;

	for (size_t i = 0; i < icmp_registry_count(); i++) {
		const struct icmp_entry *e = icmp_registry_at(i);

		class |= 1u << e->class;
		status |= 1u << e->status;
		risk |= 1u << e->risk;
		act |= 1u << e->act_input | 1u << e->act_output | 1u << e->act_forward;
		confidence |= 1u << e->confidence;
		ct |= e->ct_states;
		CHECK(e->ct_states != 0);
	}
	CHECK_EQ(class, (1u << ICMP_CLASS_N) - 1);
	CHECK_EQ(status, (1u << ICMP_STATUS_N) - 1);
	CHECK_EQ(risk, (1u << ICMP_RISK_N) - 1);
	CHECK_EQ(act, (1u << ICMP_ACT_N) - 1);
	CHECK_EQ(confidence, 1u << ICMP_CONFIDENCE_MEDIUM | 1u << ICMP_CONFIDENCE_HIGH);
	CHECK_EQ(ct, 31);
}

TEST(icmp_registry_texts_are_there_and_machine_names_unique)
{
	for (size_t i = 0; i < icmp_registry_count(); i++) {
		const struct icmp_entry *e = icmp_registry_at(i);
		const char *must[] = { e->name,     e->machine_name, e->nft_name,
				       e->meaning,  e->cause,        e->risk_why,
				       e->breakage, e->linux_rx,     e->source };

		for (size_t t = 0; t < ARRAY_LEN(must); t++)
			CHECK(must[t] && must[t][0]);
		for (size_t j = 0; j < i; j++) {
			const struct icmp_entry *o = icmp_registry_at(j);

			CHECK(e->family != o->family || strcmp(e->machine_name, o->machine_name));
		}
	}
}

/* data/icmp_registry.tsv is what the build compiled in: same rows, same cells. */
TEST(icmp_registry_holds_every_line_of_its_table)
{
	char line[4096], family[8], lo[16], code[8], name[256], machine[64];
	FILE *f = fopen(TEST_SOURCE_ROOT "/data/icmp_registry.tsv", "r");
	size_t rows = 0;

	CHECK(f != NULL);
	CHECK(fgets(line, sizeof(line), f) != NULL);
	while (fgets(line, sizeof(line), f)) {
		const struct icmp_entry *e;
		unsigned type, family_n;
		int code_n;

		CHECK_EQ(sscanf(line, "%7[^\t]\t%15[^\t]\t%7[^\t]\t%255[^\t]\t%63[^\t]\t", family,
				lo, code, name, machine),
			 5);
		CHECK_EQ(sscanf(family, "%u", &family_n), 1);
		CHECK_EQ(sscanf(lo, "%u", &type), 1);
		if (sscanf(code, "%d", &code_n) != 1)
			code_n = ICMP_CODE_ANY;
		e = icmp_find(family_n, (uint8_t)type, code_n);
		CHECK_EQ(e->code, code_n);
		CHECK_STR(e->name, name);
		CHECK_STR(e->machine_name, machine);
		rows++;
	}
	fclose(f);
	CHECK_EQ(rows, icmp_registry_count());
}

TEST(icmp_registry_agrees_with_the_kernels_conntrack_about_types)
{
	static const struct {
		uint8_t family, lo, hi, states;
	} known[] = {
		{ 4, 8, 8, ICMP_CT_NEW | ICMP_CT_ESTABLISHED },
		{ 4, 13, 13, ICMP_CT_NEW | ICMP_CT_ESTABLISHED },
		{ 4, 0, 0, ICMP_CT_ESTABLISHED | ICMP_CT_INVALID },
		{ 4, 3, 5, ICMP_CT_RELATED | ICMP_CT_INVALID },
		{ 4, 11, 12, ICMP_CT_RELATED | ICMP_CT_INVALID },
		{ 4, 9, 10, ICMP_CT_INVALID },
		{ 4, 19, 255, ICMP_CT_INVALID },
		{ 6, 0, 127, ICMP_CT_RELATED | ICMP_CT_INVALID },
		{ 6, 130, 136, ICMP_CT_UNTRACKED },
		{ 6, 137, 137, ICMP_CT_RELATED | ICMP_CT_INVALID },
		{ 6, 138, 138, ICMP_CT_INVALID },
		{ 6, 143, 143, ICMP_CT_UNTRACKED },
		{ 6, 144, 150, ICMP_CT_INVALID },
		{ 6, 151, 152, ICMP_CT_UNTRACKED },
		{ 6, 153, 255, ICMP_CT_INVALID },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		for (unsigned t = known[i].lo; t <= known[i].hi; t++)
			CHECK_EQ(icmp_find(known[i].family, (uint8_t)t, ICMP_CODE_ANY)->ct_states,
				 known[i].states);
}

TEST(icmp_is_error_agrees_with_the_registrys_classes)
{
	for (size_t i = 0; i < icmp_registry_count(); i++) {
		const struct icmp_entry *e = icmp_registry_at(i);

		if (e->class == ICMP_CLASS_ERROR)
			CHECK(icmp_is_error(e->family, e->type_lo));
		if (e->class == ICMP_CLASS_QUERY || e->class == ICMP_CLASS_REPLY)
			CHECK(!icmp_is_error(e->family, e->type_lo));
	}
	CHECK(icmp_is_error(4, ICMP4_REDIRECT));
	CHECK(!icmp_is_error(4, ICMP4_ECHO));
	CHECK(!icmp_is_error(4, 1));
	CHECK(icmp_is_error(6, 127));
	CHECK(!icmp_is_error(6, 128));
	CHECK(!icmp_is_error(6, ICMP6_ND_REDIRECT));
	CHECK(!icmp_is_error(0, 3));
	CHECK(!icmp_is_error(5, 3));
}

TEST(icmp_request_and_reply_agree_with_the_registrys_classes)
{
	for (size_t i = 0; i < icmp_registry_count(); i++) {
		const struct icmp_entry *e = icmp_registry_at(i);
		uint8_t to = 0;

		if (e->class == ICMP_CLASS_QUERY)
			CHECK(icmp_is_request(e->family, e->type_lo));
		if (e->class == ICMP_CLASS_REPLY) {
			CHECK(icmp_is_reply_to(e->family, e->type_lo, &to));
			CHECK_EQ(icmp_find(e->family, to, ICMP_CODE_ANY)->class, ICMP_CLASS_QUERY);
		}
		if (e->class == ICMP_CLASS_ERROR) {
			CHECK(!icmp_is_request(e->family, e->type_lo));
			CHECK(!icmp_is_reply_to(e->family, e->type_lo, &to));
		}
	}
}

TEST(icmp_is_reply_to_names_the_request)
{
	static const struct {
		uint8_t family, reply, request;
	} pairs[] = {
		{ 4, 0, 8 },     { 4, 9, 10 },    { 4, 14, 13 },   { 4, 16, 15 },   { 4, 18, 17 },
		{ 4, 43, 42 },   { 6, 129, 128 }, { 6, 134, 133 }, { 6, 136, 135 }, { 6, 140, 139 },
		{ 6, 161, 160 }, { 6, 151, 152 }, { 6, 158, 157 }, { 6, 142, 141 },
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		uint8_t to = 255;

		CHECK(icmp_is_reply_to(pairs[i].family, pairs[i].reply, &to));
		CHECK_EQ(to, pairs[i].request);
		CHECK(icmp_is_reply_to(pairs[i].family, pairs[i].reply, NULL));
		CHECK(icmp_is_request(pairs[i].family, pairs[i].request));
		to = 255;
		CHECK(!icmp_is_reply_to(pairs[i].family, pairs[i].request, &to));
		CHECK_EQ(to, 255);
		CHECK(!icmp_is_request(pairs[i].family, pairs[i].reply));
	}
	CHECK(!icmp_is_request(6, 8));
	CHECK(!icmp_is_reply_to(6, 0, NULL));
}

TEST(icmp_text_names_type_and_code)
{
	static const struct {
		unsigned family, type;
		int code;
		const char *want;
	} cases[] = {
		{ 4, 3, 3, "destination-unreachable/port-unreachable (3/3)" },
		{ 6, 1, 4, "destination-unreachable/port-unreachable (1/4)" },
		{ 4, 8, 0, "echo-request (8)" },
		{ 4, 8, 5, "echo-request (8/5)" },
		{ 4, 3, 200, "destination-unreachable (3/200)" },
		{ 4, 3, ICMP_CODE_ANY, "destination-unreachable (3)" },
		{ 4, 77, 0, "unassigned-44-252 (77)" },
		{ 4, 77, 1, "unassigned-44-252 (77/1)" },
		{ 6, 2, 0, "packet-too-big (2)" },
		{ 0, 3, 3, "ICMP type 3 code 3" },
		{ 0, 3, ICMP_CODE_ANY, "ICMP type 3" },
	};
	char buf[ICMP_TEXT_LEN];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(icmp_text(cases[i].family, (uint8_t)cases[i].type, cases[i].code, buf),
			  cases[i].want);
}

TEST(icmp_text_fits_for_every_type_and_code)
{
	char buf[ICMP_TEXT_LEN];

	for (unsigned family = 4; family <= 6; family++)
		for (unsigned type = 0; type < 256; type++)
			for (int code = ICMP_CODE_ANY; code < 256; code++) {
				icmp_text(family, (uint8_t)type, code, buf);
				CHECK(strlen(buf) + 1 < sizeof(buf));
			}
}

TEST(icmp_words_of_the_enums)
{
	CHECK_STR(icmp_class_name(ICMP_CLASS_DISCOVERY), "discovery");
	CHECK_STR(icmp_status_name(ICMP_STATUS_HISTORIC), "historic");
	CHECK_STR(icmp_risk_name(ICMP_RISK_MEDIUM), "medium");
	CHECK_STR(icmp_act_name(ICMP_ACT_ACCEPT_IF_RELATED), "accept-if-related");
	CHECK_STR(icmp_confidence_name(ICMP_CONFIDENCE_HIGH), "high");
	for (int i = 0; i < ICMP_CLASS_N; i++)
		CHECK(icmp_class_name((enum icmp_class)i)[0] != '?');
	for (int i = 0; i < ICMP_STATUS_N; i++)
		CHECK(icmp_status_name((enum icmp_status)i)[0] != '?');
	for (int i = 0; i < ICMP_ACT_N; i++)
		CHECK(icmp_act_name((enum icmp_act)i)[0] != '?');
	CHECK_STR(icmp_class_name(ICMP_CLASS_N), "?");
	CHECK_STR(icmp_status_name(ICMP_STATUS_N), "?");
	CHECK_STR(icmp_risk_name(ICMP_RISK_N), "?");
	CHECK_STR(icmp_act_name(ICMP_ACT_N), "?");
	CHECK_STR(icmp_confidence_name(ICMP_CONFIDENCE_N), "?");
}

TEST(icmp_risk_words_are_those_of_the_enum)
{
	for (int i = 0; i < ICMP_RISK_N; i++)
		CHECK_STR(icmp_risk_words[i], icmp_risk_name((enum icmp_risk)i));
	CHECK(icmp_risk_words[ICMP_RISK_N] == NULL);
}
