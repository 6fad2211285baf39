/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The words and the environment of the programs that get a message. No shell reads the words.
 */
#ifndef VMAIL_DELIVER_COMMAND_H
#define VMAIL_DELIVER_COMMAND_H

#include <stddef.h>

#include "plan.h"

/** Strings that end with NULL; the caller frees them with command_free. */
typedef char **command_words;

/**
 * Returns the words of AGENT, the key `delivery_agent' of vmail.conf, for the user of JOB. In each
 * word but the first, %u becomes the user, %d the domain, %h the home, %s SENDER, %r the address,
 * %t the tag and %% a percent sign. NULL: no memory.
 */
command_words command_of_agent(const char *agent, const struct job *job, const char *sender);

/**
 * Returns the whole environment for JOB: HOME, USER, LOGNAME, SHELL, PATH, SENDER, RECIPIENT
 * and EXTENSION (the tag). In the last three, each character that may be special to a shell is an
 * underscore: they come from the network. NULL: no memory.
 */
command_words command_environment(const struct job *job, const char *sender, const char *recipient);

void command_free(command_words words);

#endif
