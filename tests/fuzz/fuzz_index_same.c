/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. The first byte says how, the rest is a whole passwd or group file, of which an
 * index is made: what is found by way of the index is what is found in the text. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "index_build.h"
#include "scratch_directory.h"
#include "table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DOMAIN "va.example"

static const char *const configs[] = { "", "[vmail]\nfold_case = no\nids = 1000-4294967294\n" };

static bool same_text(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static void require_same(const struct vmail_record *a, const struct vmail_record *b)
{
    require(a->kind == b->kind && same_text(vmail_record_name(a), vmail_record_name(b)) &&
            vmail_record_id(a) == vmail_record_id(b));
    if (a->kind == VMAIL_PASSWD)
        require(a->passwd.gid == b->passwd.gid && same_text(a->passwd.gecos, b->passwd.gecos) &&
                same_text(a->passwd.home, b->passwd.home) &&
                same_text(a->passwd.shell, b->passwd.shell));
    else if (a->kind == VMAIL_GROUP)
        require(same_text(a->group.members, b->group.members));
}

/** One look-up in each of two ways, whose results are compared. */
struct pair {
    const struct vmail_config *config;
    enum vmail_kind kind;
    struct vmail_paths without; /* an index */
};

static void compare_name(const struct pair *pair, const char *name)
{
    struct vmail_table table;
    struct vmail_record record;
    struct vmail_found found;
    struct vmail_error error = { 0 };
    require(vmail_table_open(&table, &pair->without, pair->config, pair->kind, DOMAIN, NULL) ==
            VMAIL_OK);
    enum vmail_result expected = vmail_table_find_name(&table, name, &record, &error);
    enum vmail_result result = vmail_find_name(scratch_directory_paths(), pair->config, pair->kind,
                                               DOMAIN, name, NULL, &found);
    require(result == expected);
    if (result == VMAIL_OK) {
        require_same(&record, &found.record);
        vmail_found_end(&found);
    }
    vmail_table_close(&table);
}

static void compare_id(const struct pair *pair, uint32_t id)
{
    struct vmail_table table;
    struct vmail_record record;
    struct vmail_found found;
    require(vmail_table_open(&table, &pair->without, pair->config, pair->kind, DOMAIN, NULL) ==
            VMAIL_OK);
    enum vmail_result expected = vmail_table_find_id(&table, id, &record);
    enum vmail_result result =
        vmail_find_id(scratch_directory_paths(), pair->config, pair->kind, DOMAIN, id, &found);
    require(result == expected);
    if (result == VMAIL_OK) {
        require_same(&record, &found.record);
        vmail_found_end(&found);
    }
    vmail_table_close(&table);
}

/** Asks for what stands in front of the first colon of each line, whether the line is any good. */
static void compare_all(const struct pair *pair, const uint8_t *data, size_t size)
{
    const char *rest = (const char *)data, *end = rest + size;
    for (int lines = 0; rest < end && lines < 12; lines++) {
        char name[VMAIL_USER_MAX + 1];
        const char *stop = memchr(rest, '\n', (size_t)(end - rest));
        stop = stop == NULL ? end : stop;
        const char *colon = memchr(rest, ':', (size_t)(stop - rest));
        size_t length = (size_t)((colon == NULL ? stop : colon) - rest);
        if (length > 0 && length <= VMAIL_USER_MAX && vmail_user_valid(rest, length)) {
            if (pair->config->fold_case)
                vmail_fold_copy(name, rest, length);
            else
                snprintf(name, sizeof name, "%.*s", (int)length, rest);
            compare_name(pair, name);
        }
        for (const char *c = colon; c != NULL && c + 1 < stop; c++)
            if (*c == ':' && c[1] >= '0' && c[1] <= '9')
                compare_id(pair, (uint32_t)strtoul(c + 1, NULL, 10));
        rest = stop + 1;
    }
    compare_name(pair, "nosuch");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {
        [VMAIL_PASSWD] = "passwd." DOMAIN, [VMAIL_GROUP] = "group." DOMAIN
    };
    const struct vmail_index_effort effort = { .milliseconds = 5000, .seconds = 5 };
    struct pair pair = { .without = *scratch_directory_paths() };
    struct vmail_config *config;
    if (size < 1)
        return 0;
    const char *text = configs[data[0] & 1];
    require(vmail_config_parse(text, strlen(text), &config, NULL, NULL) == VMAIL_OK);
    pair.config = config;
    pair.kind = (data[0] & 2) == 0 ? VMAIL_PASSWD : VMAIL_GROUP;
    pair.without.cache = NULL;
    char *copy = malloc(size); /* with a NUL, for strtoul */
    require(copy != NULL);
    memcpy(copy, data + 1, size - 1);
    copy[size - 1] = '\0';
    scratch_directory_write(names[pair.kind], copy, size - 1);
    require(vmail_index_build(scratch_directory_paths(), config, pair.kind, DOMAIN, &effort,
                              NULL) == VMAIL_OK);
    require(vmail_index_is_current(scratch_directory_paths(), config, pair.kind, DOMAIN));
    compare_all(&pair, (const uint8_t *)copy, size - 1);
    free(copy);
    vmail_config_free(config);
    return 0;
}
