/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Puts the NSS module into nsswitch.conf(5).
 */
#ifndef VMAILCTL_SETUP_NSSWITCH_LINES_H
#define VMAILCTL_SETUP_NSSWITCH_LINES_H

#include "text_buffer.h"

/**
 * Puts "vmail" into the lines of TEXT for passwd, group, shadow and initgroups, as nsswitch_rules.h
 * says, and adds lines that are missing; that for initgroups after the one for group. A good line
 * stays as it is. False if memory is short.
 */
bool nsswitch_lines_put(struct vmail_text_buffer *text);

#endif
