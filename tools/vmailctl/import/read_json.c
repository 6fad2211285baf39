/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `vmailctl export json' wrote. */
#include "import/readers.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/json_form.h"
#include "file.h"
#include "import/json_walk.h"
#include "import/unix_files.h"
#include "message.h"

enum { FILE_MAX = 1024 * 1024 * 1024, AGEING_FIELDS = 7 };

/** OBJECT's string KEY as a string of the plan; NULL if there is none. */
static const char *text_of(struct import_plan *plan, const json_t *object, const char *key)
{
    return import_plan_string(plan, json_string_value(json_object_get(object, key)));
}

static int64_t id_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > (json_int_t)UINT32_MAX)
        return IMPORT_NO_ID;
    return json_integer_value(value);
}

/** [18000, 0, 99999, 7, null, null, null] as the fields of shadow(5). */
static const char *ageing_of(struct import_plan *plan, const json_t *array)
{
    char text[AGEING_FIELDS * 24] = "";
    size_t length = 0;
    if (json_array_size(array) != AGEING_FIELDS)
        return NULL;
    for (size_t i = 0; i < AGEING_FIELDS; i++) {
        const json_t *value = json_array_get(array, i);
        int count = json_is_integer(value)
                        ? snprintf(text + length, sizeof text - length, "%s%" JSON_INTEGER_FORMAT,
                                   i > 0 ? ":" : "", json_integer_value(value))
                        : snprintf(text + length, sizeof text - length, "%s", i > 0 ? ":" : "");
        if (count < 0)
            return NULL;
        length += (size_t)count;
    }
    return import_plan_text(plan, text, length);
}

static void take_user(struct import_plan *plan, struct import_place place, const char *domain,
                      const json_t *object)
{
    struct import_user *user = import_plan_user(plan, place);
    if (user == NULL)
        return;
    user->domain = domain;
    user->name = text_of(plan, object, "name");
    user->uid = id_of(object, "uid");
    user->gid = id_of(object, "gid");
    user->gecos = text_of(plan, object, "comment");
    user->home = text_of(plan, object, "home");
    user->shell = text_of(plan, object, "shell");
    user->password = text_of(plan, object, "hash");
    user->ageing = ageing_of(plan, json_object_get(object, "ageing"));
}

static const char *members_of(struct import_plan *plan, const json_t *array)
{
    const char *members = "";
    size_t i;
    json_t *value;
    json_array_foreach(array, i, value) if (json_is_string(value) && members != NULL) members =
        import_plan_format(plan, "%s%s%s", members, i > 0 ? "," : "", json_string_value(value));
    return members;
}

static void take_group(struct import_plan *plan, struct import_place place, const char *domain,
                       const json_t *object)
{
    struct import_group *group = import_plan_group(plan, place);
    if (group == NULL)
        return;
    group->domain = domain;
    group->name = text_of(plan, object, "name");
    group->gid = id_of(object, "gid");
    group->members = members_of(plan, json_object_get(object, "members"));
}

static void take_alias(struct import_plan *plan, struct import_place place, const char *domain,
                       const json_t *line)
{
    import_plan_alias(plan, place, domain, json_string_value(line));
}

/** The arrays of a domain. */
static const struct {
    const char *key;
    void (*take)(struct import_plan *plan, struct import_place place, const char *domain,
                 const json_t *item);
} arrays[] = { { "users", take_user }, { "groups", take_group }, { "aliases", take_alias } };

enum { ARRAYS = sizeof arrays / sizeof *arrays };

/** The state while the file is read. */
struct json_file {
    struct import_plan *plan;
    struct import_place place;
    struct json_walk walk;
    json_t *format, *version;
};

/** Goes through the items of an array; with a DOMAIN (NULL for none) imports them. */
static void walk_array(struct json_file *file, size_t number, const char *domain)
{
    bool first = true;
    if (!json_walk_enter(&file->walk, '[')) {
        json_decref(json_walk_value(&file->walk)); /* not an array: ignored */
        return;
    }
    while (json_walk_next(&file->walk, ']', &first)) {
        json_t *item = json_walk_value(&file->walk);
        if (item != NULL && domain != NULL)
            arrays[number].take(file->plan, file->place, domain, item);
        json_decref(item);
    }
}

static size_t find_array(const char *key)
{
    size_t number = 0;
    while (number < ARRAYS && strcmp(arrays[number].key, key) != 0)
        number++;
    return number;
}

/** A domain; its name need not come first: what precedes it is read again. */
static void walk_domain(struct json_file *file)
{
    struct json_walk *walk = &file->walk;
    const char *domain = NULL;
    size_t before[ARRAYS] = { 0 };
    bool first = true, named = false;
    if (!json_walk_enter(walk, '{')) {
        json_decref(json_walk_value(walk));
        import_plan_reject(file->plan, file->place, "a domain is not an object");
        return;
    }
    while (json_walk_next(walk, '}', &first)) {
        json_t *key = json_walk_key(walk);
        const size_t number = key == NULL ? ARRAYS : find_array(json_string_value(key));
        if (number < ARRAYS) {
            before[number] = named ? 0 : walk->at;
            walk_array(file, number, domain);
        } else if (key != NULL) {
            json_t *value = json_walk_value(walk);
            const char *name = json_string_value(value);
            if (strcmp(json_string_value(key), "domain") == 0 && !named) {
                domain = name == NULL ? NULL : domain_of_file(file->plan, name);
                named = true;
            }
            json_decref(value);
        }
        json_decref(key);
    }
    if (domain == NULL) {
        import_plan_reject(file->plan, file->place, "a domain has no valid name");
        return;
    }
    note_domain(file->plan, domain);
    const size_t end = walk->at;
    for (size_t i = 0; i < ARRAYS && !walk->broken; i++)
        if (before[i] > 0) {
            walk->at = before[i];
            walk_array(file, i, domain);
        }
    if (!walk->broken)
        walk->at = end;
}

static void walk_domains(struct json_file *file)
{
    bool first = true;
    if (json_walk_enter(&file->walk, '['))
        while (json_walk_next(&file->walk, ']', &first))
            walk_domain(file);
    else
        json_decref(json_walk_value(&file->walk));
}

static void walk_file(struct json_file *file)
{
    bool first = true;
    if (!json_walk_enter(&file->walk, '{')) {
        json_decref(json_walk_value(&file->walk));
        json_walk_end(&file->walk);
        return;
    }
    while (json_walk_next(&file->walk, '}', &first)) {
        json_t *key = json_walk_key(&file->walk);
        const char *name = key == NULL ? "" : json_string_value(key);
        json_t **kept = strcmp(name, "format") == 0    ? &file->format
                        : strcmp(name, "version") == 0 ? &file->version
                                                       : NULL;
        if (strcmp(name, "domains") == 0) {
            walk_domains(file);
        } else if (key != NULL) {
            json_t *value = json_walk_value(&file->walk);
            if (kept != NULL && *kept == NULL)
                *kept = json_incref(value);
            json_decref(value);
        }
        json_decref(key);
    }
    json_walk_end(&file->walk);
}

/** EXIT_DONE if the file has our format and a supported version. */
static enum exit_code check_version(const struct context *context, const char *path,
                                    const struct json_file *file)
{
    const char *format = json_string_value(file->format);
    if (format == NULL || strcmp(format, JSON_FORM_NAME) != 0) {
        message_error(context, "%s: not written by `vmailctl export json'", path);
        return EXIT_BAD_DATA;
    }
    if (!json_is_integer(file->version) || json_integer_value(file->version) != JSON_FORM_VERSION) {
        message_error(context, "%s: wrong version; this vmailctl supports version %d", path,
                      JSON_FORM_VERSION);
        return EXIT_BAD_DATA;
    }
    return EXIT_DONE;
}

/** Imports the text of FILE; NULL is one that cannot be read. */
static enum exit_code take_file(const struct context *context, const char *path,
                                struct json_file *file)
{
    if (file->walk.text == NULL) {
        message_error(context, "%s: cannot be read or is too large", path);
        return EXIT_UNAVAILABLE;
    }
    walk_file(file);
    if (file->walk.broken) {
        /* Not jansson's own text: it may quote the file, and so a hash. */
        message_error(context, "%s:%lu: not valid JSON", path, json_walk_line(&file->walk));
        return EXIT_BAD_DATA;
    }
    return check_version(context, path, file);
}

enum exit_code read_json(const struct context *context, const struct import_input *input,
                         struct import_plan *plan)
{
    struct source source;
    size_t length = 0;
    enum exit_code code = source_open(&source, context, plan, input->path, false);
    if (code != EXIT_DONE)
        return code;
    json_form_wipe_memory();
    char *text = vmail_file_read_all(source.fd, FILE_MAX, &length);
    struct json_file file = { .plan = plan,
                              .place = source.place,
                              .walk = { .text = text, .length = length } };
    code = take_file(context, input->path, &file);
    plan->exact = true;
    json_decref(file.format);
    json_decref(file.version);
    if (text != NULL)
        explicit_bzero(text, length);
    free(text);
    enum exit_code end = source_end(&source, context);
    return code != EXIT_DONE ? code : end;
}
