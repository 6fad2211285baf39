/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. As fuzz_index, of the image of vmail.conf: the first byte says how; the rest is
 * damage (three bytes each: where, and what), or takes the place of the end of the image, under a
 * header that makes it be opened. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config_compile.h"
#include "config_image.h"
#include "scratch_directory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CONFIG                                                                                     \
    "[vmail]\nids = 70000-99999\n[domain va.example]\naliases = va.test\naddress = 192.0.2.1\n"    \
    "ids = 70000-70999\n[domain vb.example]\nids = 80000-80999\n"

static struct vmail_config *parsed;
static uint8_t *good;
static size_t good_size;

static void prepare(void)
{
    const struct vmail_index_effort effort = { .milliseconds = 5000, .seconds = 5 };
    const struct vmail_paths *paths = scratch_directory_paths();
    require(vmail_config_parse(CONFIG, strlen(CONFIG), &parsed, NULL, NULL) == VMAIL_OK);
    scratch_directory_write(VMAIL_CONFIG_NAME, CONFIG, strlen(CONFIG));
    require(vmail_config_compile(paths, &effort, NULL) == VMAIL_OK);
    good = scratch_directory_read(VMAIL_CONFIG_NAME VMAIL_INDEX_ENDING, &good_size);
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
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        bool has = vmail_config_has_domain(config, domains[i]);
        require(!truthful || has == vmail_config_has_domain(parsed, domains[i]));
        check_string(vmail_config_alias(config, domains[i]), vmail_config_alias(parsed, domains[i]),
                     truthful);
    }
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        check_string(vmail_config_block(config, ids[i]), vmail_config_block(parsed, ids[i]),
                     truthful);
    check_string(vmail_config_address(config, &address), "va.example", truthful);
    address.bytes[15] ^= 1;
    check_string(vmail_config_address(config, &address), NULL, truthful);
}

/** Makes the header fit the LENGTH bytes at FILE, so that what is behind it is read. */
static void forge(uint8_t *file, size_t length)
{
    struct vmail_index_header *header = (void *)(file + VMAIL_INDEX_HEADER_AT);
    const uint32_t lengths[] = { VMAIL_INDEX_MAGIC_SIZE, sizeof *header };
    memcpy(file + VMAIL_INDEX_CONTENTS, lengths, sizeof lengths);
    memcpy(file + VMAIL_INDEX_CONTENTS + 8, VMAIL_INDEX_MAGIC, VMAIL_INDEX_MAGIC_SIZE);
    header->version = VMAIL_INDEX_VERSION;
    header->size = sizeof *header;
    header->kind = VMAIL_INDEX_CONFIG;
    header->domain[0] = '\0';
    header->file_size = (uint32_t)length;
}

static void ask(void)
{
    const struct vmail_paths *paths = scratch_directory_paths();
    struct vmail_index index;
    struct vmail_config *config;
    if (vmail_index_open(paths, VMAIL_INDEX_CONFIG, "", &index, NULL) != VMAIL_OK)
        return;
    const struct vmail_file_state text = index.header->state;
    const bool truthful = vmail_index_whole(&index); /* damaged, it may say anything */
    vmail_index_close(&index);
    if (vmail_config_from_image(paths, &text, &config) == VMAIL_OK) {
        ask_config(config, truthful);
        vmail_config_free(config);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (parsed == NULL)
        prepare();
    if (size < 1)
        return 0;
    const bool hostile = (data[0] & 1) != 0;
    uint8_t *file = malloc(good_size);
    require(file != NULL);
    memcpy(file, good, good_size);
    const size_t rest = size - 1 < good_size ? size - 1 : good_size;
    if (hostile)
        memcpy(file + good_size - rest, data + 1, rest);
    for (size_t i = 1; !hostile && i + 3 <= size; i += 3)
        file[((size_t)data[i] << 8 | data[i + 1]) % good_size] ^= data[i + 2];
    if (hostile)
        forge(file, good_size);
    scratch_directory_write("../cache/" VMAIL_CONFIG_NAME VMAIL_INDEX_ENDING, file, good_size);
    free(file);
    ask();
    return 0;
}
