/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Checks text of a source that will become a field of a file.
 */
#ifndef VMAILCTL_IMPORT_TEXT_CHECK_H
#define VMAILCTL_IMPORT_TEXT_CHECK_H

#include <stdbool.h>

/** Whether TEXT can be a field of passwd(5): no colon, no control character except tabs. */
bool import_text_valid(const char *text);

/** Whether TEXT can be a line of aliases(5): no control character except tabs. */
bool import_line_valid(const char *text);

/** Whether TEXT can be the fields 3 to 9 of shadow(5): six colons and digits. */
bool import_ageing_valid(const char *text);

#endif
