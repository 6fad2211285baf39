/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Puts the lines of pam_vmail into a file of /etc/pam.d.
 */
#ifndef VMAILCTL_SETUP_PAM_LINES_H
#define VMAILCTL_SETUP_PAM_LINES_H

#include "text_buffer.h"

enum pam_lines {
    PAM_LINES_DONE,
    PAM_LINES_NO_MEMORY,
    PAM_LINES_JUMP, /* a line before the place of ours skips lines behind it */
};

/**
 * Puts the pam_vmail lines of EXAMPLE, a file of examples/pam.d, into TEXT. A line goes before the
 * line that follows it in the example; else before the first line of its type that includes others
 * or is pam_unix; else before the first of its type. A session line always goes before the first of
 * its type. Where TEXT already has a pam_vmail line of that type, the line only gets the options
 * that it lacks. TEXT is of no use after another result than PAM_LINES_DONE.
 */
enum pam_lines pam_lines_put(struct vmail_text_buffer *text, struct vmail_piece example);

#endif
