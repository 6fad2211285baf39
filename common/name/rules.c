/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules.h"

bool vmail_rules_allow_id(const struct vmail_rules *rules, uint32_t id)
{
    return id >= rules->ids.first && id <= rules->ids.last && id >= VMAIL_IDS_LOWEST &&
           id != 65534 && id != 65535 && id != UINT32_MAX;
}
