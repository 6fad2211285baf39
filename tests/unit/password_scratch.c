/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "password_scratch.h"

#include <string.h>

#include "cmocka_all.h"
#include "lock.h"

const char passwd[] = "alice:x:70001:70001:::\n"
                      "bob:x:70002:70002:::\n"
                      "carol:HASH:70003:70003:C:/c:/bin/sh\n";
const char shadow[] = "alice:A:19001:0:99999:7:::\n"
                      "bob:OLD:19002:0:99999:7:::\n"
                      "carol:*:19003:0:99999:7:::\n";

int users_setup(void **state)
{
    int result = scratch_setup(state);
    struct scratch *scratch = *state;
    if (result != 0)
        return result;
    scratch_config(scratch, "");
    scratch_write(scratch, "passwd.va.example", passwd);
    scratch_write_bytes(scratch, "shadow.va.example", shadow, strlen(shadow), 0640);
    return 0;
}

struct vmail_new_password new_for(const char *user)
{
    return (struct vmail_new_password){ .domain = "va.example",
                                        .user = user,
                                        .hash = "$6$new",
                                        .seconds = VMAIL_LOCK_SECONDS,
                                        .last_change = 20000 };
}

void check_sets(const struct scratch *scratch, const struct vmail_new_password *new)
{
    struct vmail_error error;
    size_t before = scratch_open_descriptors();
    check_result(vmail_set_password(&scratch->paths, scratch->config, new, &error), VMAIL_OK,
                 &error);
    assert_int_equal(scratch_count(scratch, ".new"), 0);
    assert_int_equal(scratch_open_descriptors(), before);
}
