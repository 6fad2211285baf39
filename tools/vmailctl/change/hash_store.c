/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hash_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "lock.h"
#include "message.h"
#include "prompt.h"
#include "record_format.h"
#include "set_password.h"
#include "table.h"
#include "records.h"

/** The hash field of KIND.DOMAIN. EXIT_NO_SUCH without a message. */
static enum exit_code read_field(const struct context *context,
                                 const struct vmail_identity *identity, enum vmail_kind kind,
                                 char **hash)
{
    struct records records;
    records_begin(&records, context, kind, identity->domain);
    const bool found = records_find(&records, identity->user);
    if (found)
        *hash =
            strdup(kind == VMAIL_PASSWD ? records.record.passwd.hash : records.record.shadow.hash);
    enum exit_code code = records_end(&records);
    if (code != EXIT_DONE)
        return code;
    return !found ? EXIT_NO_SUCH : *hash == NULL ? message_no_memory(context) : EXIT_DONE;
}

enum exit_code hash_store_read(const struct context *context, const struct vmail_identity *identity,
                               char **hash)
{
    *hash = NULL;
    enum exit_code code = read_field(context, identity, VMAIL_PASSWD, hash);
    if (code == EXIT_DONE && strcmp(*hash, "x") == 0) {
        secret_free(*hash);
        *hash = NULL;
        code = read_field(context, identity, VMAIL_SHADOW, hash);
    }
    if (code == EXIT_NO_SUCH)
        message_error(context, "%s@%s has no password; set one with vmailctl user passwd",
                      identity->user, identity->domain);
    return code;
}

static enum exit_code show_password(const struct context *context,
                                    const struct vmail_identity *identity, const char *hash,
                                    long day)
{
    struct change change;
    char text[24], *old = NULL;
    snprintf(text, sizeof text, "%ld", day);
    const struct vmail_field fields[] = { { VMAIL_FIELD_HASH, hash },
                                          { VMAIL_FIELD_LAST_CHANGE, text } };
    const struct vmail_field moved = { VMAIL_FIELD_HASH, "x" };
    enum exit_code code = read_field(context, identity, VMAIL_PASSWD, &old);
    bool in_shadow = code == EXIT_DONE && strcmp(old, "x") == 0;
    secret_free(old);
    if (code != EXIT_DONE)
        return code;
    code = change_begin(&change, context, identity->domain, false);
    if (code != EXIT_DONE)
        return change_end(&change, code);
    code = account_set(&change, VMAIL_SHADOW, identity->user, fields, day >= 0 ? 2 : 1);
    if (code == EXIT_NO_SUCH) {
        change_would(&change, "add a line for %s to shadow.%s", identity->user, identity->domain);
        code = EXIT_DONE;
    }
    if (code == EXIT_DONE && !in_shadow)
        code = account_set(&change, VMAIL_PASSWD, identity->user, &moved, 1);
    return change_end(&change, code);
}

enum exit_code hash_store_write(const struct context *context,
                                const struct vmail_identity *identity, const char *hash,
                                const char *instead, long day)
{
    struct vmail_error error = { 0 };
    const struct vmail_new_password new = { .domain = identity->domain,
                                            .user = identity->user,
                                            .hash = hash,
                                            .instead = instead,
                                            .seconds = VMAIL_LOCK_SECONDS_ADMIN,
                                            .last_change = day };
    if (context->dry_run)
        return show_password(context, identity, hash, day);
    struct change change;
    enum exit_code code = change_begin(&change, context, identity->domain, false);
    if (code != EXIT_DONE)
        return change_end(&change, code);
    enum vmail_result result = vmail_set_password_locked(context->paths, context->config, &new,
                                                         &change.make_shadow, &error);
    if (result == VMAIL_NOT_FOUND) {
        message_error(context, "this user was changed at the same time; try again");
        return change_end(&change, EXIT_UNAVAILABLE);
    }
    if (vmail_is_done(result)) {
        change_written(&change, VMAIL_SHADOW);
        change_written(&change, VMAIL_PASSWD);
    }
    return change_end(&change, message_result(context, result, &error));
}
