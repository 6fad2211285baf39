/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Settings in files of one form: a setting is a line that does not start with a blank or "#", and
 * the lines after it that start with a blank, which continue it. Comments do not end a setting. So
 * it is in main.cf and master.cf of Postfix, and in the simpler files of other daemons.
 */
#ifndef VMAILCTL_SETUP_SETTING_LINES_H
#define VMAILCTL_SETUP_SETTING_LINES_H

#include "text_buffer.h"

/** Which part of a setting says what it sets: two settings with the same key exclude each other. */
enum setting_key {
    SETTING_KEY_EQUALS,      /* all before "=": vsftpd.conf(5), files of a shell */
    SETTING_KEY_POSTFIX,     /* the same, but a list keeps what is in it: main.cf of postconf(5) */
    SETTING_KEY_TWO_WORDS,   /* a service and its type: master.cf(5) */
    SETTING_KEY_THREE_WORDS, /* a service, its type and its protocol: inetd.conf(5) */
};

/**
 * Puts each setting of EXAMPLE into TEXT: in place of the last one with the same key, which is the
 * one that counts, or at the end. A setting that differs only in blanks stays as it is. With
 * SETTING_KEY_POSTFIX, settings whose names end with _maps, _domains or _restrictions are lists:
 * the value of EXAMPLE is added to the end of the list unless it is there. False if memory is
 * short.
 */
bool setting_lines_put(struct vmail_text_buffer *text, struct vmail_piece example,
                       enum setting_key key);

#endif
