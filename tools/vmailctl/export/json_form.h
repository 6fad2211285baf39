/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Our own JSON: {"format": "vmailctl", "version": 1, "domains": [{"domain", "users", "groups",
 * "aliases"}]}. A user has the fields of passwd(5) as they stand in the file, and with hashes
 * "hash" and "ageing", the fields of shadow(5); aliases are the lines of the file. vmailctl(8)
 * tells more.
 */
#ifndef VMAILCTL_EXPORT_JSON_FORM_H
#define VMAILCTL_EXPORT_JSON_FORM_H

#define JSON_FORM_NAME "vmailctl"

enum { JSON_FORM_VERSION = 1 };

/** From now on jansson wipes what it frees: hashes are in it. */
void json_form_wipe_memory(void);

#endif
