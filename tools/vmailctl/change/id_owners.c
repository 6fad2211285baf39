/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "id_owners.h"

#include <string.h>
#include <unistd.h>

#include "domains.h"
#include "managed.h"
#include "message.h"
#include "records.h"
#include "trust.h"

/* No domain has this name, so no domain uses this lock. */
static const char lock_name[] = "@ids";

/** Co-administrators do not learn which file of another domain it is. */
static enum exit_code ids_unknown(const struct context *context, const char *domain,
                                  enum vmail_result result, const struct vmail_error *error)
{
    struct vmail_error told = *error;
    if (!managed_domain(context, domain))
        vmail_error_set(&told, error->code,
                        "cannot choose an id: a file of another domain cannot be read or is not "
                        "trusted; ask root to run vmailctl check");
    else if (result != VMAIL_NO_MEMORY)
        vmail_error_set(&told, error->code,
                        "cannot choose an id, because the ids of %s are unknown: %s", domain,
                        error->text);
    return message_result(context, result, &told);
}

static enum exit_code walk_file(const struct context *context, enum vmail_kind kind,
                                const char *domain, id_owner_function *function, void *data)
{
    struct records records;
    bool good = true;
    records_begin(&records, context, kind, domain);
    while (good && records_next(&records))
        good = function(data, domain, &records.record);
    const enum vmail_result result = records_close(&records);
    if (!good)
        return message_no_memory(context);
    return result == VMAIL_NOT_FOUND ? EXIT_DONE
                                     : ids_unknown(context, domain, result, &records.error);
}

enum exit_code id_owners_walk(const struct context *context, const char *without,
                              id_owner_function *function, void *data)
{
    struct vmail_domain_list list;
    struct vmail_error error = { 0 };
    enum exit_code code = EXIT_DONE;
    enum vmail_result result = vmail_domains_list(context->paths, &list, &error);
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    for (size_t i = 0; i < list.count && code == EXIT_DONE; i++) {
        if (without != NULL && strcmp(list.name[i], without) == 0)
            continue;
        code = walk_file(context, VMAIL_PASSWD, list.name[i], function, data);
        if (code == EXIT_DONE)
            code = walk_file(context, VMAIL_GROUP, list.name[i], function, data);
    }
    vmail_domains_free(&list);
    return code;
}

enum exit_code id_owners_lock(const struct context *context, struct vmail_lock *lock)
{
    struct vmail_error error = { 0 };
    int directory;
    enum vmail_result result = vmail_trusted_open_directory(context->paths, &directory, &error);
    if (result == VMAIL_OK) {
        result = vmail_lock_file(directory, lock_name, VMAIL_LOCK_SECONDS_ADMIN, lock, &error);
        close(directory);
    }
    if (result == VMAIL_OK)
        return EXIT_DONE;
    message_result(context, result, &error);
    return EXIT_UNAVAILABLE;
}
