/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The source of a new password: asked for twice, standard input, generated, or none. Never the
 * command line, which all users of the machine can read with ps(1).
 */
#ifndef VMAILCTL_PASSWORD_SOURCE_H
#define VMAILCTL_PASSWORD_SOURCE_H

#include "context.h"
#include "prompt.h"

enum password_source {
    PASSWORD_ASK,
    PASSWORD_STDIN,
    PASSWORD_HASH, /* the first line of standard input is a hash */
    PASSWORD_GENERATE,
    PASSWORD_NONE,
};

/** What is said where there is more than one of the options. */
extern const char password_source_excludes[];

/** The options, for the table of a command whose struct has an unsigned for the source at AT. */
/* clang-format off */
#define PASSWORD_SOURCE_OPTIONS(AT)                                                              \
    { "password-stdin", NULL, "Read the password from the first line of standard input", .at = (AT),    \
      .kind = OPTION_VALUE, .value = PASSWORD_STDIN, .excludes = password_source_excludes },     \
    { "password-hash", NULL, "Read a crypt(5) hash from the first line of standard input",       \
      .at = (AT), .kind = OPTION_VALUE, .value = PASSWORD_HASH,                                  \
      .excludes = password_source_excludes },                                                    \
    { "generate", NULL, "Generate a password and print it once", .at = (AT),                        \
      .kind = OPTION_VALUE, .value = PASSWORD_GENERATE, .excludes = password_source_excludes },  \
    { "no-password", NULL, "Set no password: nobody can log in with one", .at = (AT),                  \
      .kind = OPTION_VALUE, .value = PASSWORD_NONE, .excludes = password_source_excludes }
/* clang-format on */

/**
 * Gets the password for NAME from SOURCE, and makes its hash in HASH, which the caller wipes and
 * frees by secret_free. GENERATED (SECRET_MAX + 1 bytes, the caller's to wipe) is the
 * password that was made, "" else. On a dry run nobody is asked, and the hash is a mock that must
 * not be stored. EXIT_DONE; EXIT_BAD_DATA, EXIT_USAGE, EXIT_UNAVAILABLE with a message.
 */
enum exit_code password_source_get(const struct context *context, enum password_source source,
                                   const char *name, struct secret *generated, char **hash);

#endif
