/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config_edit_key.h"
#include "config_edit_word.h"
#include "config_guard.h"
#include "name.h"

/* What the reader would not take for one value on one line, or for one word of it. */
static enum vmail_result check_value(const struct config_work *work)
{
    const char *value = work->change->value;
    bool word = work->change->action == VMAIL_CONFIG_ADD_WORD ||
                work->change->action == VMAIL_CONFIG_REMOVE_WORD;
    if (value == NULL)
        return VMAIL_OK;
    size_t length = strlen(value);
    for (size_t i = 0; i < length; i++) {
        if (((unsigned char)value[i] < ' ' && value[i] != '\t') || value[i] == 0x7f)
            return config_work_refuse(work,
                                      "a line break or another control character in the value");
        if (value[i] == ';' && (i == 0 || config_work_is_blank(value[i - 1])))
            return config_work_refuse(work, "; behind white space would start a comment");
        if (word && config_work_is_blank(value[i]))
            return config_work_refuse(work, "one word at a time");
    }
    if (length > 0 && (config_work_is_blank(value[0]) || config_work_is_blank(value[length - 1])))
        return config_work_refuse(work, "white space at the start or end of the value");
    return word && length == 0 ? config_work_refuse(work, "an empty word") : VMAIL_OK;
}

static bool is_key(const char *key)
{
    return key != NULL && *key != '\0' &&
           key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static bool is_complete(const struct vmail_config_change *change)
{
    if (change->action == VMAIL_CONFIG_ADD_SECTION || change->action == VMAIL_CONFIG_REMOVE_SECTION)
        return true;
    return is_key(change->key) && (change->action == VMAIL_CONFIG_UNSET || change->value != NULL);
}

static enum vmail_result check_change(const struct config_work *work)
{
    const struct vmail_config_change *change = work->change;
    bool vmail = strcmp(change->section, "vmail") == 0;
    bool domain = strcmp(change->section, "domain") == 0;
    size_t length = strlen(change->argument);
    if (!vmail && !domain && strcmp(change->section, "relay") != 0)
        return config_work_refuse(work, "unknown section");
    if (!is_complete(change))
        return config_work_refuse(work, "no key that this file could have, or no value");
    if (vmail ? length > 0 : !vmail_domain_valid(change->argument, length))
        return config_work_refuse(work, "not a domain name");
    for (size_t i = 0; i < length; i++)
        if (change->argument[i] != vmail_fold(change->argument[i]))
            return config_work_refuse(work, "a domain name must be in lower case here");
    if (domain && length > VMAIL_DOMAIN_FILE_MAX)
        return config_work_refuse(work, "too long for a file name");
    return check_value(work);
}

static enum vmail_result make_change(struct config_work *work)
{
    const enum vmail_config_action action = work->change->action;
    long header;
    enum vmail_result result = check_change(work);
    if (result == VMAIL_OK)
        result = config_work_find_section(work, &header);
    if (result != VMAIL_OK)
        return result;
    switch (action) {
    case VMAIL_CONFIG_SET:
        return config_key_set(work, header);
    case VMAIL_CONFIG_UNSET:
        return config_key_remove_others(work, VMAIL_LINE_NONE);
    case VMAIL_CONFIG_ADD_WORD:
        return config_word_add(work, header);
    case VMAIL_CONFIG_REMOVE_WORD:
        return config_word_remove(work);
    case VMAIL_CONFIG_ADD_SECTION:
        return header == VMAIL_LINE_NONE ? config_key_add_section(work) : VMAIL_OK;
    case VMAIL_CONFIG_REMOVE_SECTION:
        break;
    }
    if (*work->change->argument == '\0')
        return config_work_refuse(work, "this section is not removed");
    return header == VMAIL_LINE_NONE ? config_work_not_found(work, "no such section")
                                     : config_key_remove_section(work, header);
}

/* The reader must see in the text what was asked for: a change is never lost without a word. */
static enum vmail_result check_done(const struct config_work *work)
{
    const struct vmail_config_change *change = work->change;
    size_t at, length;
    long header;
    bool done = true;
    enum vmail_result result = config_work_find_section(work, &header);
    if (result != VMAIL_OK)
        return result;
    if (change->action == VMAIL_CONFIG_ADD_SECTION || change->action == VMAIL_CONFIG_REMOVE_SECTION)
        done = (header != VMAIL_LINE_NONE) == (change->action == VMAIL_CONFIG_ADD_SECTION);
    else if (change->action == VMAIL_CONFIG_ADD_WORD || change->action == VMAIL_CONFIG_REMOVE_WORD)
        done = (config_word_find(work, &at, &length) != VMAIL_LINE_NONE) ==
               (change->action == VMAIL_CONFIG_ADD_WORD);
    else {
        long first = config_work_next_of_key(work, 0);
        done = (first != VMAIL_LINE_NONE) == (change->action == VMAIL_CONFIG_SET);
        if (done && first != VMAIL_LINE_NONE)
            done = strcmp(config_work_line(work, first)->value_text, change->value) == 0 &&
                   config_work_next_of_key(work, first + 1) == VMAIL_LINE_NONE;
    }
    return done ? VMAIL_OK
                : config_work_refuse(work, "cannot be written so that it is read back the same");
}

enum vmail_result vmail_config_edit(struct vmail_text_buffer *text,
                                    const struct vmail_config_change *changes, size_t count,
                                    struct vmail_error *error)
{
    struct config_work work = { .error = error };
    const struct vmail_piece before = { text->bytes == NULL ? "" : text->bytes, text->length };
    enum vmail_result result = config_work_splice(&work, 0, 0, before.text, before.length);
    for (size_t i = 0; result == VMAIL_OK && i < count; i++) {
        work.change = &changes[i];
        result = make_change(&work);
        if (result == VMAIL_OK)
            result = check_done(&work);
    }
    const struct vmail_piece after = { work.text.bytes, work.text.length };
    if (result == VMAIL_OK)
        result = vmail_config_guard(before, after, changes, count, error);
    if (result == VMAIL_OK) {
        struct vmail_text_buffer old = *text;
        *text = work.text;
        work.text = old;
    }
    vmail_config_scan_end(&work.scan);
    vmail_text_end(&work.text);
    return result;
}
