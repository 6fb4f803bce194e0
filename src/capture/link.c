/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/link.h"

enum link_type capture_link(uint32_t linktype)
{
	switch (linktype) {
	case 0:   /* NULL */
	case 108: /* LOOP */
		return LINK_NULL;
	case 1:
		return LINK_ETHERNET;
	case 7:
		return LINK_ARCNET;
	case 8:
		return LINK_SLIP;
	case 9:  /* PPP */
	case 50: /* PPP_HDLC */
		return LINK_PPP;
	case 12: /* what some systems write in place of 101 */
	case 14:
	case 101: /* RAW */
	case 228: /* IPV4 */
	case 229: /* IPV6 */
		return LINK_RAW;
	case 51:
		return LINK_PPP_ETHER;
	case 104:
		return LINK_CHDLC;
	case 107:
		return LINK_FRELAY;
	case 113:
		return LINK_SLL;
	case 129:
		return LINK_ARCNET_LINUX;
	case 242:
		return LINK_IPOIB;
	case 276:
		return LINK_SLL2;
	case 281:
		return LINK_BRCM_TAG;
	default:
		return LINK_TYPES;
	}
}
