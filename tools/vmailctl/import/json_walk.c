/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/json_walk.h"

#include <string.h>

static void skip_space(struct json_walk *walk)
{
    while (walk->at < walk->length && memchr(" \t\r\n", walk->text[walk->at], 4) != NULL)
        walk->at++;
}

/** Takes the character C, if it is the next one. */
static bool take_json_character(struct json_walk *walk, char c)
{
    skip_space(walk);
    if (walk->broken || walk->at >= walk->length || walk->text[walk->at] != c)
        return false;
    walk->at++;
    return true;
}

bool json_walk_enter(struct json_walk *walk, char open)
{
    return take_json_character(walk, open);
}

bool json_walk_next(struct json_walk *walk, char close, bool *first)
{
    const bool comma = !*first && take_json_character(walk, ',');
    if (!comma && take_json_character(walk, close))
        return false;
    if (!comma && !*first)
        walk->broken = true;
    *first = false;
    return !walk->broken;
}

json_t *json_walk_value(struct json_walk *walk)
{
    json_error_t error;
    skip_space(walk);
    json_t *value = json_loadb(walk->text + walk->at, walk->length - walk->at,
                               JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &error);
    walk->broken = walk->broken || value == NULL;
    walk->at += (size_t)error.position; /* what was read, or the position of the error */
    return value;
}

json_t *json_walk_key(struct json_walk *walk)
{
    json_t *key = json_walk_value(walk);
    if (json_is_string(key) && take_json_character(walk, ':'))
        return key;
    json_decref(key);
    walk->broken = true;
    return NULL;
}

bool json_walk_end(struct json_walk *walk)
{
    skip_space(walk);
    walk->broken = walk->broken || walk->at != walk->length;
    return !walk->broken;
}

unsigned long json_walk_line(const struct json_walk *walk)
{
    unsigned long line = 1;
    const size_t end = walk->at < walk->length ? walk->at : walk->length;
    for (size_t i = 0; i < end; i++)
        line += walk->text[i] == '\n';
    return line;
}
