/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Puts the lines of pam_vmail into a file of /etc/pam.d.
 */
#ifndef VMAILCTL_SETUP_PAM_LINES_H
#define VMAILCTL_SETUP_PAM_LINES_H

#include "text_buffer.h"

/**
 * Puts the pam_vmail lines of EXAMPLE, a file of examples/pam.d, into TEXT. A line goes before the
 * line that follows it in the example, or before the first line of its type; a session line always
 * before the first of its type. Where TEXT already has a pam_vmail line of that type, the line only
 * gets the options that it lacks. False if memory is short.
 */
bool pam_lines_put(struct vmail_text_buffer *text, struct vmail_piece example);

#endif
