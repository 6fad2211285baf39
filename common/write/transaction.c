/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transaction.h"

#include <string.h>

#include "index_build.h"

/* One try. */
struct attempt {
    const struct vmail_paths *paths;
    const struct vmail_transaction *transaction;
    struct vmail_edit edit[VMAIL_TRANSACTION_FILES];
    size_t count; /* of opened files */
    struct vmail_error *error;
};

/* After another process changed a file through a link, under the lock of its own domain, the files
 * are read under the locks beside them. */
static enum vmail_result open_file(struct attempt *attempt,
                                   const struct vmail_transaction_file *file, bool locked)
{
    const struct vmail_transaction *transaction = attempt->transaction;
    struct vmail_edit *edit = &attempt->edit[attempt->count++];
    enum vmail_result result =
        locked ? vmail_edit_open_locked(attempt->paths, file->name, transaction->seconds, edit,
                                        attempt->error)
               : vmail_edit_open(attempt->paths, file->name, edit, attempt->error);
    if (result == VMAIL_NOT_FOUND && edit->place.directory >= 0 && file->make != NULL)
        result = VMAIL_OK;
    return result;
}

/* Whether NOW, read after DONE was written, has the text that DONE wrote. */
static bool is_ours(const struct vmail_edit *now, const struct vmail_edit *done)
{
    const struct vmail_piece text = vmail_edit_before(now), ours = vmail_edit_after(done);
    return text.length == ours.length && memcmp(text.text, ours.text, ours.length) == 0;
}

/* Gives the file of DONE its old text back, unless somebody has changed it since. */
static bool take_back(const struct attempt *attempt, struct vmail_edit *done)
{
    const unsigned seconds = attempt->transaction->seconds;
    const struct vmail_piece old = vmail_edit_before(done);
    struct vmail_edit now;
    vmail_lock_release(&done->lock); /* what follows takes it again */
    bool good =
        vmail_edit_open(attempt->paths, done->name, &now, NULL) == VMAIL_OK && is_ours(&now, done);
    if (good && done->place.fd < 0)
        good = vmail_is_done(vmail_remove(attempt->paths, done->name, seconds, NULL));
    else if (good)
        good = vmail_edit_splice(&now, 0, now.old_length, old.text, old.length) == VMAIL_OK &&
               vmail_is_done(vmail_edit_commit(&now, NULL, seconds, NULL));
    vmail_edit_end(&now);
    return good;
}

/* Writes one file after the other. */
static enum vmail_result commit(struct attempt *attempt, bool *writes)
{
    const struct vmail_transaction *transaction = attempt->transaction;
    enum vmail_result all = VMAIL_OK;
    for (size_t i = 0; i < attempt->count; i++) {
        enum vmail_result result = vmail_edit_commit(&attempt->edit[i], transaction->file[i].make,
                                                     transaction->seconds, attempt->error);
        if (result == VMAIL_UNFINISHED)
            all = VMAIL_UNFINISHED;
        if (vmail_is_done(result))
            continue;
        const struct vmail_error one = *attempt->error;
        while (i-- > 0)
            if (writes[i] && !take_back(attempt, &attempt->edit[i])) {
                vmail_error_set(attempt->error, one.code,
                                "%.300s; %s is changed already, and cannot be restored", one.text,
                                attempt->edit[i].name);
                result = VMAIL_UNAVAILABLE; /* another try would not begin with the old files */
            }
        return result;
    }
    return all;
}

static enum vmail_result write_and_show(struct attempt *attempt)
{
    const struct vmail_transaction *transaction = attempt->transaction;
    bool writes[VMAIL_TRANSACTION_FILES];
    for (size_t i = 0; i < attempt->count; i++)
        writes[i] = vmail_edit_would_write(&attempt->edit[i]);
    enum vmail_result result = transaction->dry_run ? VMAIL_OK : commit(attempt, writes);
    for (size_t i = 0; vmail_is_done(result) && i < attempt->count; i++) {
        if (!writes[i])
            continue;
        if (!transaction->dry_run && transaction->file[i].index != NULL)
            vmail_index_renew(*transaction->file[i].index, VMAIL_INDEX_SMALL);
        if (transaction->show != NULL)
            transaction->show(&attempt->edit[i], transaction->context);
    }
    return result;
}

static enum vmail_result try_once(const struct vmail_paths *paths,
                                  const struct vmail_transaction *transaction, bool again,
                                  struct vmail_error *error)
{
    struct attempt attempt = { .paths = paths, .transaction = transaction, .error = error };
    enum vmail_result result = VMAIL_OK;
    for (const struct vmail_transaction_file *file = transaction->file;
         result == VMAIL_OK && attempt.count < VMAIL_TRANSACTION_FILES && file->name != NULL;
         file++)
        result = open_file(&attempt, file, again && !transaction->dry_run);
    if (result == VMAIL_OK)
        result = transaction->function(attempt.edit, transaction->context, error);
    if (result == VMAIL_OK)
        result = write_and_show(&attempt);
    while (attempt.count > 0)
        vmail_edit_end(&attempt.edit[--attempt.count]);
    return result;
}

enum vmail_result vmail_transaction_run(const struct vmail_paths *paths,
                                        const struct vmail_transaction *transaction,
                                        struct vmail_error *error)
{
    struct vmail_error own;
    enum vmail_result result = VMAIL_CHANGED;
    if (error == NULL)
        error = &own;
    for (int i = 0; result == VMAIL_CHANGED && i < VMAIL_TRANSACTION_TRIES; i++)
        result = try_once(paths, transaction, i > 0, error);
    return result;
}
