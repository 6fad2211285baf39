/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lookups name|id KEYS MILLISECONDS SERVICES... - what getpwnam_r (getpwuid_r) costs in a process
 * that has asked before.
 *
 * KEYS is a file of keys, one a line. Each of SERVICES is a line as in nsswitch.conf, "files" or
 * "vmail files". Each is warmed up with all the keys, or for twice the time; then all are measured
 * in turn, in blocks of about a millisecond, so that whatever else the machine does meets all
 * alike, for about MILLISECONDS each. Prints a line for each: the median of the blocks in
 * nanoseconds a look-up, the quartiles, how many look-ups were made and how many found somebody.
 */
#define _GNU_SOURCE
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "timing.h"

enum { BLOCK = 500, BLOCK_TIME = 1000 * 1000, BLOCKS_MIN = 3 };

struct run {
    const char *services;
    struct timing_series blocks;
    size_t block, next, asked, found;
    double took;
};

static struct timing_keys keys;
static bool by_id;

static bool look_up(size_t key)
{
    char buffer[2048];
    struct passwd entry, *found = NULL;
    int failed = by_id ? getpwuid_r(keys.ids[key], &entry, buffer, sizeof buffer, &found)
                       : getpwnam_r(keys.names[key], &entry, buffer, sizeof buffer, &found);
    return failed == 0 && found != NULL;
}

/* Once through the keys, or as far as the time reaches; tells how many look-ups make a block. */
static void warm_up(struct run *run, double time)
{
    timing_use_services(run->services);
    double start = timing_now(), took = 0;
    size_t asked = 0;
    while (asked < keys.count && took < time) {
        look_up(asked++);
        took = timing_now() - start;
    }
    double fit = BLOCK_TIME / (took / (double)asked);
    run->block = fit < 1 ? 1 : fit > BLOCK ? BLOCK : (size_t)fit;
}

static void measure_block(struct run *run)
{
    timing_use_services(run->services);
    double start = timing_now();
    for (size_t i = 0; i < run->block; i++) {
        run->found += look_up(run->next);
        if (++run->next == keys.count)
            run->next = 0;
    }
    double took = timing_now() - start;
    run->took += took;
    run->asked += run->block;
    timing_add(&run->blocks, took / (double)run->block);
}

int main(int argc, char **argv)
{
    if (argc < 5 || (strcmp(argv[1], "name") != 0 && strcmp(argv[1], "id") != 0)) {
        fputs("usage: lookups name|id KEYS MILLISECONDS SERVICES...\n", stderr);
        return 2;
    }
    by_id = strcmp(argv[1], "id") == 0;
    keys = timing_read_keys(argv[2]);
    double budget = strtod(argv[3], NULL) * 1e6;
    size_t count = (size_t)(argc - 4), busy = count;
    struct run *runs = calloc(count, sizeof *runs);
    if (runs == NULL)
        timing_die("calloc");
    for (size_t i = 0; i < count; i++) {
        runs[i].services = argv[4 + i];
        warm_up(&runs[i], budget * 2);
    }
    while (busy > 0) {
        busy = 0;
        for (size_t i = 0; i < count; i++)
            if (runs[i].took < budget || runs[i].blocks.count < BLOCKS_MIN) {
                measure_block(&runs[i]);
                busy++;
            }
    }
    for (size_t i = 0; i < count; i++) {
        struct timing_series *blocks = &runs[i].blocks;
        printf("%.1f %.1f %.1f %zu %zu\n", timing_quantile(blocks, 0.5),
               timing_quantile(blocks, 0.25), timing_quantile(blocks, 0.75), runs[i].asked,
               runs[i].found);
        free(blocks->values);
    }
    free(runs);
    return 0;
}
