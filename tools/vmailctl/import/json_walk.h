/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Walks through a JSON text that is too large to be one value in memory: arrays and objects are
 * entered, and what is in them is read value by value, by jansson.
 */
#ifndef VMAILCTL_IMPORT_JSON_WALK_H
#define VMAILCTL_IMPORT_JSON_WALK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct json_walk {
    const char *text;
    size_t length, at;
    bool broken; /* AT is where it is no JSON */
};

/** Enters an array (OPEN is '[') or an object ('{'), where one stands here. */
bool json_walk_enter(struct json_walk *walk, char open);

/**
 * Whether another element comes in what was entered, CLOSE being its end; passes over the comma in
 * front of it. FIRST: none has come yet, and becomes false. False at the end, behind it, or with
 * BROKEN set.
 */
bool json_walk_next(struct json_walk *walk, char close, bool *first);

/** Reads the value that stands here. NULL with BROKEN set. */
json_t *json_walk_value(struct json_walk *walk);

/** Reads a key of an object, and the colon behind it, as a new string. NULL with BROKEN set. */
json_t *json_walk_key(struct json_walk *walk);

/** Whether nothing but white space is left; BROKEN becomes the opposite. */
bool json_walk_end(struct json_walk *walk);

/** The line, from 1, where reading stands. */
unsigned long json_walk_line(const struct json_walk *walk);

#endif
