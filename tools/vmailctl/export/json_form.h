/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Our own JSON: {"format": "vmailctl", "version": 1, "domains": [{"domain", "users", "groups",
 * "aliases"}]}. A user has the fields of passwd(5) as in the file, and with hashes "hash" and
 * "ageing", the fields of shadow(5); aliases are the lines of the file. See vmailctl(8).
 */
#ifndef VMAILCTL_EXPORT_JSON_FORM_H
#define VMAILCTL_EXPORT_JSON_FORM_H

#define JSON_FORM_NAME "vmailctl"

enum { JSON_FORM_VERSION = 1 };

/** From now on jansson wipes memory that it frees, because it contains hashes. */
void json_form_wipe_memory(void);

#endif
