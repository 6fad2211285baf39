/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The source of a new password: asked for twice, standard input, generated, or none. Never the
 * command line, which all users of the machine can read with ps(1).
 */
#ifndef VMAILCTL_PASSWORD_SOURCE_H
#define VMAILCTL_PASSWORD_SOURCE_H

#include <argp.h>

#include "context.h"
#include "prompt.h"

enum password_source {
    PASSWORD_ASK,
    PASSWORD_STDIN,
    PASSWORD_HASH, /* the first line of standard input is a hash */
    PASSWORD_GENERATE,
    PASSWORD_NONE,
};

enum {
    KEY_PASSWORD_STDIN = 0x380,
    KEY_PASSWORD_HASH,
    KEY_PASSWORD_GENERATE,
    KEY_PASSWORD_NONE,
};

/** The options, for the list of a command. */
/* clang-format off */
#define PASSWORD_SOURCE_OPTIONS                                                        \
    { "password-stdin", KEY_PASSWORD_STDIN, NULL, 0,                                   \
      "Read the password from the first line of standard input", 0 },                  \
    { "password-hash", KEY_PASSWORD_HASH, NULL, 0,                                     \
      "Read a crypt(5) hash from the first line of standard input", 0 },               \
    { "generate", KEY_PASSWORD_GENERATE, NULL, 0,                                      \
      "Generate a password and print it once", 0 },                                    \
    { "no-password", KEY_PASSWORD_NONE, NULL, 0,                                       \
      "Set no password: nobody can log in with one", 0 }
/* clang-format on */

/** Takes the option KEY into SOURCE; ARGP_ERR_UNKNOWN for another, argp_error for a second one. */
error_t password_source_parse(int key, enum password_source *source, struct argp_state *state);

/**
 * Gets the password for NAME from SOURCE, and makes its hash in HASH, which the caller wipes and
 * frees by password_source_free. GENERATED (SECRET_MAX + 1 bytes, the caller's to wipe) is the
 * password that was made, "" else. On a dry run nobody is asked, and the hash is a mock that must
 * not be stored. EXIT_DONE; EXIT_BAD_DATA, EXIT_USAGE, EXIT_UNAVAILABLE with a message.
 */
enum exit_code password_source_get(const struct context *context, enum password_source source,
                                   const char *name, struct secret *generated, char **hash);

void password_source_free(char *hash);

#endif
