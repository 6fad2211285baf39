/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "nss_scratch.h"

#include "cmocka_all.h"

int nss_scratch_teardown(void **state)
{
    _nss_vmail_endpwent();
    _nss_vmail_endspent();
    _nss_vmail_endgrent();
    _nss_vmail_endaliasent();
    return module_teardown(state);
}
