/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. As fuzz_index, of the compiled vmail.conf and of the index of ids: the first byte
 * says which and how; the rest is damage (three bytes each: where, and what), and then the answers
 * stay, or it takes the place of the end of the index, under a header that makes it be opened. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config_compile.h"
#include "config_index.h"
#include "ids_compile.h"
#include "ids_index.h"
#include "scratch_directory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CONFIG                                                                                     \
    "[vmail]\nids = 70000-99999\n[domain va.example]\naliases = va.test\naddress = 192.0.2.1\n"    \
    "ids = 70000-70999\n[domain vb.example]\nids = 80000-80999\n"
#define USERS "bob:x:70001:70001:::\nann:x:90001:90001:::\n"

enum { OF_CONFIG, OF_IDS, KINDS };
static const unsigned kinds[KINDS] = { VMAIL_INDEX_CONFIG, VMAIL_INDEX_IDS };
static const char *const names[KINDS] = { "vmail.conf.cdb", "ids.cdb" };

static struct vmail_config *parsed;
static uint8_t *good[KINDS];
static size_t good_size[KINDS];

static void prepare(void)
{
    const struct vmail_index_effort effort = { .milliseconds = 5000, .seconds = 5 };
    const struct vmail_paths *paths = scratch_directory_paths();
    require(vmail_config_parse(CONFIG, strlen(CONFIG), &parsed, NULL, NULL) == VMAIL_OK);
    scratch_directory_write(VMAIL_CONFIG_NAME, CONFIG, strlen(CONFIG));
    scratch_directory_write("passwd.va.example", USERS, strlen(USERS));
    require(vmail_config_compile(paths, &effort, NULL) == VMAIL_OK);
    require(vmail_ids_compile(paths, parsed, &effort, NULL) == VMAIL_OK);
    for (int i = 0; i < KINDS; i++)
        good[i] = scratch_directory_read(names[i], &good_size[i]);
}

static void check_string(const char *answer, const char *expected, bool truthful)
{
    if (truthful)
        require(expected == NULL ? answer == NULL
                                 : answer != NULL && strcmp(answer, expected) == 0);
    else
        require(answer == NULL || strlen(answer) < SIZE_MAX); /* all of it may be read */
}

static void ask_config(struct vmail_config *config, bool truthful)
{
    static const char *const domains[] = { "va.example", "vb.example", "va.test", "vc.example" };
    static const uint32_t ids[] = { 0, 70000, 70999, 71000, 80500, UINT32_MAX };
    struct vmail_address address = parsed->addresses[0].address;
    struct vmail_id_range range;
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        bool has = vmail_config_has_domain(config, domains[i]);
        require(!truthful || has == vmail_config_has_domain(parsed, domains[i]));
        check_string(vmail_config_alias(config, domains[i]), vmail_config_alias(parsed, domains[i]),
                     truthful);
    }
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        check_string(vmail_config_block_range(config, ids[i], &range),
                     vmail_config_block(parsed, ids[i]), truthful);
    check_string(vmail_config_address(config, &address), "va.example", truthful);
    address.bytes[15] ^= 1;
    check_string(vmail_config_address(config, &address), NULL, truthful);
}

static void ask_ids(struct vmail_index *index, bool truthful)
{
    char domain[VMAIL_DOMAIN_MAX + 1];
    enum vmail_index_answer answer = vmail_ids_index_find(index, VMAIL_PASSWD, 90001, domain);
    if (answer == VMAIL_INDEX_HIT)
        check_string(domain, "va.example", truthful);
    require(!truthful || answer != VMAIL_INDEX_MISS);
    answer = vmail_ids_index_find(index, VMAIL_GROUP, 90001, domain);
    require(!truthful || answer != VMAIL_INDEX_HIT);
    bool covered = vmail_ids_index_covers(index, scratch_directory_paths(), VMAIL_GROUP, "vb.test");
    require(!truthful || !covered);
    vmail_ids_index_covers(index, scratch_directory_paths(), VMAIL_GROUP, "va.example");
}

/** Makes the header fit the LENGTH bytes at FILE, so that what is behind it is read. */
static void forge(uint8_t *file, size_t length, unsigned kind)
{
    struct vmail_index_header *header = (void *)(file + VMAIL_INDEX_HEADER_AT);
    const uint32_t lengths[] = { VMAIL_INDEX_MAGIC_SIZE, sizeof *header };
    memcpy(file + VMAIL_INDEX_CONTENTS, lengths, sizeof lengths);
    memcpy(file + VMAIL_INDEX_CONTENTS + 8, VMAIL_INDEX_MAGIC, VMAIL_INDEX_MAGIC_SIZE);
    header->version = VMAIL_INDEX_VERSION;
    header->size = sizeof *header;
    header->kind = kind;
    header->domain[0] = '\0';
    header->file_size = (uint32_t)length;
    header->contents_sum = vmail_index_sum(0, file, VMAIL_INDEX_CONTENTS);
    header->sum = vmail_index_header_sum(header);
}

static void ask(int which, bool truthful)
{
    const struct vmail_paths *paths = scratch_directory_paths();
    struct vmail_index index;
    struct vmail_config *config;
    if (vmail_index_open(paths, kinds[which], "", &index, NULL) != VMAIL_OK)
        return;
    const struct vmail_file_state text = index.header->stamp[0].state;
    vmail_index_whole(&index);
    if (which == OF_IDS)
        ask_ids(&index, truthful);
    vmail_index_close(&index);
    if (which == OF_CONFIG && vmail_config_from_index(paths, &text, &config) == VMAIL_OK) {
        ask_config(config, truthful);
        vmail_config_free(config);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char name[32] = "../cache/";
    if (parsed == NULL)
        prepare();
    if (size < 1)
        return 0;
    const int which = data[0] & 1;
    const bool hostile = (data[0] & 2) != 0;
    const size_t length = good_size[which];
    uint8_t *file = malloc(length);
    require(file != NULL);
    memcpy(file, good[which], length);
    const size_t rest = size - 1 < length ? size - 1 : length;
    if (hostile)
        memcpy(file + length - rest, data + 1, rest);
    for (size_t i = 1; !hostile && i + 3 <= size; i += 3)
        file[((size_t)data[i] << 8 | data[i + 1]) % length] ^= data[i + 2];
    if (hostile)
        forge(file, length, kinds[which]);
    memcpy(name + strlen(name), names[which], strlen(names[which]) + 1);
    scratch_directory_write(name, file, length);
    free(file);
    ask(which, !hostile);
    return 0;
}
