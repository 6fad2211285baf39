/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. The input is a change, one part a line: action, section, argument, key, value; and,
 * behind them, the vmail.conf that it is made in. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "config_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* Takes a part off the input, as a string that the caller frees. */
static char *take_part(const char **rest, const char *end)
{
    const char *newline = *rest == end ? NULL : memchr(*rest, '\n', (size_t)(end - *rest));
    const char *stop = newline == NULL ? end : newline;
    char *part = calloc(1, (size_t)(stop - *rest) + 1);
    require(part != NULL);
    memcpy(part, *rest, (size_t)(stop - *rest));
    *rest = newline == NULL ? end : newline + 1;
    return part;
}

static unsigned long errors_of(const struct vmail_text_buffer *text)
{
    struct vmail_config *config;
    require(vmail_config_parse(text->bytes, text->length, &config, NULL, NULL) == VMAIL_OK);
    unsigned long count = config->error_count;
    vmail_config_free(config);
    return count;
}

/* Whoever asks for what is already so changes nothing. */
static void check_again(struct vmail_text_buffer *text, const struct vmail_config_change *change)
{
    struct vmail_text_buffer before = { 0 };
    bool removed =
        change->action == VMAIL_CONFIG_REMOVE_WORD || change->action == VMAIL_CONFIG_REMOVE_SECTION;
    require(vmail_text_splice(&before, 0, 0, text->bytes, text->length));
    require(vmail_config_edit(text, change, 1, NULL) == (removed ? VMAIL_NOT_FOUND : VMAIL_OK));
    require(text->length == before.length && memcmp(text->bytes, before.bytes, text->length) == 0);
    vmail_text_end(&before);
}

static void try_change(const char *conf, size_t length, const struct vmail_config_change *change)
{
    struct vmail_text_buffer text = { 0 };
    struct vmail_error error;
    require(vmail_text_splice(&text, 0, 0, conf, length));
    unsigned long errors = errors_of(&text);
    error.text[0] = '\0';
    if (vmail_config_edit(&text, change, 1, &error) == VMAIL_OK) {
        require(errors_of(&text) <= errors);
        check_again(&text, change);
    } else {
        require(error.text[0] != '\0');
    }
    vmail_text_end(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *rest = (const char *)data, *end = rest + size;
    char *part[5];
    for (size_t i = 0; i < 5; i++)
        part[i] = take_part(&rest, end);
    const struct vmail_config_change change = {
        .action = (unsigned char)part[0][0] % (VMAIL_CONFIG_REMOVE_SECTION + 1),
        .section = part[1],
        .argument = part[2],
        .key = part[3],
        .value = part[4],
    };
    try_change(rest, (size_t)(end - rest), &change);
    for (size_t i = 0; i < 5; i++)
        free(part[i]);
    return 0;
}
