/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Goes through a JSON text that is too large for one value in memory: enters arrays and objects,
 * and reads their contents value by value, with jansson.
 */
#ifndef VMAILCTL_IMPORT_JSON_WALK_H
#define VMAILCTL_IMPORT_JSON_WALK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct json_walk {
    const char *text;
    size_t length, at;
    bool broken; /* AT is where the text is not valid JSON */
};

/** Enters an array (OPEN is '[') or an object ('{') at the current position. */
bool json_walk_enter(struct json_walk *walk, char open);

/**
 * Whether the entered array or object has another element, CLOSE being its end; skips the comma
 * before it. FIRST: none was read yet; becomes false. False after the end, or with BROKEN set.
 */
bool json_walk_next(struct json_walk *walk, char close, bool *first);

/** Reads the value at the current position. NULL with BROKEN set. */
json_t *json_walk_value(struct json_walk *walk);

/** Reads a key of an object and the colon after it, as a new string. NULL with BROKEN set. */
json_t *json_walk_key(struct json_walk *walk);

/** Whether nothing but white space is left; BROKEN becomes the opposite. */
bool json_walk_end(struct json_walk *walk);

/** The current line, counted from 1. */
unsigned long json_walk_line(const struct json_walk *walk);

#endif
