/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/alert.h"
#include "fact/audit.h"
#include "fact/detect.h"
#include "fact/host.h"
#include "fact/icmp_type.h"
#include "fact/ping.h"
#include "fact/port.h"
#include "fact/socket.h"
#include "fact/summary.h"
#include "fact/trace.h"
#include "fact/watch.h"
#include "fact/why.h"

const struct fact_type *const fact_types[] = {
	&fact_icmp_type,
	&fact_socket,
	&fact_reply,
	&fact_icmp_error,
	&fact_ping_target,
	&fact_iface,
	&fact_exposure,
	&fact_port_group,
	&fact_icmp_verdict,
	&fact_burst,
	&fact_rule_proof,
	&fact_gap,
	&fact_finding,
	&fact_host,
	&fact_port,
	&fact_why,
	&fact_hop,
	&fact_path,
	&fact_path_mtu,
	&fact_trace,
	&fact_icmp_count,
	&fact_failure,
	&fact_echo_rtt,
	&fact_talker,
	&fact_watch_interval,
	&fact_watch_sum,
	&fact_alert,
	&fact_detect_sum,
	&fact_summary,
	NULL,
};
