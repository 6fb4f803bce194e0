/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"
#include "policy/ports.h"

TEST(ports_risk_knows_sensitive_services_by_protocol)
{
	CHECK(ports_risk(FACT_TCP, 6379) != NULL);
	CHECK(ports_risk(FACT_UDP, 6379) == NULL);
	CHECK(ports_risk(FACT_UDP, 161) != NULL);
	CHECK(ports_risk(FACT_TCP, 6063) != NULL);
	CHECK(ports_risk(FACT_TCP, 6064) == NULL);
	CHECK(ports_risk(FACT_TCP, 22) == NULL);
	CHECK(ports_risk(FACT_TCP, 443) == NULL);
	CHECK(ports_risk(FACT_SCTP, 23) == NULL);
}

static uint8_t open_bit(const struct fact_audit *a UNUSED, const struct fact_exposure *e)
{
	return e->state == FACT_OPEN ? 1 : 2;
}

TEST(ports_mark_folds_places_and_ignores_impossible_ports)
{
	struct fact_exposure e[] = { made_exposure(FACT_TCP, 4, 80, FACT_OPEN, NULL),
				     made_exposure(FACT_TCP, 6, 80, FACT_FILTERED, NULL),
				     made_exposure(FACT_UDP, 4, 80, FACT_OPEN, NULL),
				     made_exposure(FACT_TCP, 4, FACT_NONE, FACT_OPEN, NULL),
				     made_exposure(FACT_TCP, 4, 65536, FACT_OPEN, NULL) };
	static struct ports p;
	struct fact_audit a = made_audit();
	size_t marked = 0;

	a.exposure = e;
	a.exposure_n = ARRAY_LEN(e);
	ports_mark(&p, &a, FACT_TCP, open_bit);
	for (int i = 0; i <= 65535; i++)
		marked += p.mark[i] != 0;
	CHECK_EQ(marked, 1);
	CHECK_EQ(p.mark[80], 3);
	CHECK(ports_find(&a, FACT_TCP, 80, open_bit, 2) == &e[1]);
	CHECK(ports_find(&a, FACT_TCP, 81, open_bit, 3) == NULL);
}
