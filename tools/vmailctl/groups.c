/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

const struct command domain_command = { .path = "domain", .summary = "Domains" };
const struct command domain_alias_command = { .path = "domain alias",
                                              .summary = "Other names of a domain" };
const struct command address_command = { .path = "address",
                                         .summary = "IP addresses that mean a domain" };
const struct command user_command = { .path = "user", .summary = "Users of the domains" };
const struct command group_command = { .path = "group", .summary = "Groups of the domains" };
const struct command alias_command = { .path = "alias", .summary = "Mail aliases" };
const struct command relay_command = { .path = "relay",
                                       .summary = "Domains that mail is only passed on for" };
