/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

const struct command domain_command = { .path = "domain", .summary = "Domains" };
const struct command domain_alias_command = { .path = "domain alias",
                                              .summary = "Aliases of a domain" };
const struct command address_command = { .path = "address", .summary = "IP addresses of domains" };
const struct command user_command = { .path = "user", .summary = "Users of the domains" };
const struct command group_command = { .path = "group", .summary = "Groups of the domains" };
const struct command alias_command = { .path = "alias", .summary = "Mail aliases" };
const struct command mail_command = { .path = "mail",
                                      .summary = "Where mail goes, and its limits" };
const struct command relay_command = { .path = "relay",
                                       .summary = "Domains for which this machine is backup MX" };
