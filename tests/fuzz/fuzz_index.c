/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. The first byte says how. Either the rest is damage to a good index (three bytes each:
 * where, and what), and then no answer is wrong; or it is a whole hostile index with, where that is
 * wanted, a header that makes it be opened, and then it is read without harm. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "index_build.h"
#include "scratch_directory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DOMAIN   "va.example"
#define ONE_NAME "passwd." DOMAIN
#define ONE_FILE                                                                                   \
    "bob:x:65536:65536:Bob:/vhome/b:/bin/false\nwrong:line\nann:x:65537:65600::/vhome/a:/bin/sh\n"
#define GROUPS  "group." DOMAIN
#define MEMBERS "staff:x:65600:bob,ann\nall:x:65601:ann\n"

static struct vmail_config *config;
static uint8_t *good[2]; /* the index of passwd, and of group */
static size_t good_size[2];

static void prepare(void)
{
    static const char *const names[] = { ONE_NAME, GROUPS };
    const struct vmail_index_effort effort = { .milliseconds = 5000, .seconds = 5 };
    require(vmail_config_parse("", 0, &config, NULL, NULL) == VMAIL_OK);
    scratch_directory_write(ONE_NAME, ONE_FILE, strlen(ONE_FILE));
    scratch_directory_write(GROUPS, MEMBERS, strlen(MEMBERS));
    for (int i = 0; i < 2; i++) {
        char name[sizeof ONE_NAME VMAIL_INDEX_ENDING];
        snprintf(name, sizeof name, "%s" VMAIL_INDEX_ENDING, names[i]);
        require(
            vmail_index_build((struct vmail_file){ scratch_directory_paths(), &config->rules,
                                                   i == 0 ? VMAIL_PASSWD : VMAIL_GROUP, DOMAIN },
                              &effort, NULL) == VMAIL_OK);
        good[i] = scratch_directory_read(name, &good_size[i]);
    }
}

/** What is asked of an index, and what a good one answers. */
static const struct question {
    const char *name;
    uint32_t id;
} questions[2][4] = { { { "bob", 65536 }, { "ann", 65537 }, { "nosuch", 65538 }, { "b", 0 } },
                      { { "staff", 65600 }, { "all", 65601 }, { "nosuch", 65602 }, { "s", 0 } } };

static void check_hit(const struct question *question, const struct vmail_index_hit *hit,
                      bool truthful)
{
    const struct vmail_record *record = &hit->record;
    require(strlen(vmail_record_name(record)) > 0);
    if (!truthful)
        return;
    require(question - questions[record->kind == VMAIL_GROUP] < 2);
    require(strcmp(vmail_record_name(record), question->name) == 0);
    require(vmail_record_id(record) == question->id);
    if (record->kind == VMAIL_PASSWD)
        require(strncmp(record->passwd.home, "/vhome/", 7) == 0);
}

static void ask(struct vmail_index *index, int kind, bool truthful)
{
    for (int i = 0; i < 4; i++) {
        const struct question *question = &questions[kind][i];
        struct vmail_index_hit hit;
        const unsigned char *gids;
        size_t count;
        enum vmail_index_answer answer = vmail_index_find_name(index, question->name, true, &hit);
        if (answer == VMAIL_INDEX_HIT)
            check_hit(question, &hit, truthful);
        require(!truthful || i >= 2 || answer != VMAIL_INDEX_MISS);
        answer = vmail_index_find_id(index, question->id, &hit);
        if (answer == VMAIL_INDEX_HIT)
            check_hit(question, &hit, truthful);
        require(!truthful || i >= 2 || answer != VMAIL_INDEX_MISS);
        bool broken = vmail_index_has_broken(index, "wrong");
        require(!truthful || kind != 0 || broken);
        if (vmail_index_member_of(index, "ann", &gids, &count) == VMAIL_INDEX_HIT) {
            uint64_t sum = vmail_index_sum(0, gids, count * sizeof(uint32_t)); /* reads all */
            require(!truthful || (kind == 1 && count == 2 && sum != 0));
        }
    }
}

/** Makes the header fit the LENGTH bytes at FILE, so that what is behind it is read. */
static void forge(uint8_t *file, size_t length, unsigned kind)
{
    struct vmail_index_header *header = (void *)(file + VMAIL_INDEX_HEADER_AT);
    const uint32_t lengths[] = { VMAIL_INDEX_MAGIC_SIZE, sizeof *header };
    if (length < VMAIL_INDEX_HEADER_AT + sizeof *header)
        return;
    memcpy(file + VMAIL_INDEX_CONTENTS, lengths, sizeof lengths);
    memcpy(file + VMAIL_INDEX_CONTENTS + 8, VMAIL_INDEX_MAGIC, VMAIL_INDEX_MAGIC_SIZE);
    header->version = VMAIL_INDEX_VERSION;
    header->size = sizeof *header;
    header->kind = kind;
    header->file_size = (uint32_t)length;
    snprintf(header->domain, sizeof header->domain, DOMAIN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vmail_index index;
    if (config == NULL)
        prepare();
    if (size < 1)
        return 0;
    int kind = data[0] & 1;
    bool hostile = (data[0] & 2) != 0;
    size_t length = hostile && size - 1 > good_size[kind] ? size - 1 : good_size[kind];
    uint8_t *file = malloc(length);
    require(file != NULL);
    memcpy(file, good[kind], good_size[kind]);
    if (hostile && (data[0] & 4) != 0) /* all of it; else behind the header of a good one */
        memcpy(file, data + 1, size - 1);
    else if (hostile)
        memcpy(file + length - (size - 1), data + 1, size - 1);
    for (size_t i = 1; !hostile && i + 3 <= size; i += 3)
        file[((size_t)data[i] << 8 | data[i + 1]) % length] ^= data[i + 2];
    if (hostile)
        forge(file, length, kind == 0 ? VMAIL_PASSWD : VMAIL_GROUP);
    if (!hostile && (data[0] & 8) != 0)
        length -= data[0] >> 4;
    scratch_directory_write(kind == 0 ? "../cache/" ONE_NAME VMAIL_INDEX_ENDING
                                      : "../cache/" GROUPS VMAIL_INDEX_ENDING,
                            file, length);
    free(file);
    if (vmail_index_open(scratch_directory_paths(), kind == 0 ? VMAIL_PASSWD : VMAIL_GROUP, DOMAIN,
                         &index, NULL) == VMAIL_OK) {
        ask(&index, kind, vmail_index_whole(&index)); /* damaged, it may say anything */
        vmail_index_close(&index);
    }
    return 0;
}
