/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * index_read INDEX KEYS MILLISECONDS - what a look-up in INDEX (a cdb) costs in the ways in which a
 * module could read it, stat(2) of a file, which every look-up needs, included.
 *
 * KEYS is a file of user names, one a line. The ways are measured in turn, in blocks of about a
 * millisecond, for about MILLISECONDS each; for each a line is printed: the median in nanoseconds a
 * look-up, the quartiles, how many look-ups were made and how many found somebody.
 *
 *   mapped      the file is in memory by mmap(2), as in the modules
 *   kept        its table of contents is copied, the descriptor kept: two pread(2)
 *   opened      the same, but the descriptor is opened for each look-up, as trust asks it to be:
 *               a daemon that closes all descriptors cannot take it away
 */
#define _GNU_SOURCE
#include <cdb.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "timing.h"

enum { CONTENTS = 256 * 8, SLOTS = 8, RECORD = 512, KEY_MAX = 80, BLOCK = 200 };

static const char *path;
static struct timing_keys keys;
static struct cdb mapped;
static unsigned char contents[CONTENTS];
static int kept;

/* Whether the record at POSITION, at most RECORD bytes of it, has the KEY. */
static bool is_record(int fd, unsigned position, const char *key, unsigned length)
{
    unsigned char record[RECORD];
    ssize_t count = pread(fd, record, sizeof record, position);
    return count >= (ssize_t)(8 + length) && cdb_unpack(record) == length &&
           memcmp(record + 8, key, length) == 0;
}

static bool find_by_pread(int fd, const char *key, unsigned length)
{
    const unsigned hash = cdb_hash(key, length);
    const unsigned char *place = contents + (size_t)(hash % 256) * 8;
    const unsigned table = cdb_unpack(place), count = cdb_unpack(place + 4);
    unsigned char slots[SLOTS * 8];
    if (count == 0)
        return false;
    for (unsigned slot = hash / 256 % count, seen = 0; seen < count;) {
        unsigned here = count - slot < SLOTS ? count - slot : SLOTS;
        if (pread(fd, slots, (size_t)here * 8, table + (off_t)slot * 8) != (ssize_t)here * 8)
            return false;
        for (unsigned i = 0; i < here; i++) {
            unsigned position = cdb_unpack(slots + (size_t)i * 8 + 4);
            if (position == 0)
                return false;
            if (cdb_unpack(slots + (size_t)i * 8) == hash && is_record(fd, position, key, length))
                return true;
        }
        seen += here;
        slot = slot + here == count ? 0 : slot + here;
    }
    return false;
}

static bool by_map(const char *key, unsigned length)
{
    struct cdb cdb = mapped;
    return cdb_find(&cdb, key, length) > 0;
}

static bool by_kept(const char *key, unsigned length)
{
    return find_by_pread(kept, key, length);
}

static bool by_opened(const char *key, unsigned length)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool found = fd >= 0 && fstat(fd, &status) == 0 && find_by_pread(fd, key, length);
    if (fd >= 0)
        close(fd);
    return found;
}

static struct way {
    const char *name;
    bool (*find)(const char *key, unsigned length);
    struct timing_series blocks;
    size_t next, asked, found;
    double took;
} ways[] = {
    { .name = "mapped", .find = by_map },
    { .name = "kept", .find = by_kept },
    { .name = "opened", .find = by_opened },
};

static bool look_up(const struct way *way, const char *name)
{
    struct stat status;
    char key[KEY_MAX] = "n";
    size_t length = strnlen(name, sizeof key - 1);
    memcpy(key + 1, name, length);
    return stat(path, &status) == 0 && way->find(key, (unsigned)length + 1);
}

static void measure_block(struct way *way)
{
    double start = timing_now();
    for (size_t i = 0; i < BLOCK; i++) {
        way->found += look_up(way, keys.names[way->next]);
        way->next = way->next + 1 == keys.count ? 0 : way->next + 1;
    }
    double took = timing_now() - start;
    way->took += took;
    way->asked += BLOCK;
    timing_add(&way->blocks, took / BLOCK);
}

int main(int argc, char **argv)
{
    const size_t count = sizeof ways / sizeof *ways;
    if (argc != 4) {
        fputs("usage: index_read INDEX KEYS MILLISECONDS\n", stderr);
        return 2;
    }
    path = argv[1];
    keys = timing_read_keys(argv[2]);
    double budget = strtod(argv[3], NULL) * 1e6;
    kept = open(path, O_RDONLY | O_CLOEXEC);
    if (kept < 0 || cdb_init(&mapped, kept) != 0 ||
        pread(kept, contents, sizeof contents, 0) != (ssize_t)sizeof contents)
        timing_die(path);
    for (size_t i = 0; i < count; i++) /* all pages are there, for each way alike */
        for (size_t k = 0; k < keys.count; k++)
            look_up(&ways[i], keys.names[k]);
    while (ways[count - 1].took < budget)
        for (size_t i = 0; i < count; i++)
            measure_block(&ways[i]);
    for (size_t i = 0; i < count; i++) {
        struct way *way = &ways[i];
        printf("%s %.0f %.0f %.0f %zu %zu\n", way->name, timing_quantile(&way->blocks, 0.5),
               timing_quantile(&way->blocks, 0.25), timing_quantile(&way->blocks, 0.75), way->asked,
               way->found);
        free(way->blocks.values);
    }
    cdb_free(&mapped);
    close(kept);
    return 0;
}
