/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "password_source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "hash.h"
#include "message.h"

enum { GENERATED_GROUPS = 4, GENERATED_GROUP = 5 };

/* No similar characters; 20 of these 31 are 99 bits. */
static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz2345679";

const char password_source_excludes[] =
    "--password-stdin, --password-hash, --generate and --no-password cannot be combined";

/** One character; all have the same probability. False: no random numbers. */
static bool random_character(char *out)
{
    const unsigned count = sizeof alphabet - 1;
    unsigned char byte;
    do {
        if (getrandom(&byte, 1, 0) != 1)
            return false;
    } while (byte >= 256 / count * count);
    *out = alphabet[byte % count];
    return true;
}

static enum exit_code generate(const struct context *context, struct secret *secret)
{
    char *end = secret->text;
    for (int i = 0; i < GENERATED_GROUPS * GENERATED_GROUP; i++) {
        if (i > 0 && i % GENERATED_GROUP == 0)
            *end++ = '-';
        if (!random_character(end++)) {
            secret_wipe(secret);
            message_error(context, "cannot get random numbers; nothing was changed");
            return EXIT_UNAVAILABLE;
        }
    }
    *end = '\0';
    return EXIT_DONE;
}

static enum exit_code copy(const struct context *context, const char *text, char **hash)
{
    *hash = strdup(text);
    return *hash == NULL ? message_no_memory(context) : EXIT_DONE;
}

static enum exit_code read_hash(const struct context *context, char **hash)
{
    struct secret line = { 0 };
    const char *setting = NULL;
    enum exit_code code = prompt_password_stdin(context, &line);
    if (code != EXIT_DONE)
        return code;
    enum vmail_hash_kind kind = vmail_hash_classify(line.text, &setting);
    if (kind == VMAIL_HASH_TOO_COSTLY) {
        message_error(
            context,
            "the hash takes too long to check; create it with a lower cost, see pam_vmail(8)");
        code = EXIT_BAD_DATA;
    } else if (strpbrk(line.text, ": \t\r\n") != NULL ||
               (kind != VMAIL_HASH_USABLE && kind != VMAIL_HASH_LOCKED)) {
        message_error(context,
                      "standard input is not a hash supported by crypt(3) on this machine");
        code = EXIT_BAD_DATA;
    } else {
        if (kind == VMAIL_HASH_USABLE && vmail_hash_is_weak(setting))
            message_warning(
                context, "the hash uses a weak method; the next password change uses a better one");
        code = copy(context, line.text, hash);
    }
    secret_wipe(&line);
    return code;
}

static enum exit_code make_hash(const struct context *context, const struct secret *secret,
                                char **hash)
{
    struct vmail_error error = { 0 };
    if (context->dry_run)
        return copy(context, "(hash)", hash);
    *hash = vmail_hash_new(secret->text, NULL, 0, &error);
    if (*hash != NULL)
        return EXIT_DONE;
    message_error(context, "%s", error.text);
    return EXIT_UNAVAILABLE;
}

static bool can_be_shown(void)
{
    const int flags = fcntl(STDOUT_FILENO, F_GETFL);
    return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

enum exit_code password_source_get(const struct context *context, enum password_source source,
                                   const char *name, struct secret *generated, char **hash)
{
    struct secret secret = { 0 };
    char label[SECRET_MAX];
    enum exit_code code = EXIT_DONE;
    *hash = NULL;
    generated->text[0] = '\0';
    if (source == PASSWORD_GENERATE && !can_be_shown()) {
        message_error(
            context,
            "standard output is closed, so nobody would see the password; nothing was changed");
        return EXIT_UNAVAILABLE;
    }
    if (source == PASSWORD_NONE)
        return copy(context, "!", hash);
    if (source == PASSWORD_HASH)
        return read_hash(context, hash);
    snprintf(label, sizeof label, "New password for %s", name);
    if (source == PASSWORD_STDIN)
        code = prompt_password_stdin(context, &secret);
    else if (source == PASSWORD_GENERATE && !context->dry_run)
        code = generate(context, &secret);
    else if (!context->dry_run)
        code = prompt_password(context, label, true, &secret);
    if (code != EXIT_DONE)
        return code; /* SECRET is wiped already */
    code = make_hash(context, &secret, hash);
    if (code == EXIT_DONE && source == PASSWORD_GENERATE)
        memcpy(generated, &secret, sizeof secret);
    secret_wipe(&secret);
    return code;
}
