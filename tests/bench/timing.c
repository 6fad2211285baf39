/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include "timing.h"

#include <errno.h>
#include <math.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double timing_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

void timing_die(const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
    exit(2);
}

static void *grow(void *array, size_t count, size_t size)
{
    void *larger = reallocarray(array, count, size);
    if (larger == NULL)
        timing_die("reallocarray");
    return larger;
}

void timing_add(struct timing_series *series, double value)
{
    if (series->count == series->room) {
        series->room = series->room * 2 + 256;
        series->values = grow(series->values, series->room, sizeof *series->values);
    }
    series->values[series->count++] = value;
}

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

double timing_quantile(struct timing_series *series, double part)
{
    if (series->count == 0)
        return (double)NAN;
    qsort(series->values, series->count, sizeof *series->values, compare);
    return series->values[(size_t)((double)(series->count - 1) * part + 0.5)];
}

struct timing_keys timing_read_keys(const char *path)
{
    struct timing_keys keys = { NULL, NULL, 0 };
    size_t room = 0, size = 0;
    ssize_t length;
    char *line = NULL;
    FILE *file = fopen(path, "re");
    while (file != NULL && (length = getline(&line, &size, file)) > 0) {
        line[length - 1] = '\0';
        if (keys.count == room) {
            room = room * 2 + 256;
            keys.names = grow(keys.names, room, sizeof *keys.names);
            keys.ids = grow(keys.ids, room, sizeof *keys.ids);
        }
        keys.ids[keys.count] = (uid_t)strtoul(line, NULL, 10);
        keys.names[keys.count] = strdup(line);
        if (keys.names[keys.count++] == NULL)
            timing_die("strdup");
    }
    if (keys.count == 0)
        timing_die(path);
    free(line);
    fclose(file);
    return keys;
}

void timing_use_services(const char *line)
{
    if (__nss_configure_lookup("passwd", line) != 0 || __nss_configure_lookup("shadow", line) != 0)
        timing_die(line);
}
