/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "relay.h"

#include <stdlib.h>
#include <string.h>

#include "mail.h"
#include "name.h"
#include "text_buffer.h"
#include "trust.h"

enum { FILE_MAX = 64 << 20 };

const struct vmail_relay_config *vmail_relay_find(const struct vmail_config *config,
                                                  const char *name)
{
    const size_t length = strlen(name);
    char domain[VMAIL_DOMAIN_MAX + 1];
    if (!vmail_domain_valid(name, length))
        return NULL;
    vmail_fold_copy(domain, name, length);
    for (size_t i = 0; i < config->relay_count; i++) {
        const struct vmail_relay_config *relay = &config->relays[i];
        const size_t own = strlen(relay->name);
        if (own > length || strcmp(relay->name, domain + length - own) != 0)
            continue;
        if (own == length || (relay->subdomains && domain[length - own - 1] == '.'))
            return relay;
    }
    return NULL;
}

/* Makes the line at AT a string of its own, in lower case and without blanks around it. Returns
 * NULL if it names nobody. */
static const char *take_word(char *text, size_t length, size_t at)
{
    size_t end = vmail_text_line_end(text, length, at);
    while (at < end && vmail_is_blank(text[at]))
        at++;
    while (at < end && vmail_is_blank(text[end - 1]))
        end--;
    if (at == end || text[at] == '#' || memchr(text + at, '\0', end - at) != NULL)
        return NULL;
    vmail_fold_copy(text + at, text + at, end - at);
    return text + at;
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum vmail_result vmail_recipients_read(const struct vmail_paths *paths, const char *path,
                                        struct vmail_recipients *recipients,
                                        struct vmail_file_version *version,
                                        struct vmail_error *error)
{
    struct vmail_trusted_text text;
    size_t lines = 0, next;
    *recipients = (struct vmail_recipients){ 0 };
    const enum vmail_result result = vmail_trusted_read(paths, path, FILE_MAX, &text, error);
    *version = text.version;
    if (result != VMAIL_OK)
        return result == VMAIL_NOT_FOUND ? VMAIL_UNAVAILABLE : result;
    recipients->text = text.bytes;
    for (size_t at = 0; at < text.length; at = vmail_text_next_line(text.bytes, text.length, at))
        lines++;
    recipients->word = calloc(lines + 1, sizeof *recipients->word);
    if (recipients->word == NULL)
        return VMAIL_NO_MEMORY;
    for (size_t at = 0; at < text.length; at = next) {
        next = vmail_text_next_line(text.bytes, text.length, at);
        const char *word = take_word(text.bytes, text.length, at);
        if (word != NULL)
            recipients->word[recipients->count++] = word;
    }
    qsort(recipients->word, recipients->count, sizeof *recipients->word, compare_words);
    return VMAIL_OK;
}

void vmail_recipients_end(struct vmail_recipients *recipients)
{
    free(recipients->word);
    free(recipients->text);
    *recipients = (struct vmail_recipients){ 0 };
}

static bool has(const struct vmail_recipients *recipients, const char *word)
{
    return *word != '\0' && bsearch(&word, recipients->word, recipients->count,
                                    sizeof *recipients->word, compare_words) != NULL;
}

enum vmail_result vmail_recipients_have(const struct vmail_recipients *recipients,
                                        const char *address)
{
    const size_t length = strlen(address);
    char *folded = malloc(length + 1);
    if (folded == NULL)
        return VMAIL_NO_MEMORY;
    vmail_fold_copy(folded, address, length);
    bool found = has(recipients, folded);
    char *at = strrchr(folded, '@');
    if (!found && at != NULL) {
        *at = '\0';
        found = has(recipients, folded);
    }
    free(folded);
    return found ? VMAIL_OK : VMAIL_NOT_FOUND;
}

enum vmail_result vmail_relay_takes(struct vmail_mail *mail, const struct vmail_relay_config *relay,
                                    const char *address, struct vmail_error *error)
{
    const struct vmail_mail_file *file;
    if (relay->recipients[0] == '\0')
        return VMAIL_OK;
    const enum vmail_result result =
        vmail_mail_read(mail, relay->recipients, VMAIL_MAIL_RECIPIENTS, &file, error);
    return result == VMAIL_OK ? vmail_recipients_have(&file->recipients, address) : result;
}
