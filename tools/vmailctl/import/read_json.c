/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `vmailctl export json' wrote. */
#include "import/readers.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/json_form.h"
#include "file.h"
#include "import/source.h"
#include "import/unix_files.h"
#include "message.h"

enum { FILE_MAX = 1024 * 1024 * 1024, AGEING_FIELDS = 7 };

/** OBJECT's string KEY as the plan's; NULL where there is none. */
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

static void take_domain(struct import_plan *plan, struct import_place place, const json_t *object)
{
    size_t i;
    json_t *value;
    const char *name = json_string_value(json_object_get(object, "domain"));
    const char *domain = name == NULL ? NULL : domain_of_file(plan, name);
    if (domain == NULL) {
        import_plan_reject(plan, place, "a domain without a valid name");
        return;
    }
    note_domain(plan, domain);
    json_array_foreach(json_object_get(object, "users"), i, value)
        take_user(plan, place, domain, value);
    json_array_foreach(json_object_get(object, "groups"), i, value)
        take_group(plan, place, domain, value);
    json_array_foreach(json_object_get(object, "aliases"), i, value)
    {
        struct import_alias *alias = import_plan_alias(plan, place);
        if (alias == NULL)
            return;
        alias->domain = domain;
        alias->text = import_plan_string(plan, json_string_value(value));
    }
}

/** EXIT_DONE where ROOT is of our format and of a version that we know. */
static enum exit_code check_version(const struct context *context, const char *path,
                                    const json_t *root)
{
    const char *format = json_string_value(json_object_get(root, "format"));
    const json_t *version = json_object_get(root, "version");
    if (format == NULL || strcmp(format, JSON_FORM_NAME) != 0) {
        message_error(context, "%s: not written by `vmailctl export json'", path);
        return EXIT_BAD_DATA;
    }
    if (!json_is_integer(version) || json_integer_value(version) != JSON_FORM_VERSION) {
        message_error(context, "%s: of another version; this vmailctl knows version %d", path,
                      JSON_FORM_VERSION);
        return EXIT_BAD_DATA;
    }
    return EXIT_DONE;
}

enum exit_code read_json(const struct context *context, const struct import_input *input,
                         struct import_plan *plan)
{
    struct source source;
    json_error_t error;
    size_t i, length = 0;
    json_t *value;
    enum exit_code code = source_open(&source, context, plan, input->path, false);
    if (code != EXIT_DONE)
        return code;
    json_form_wipe_memory();
    char *text = vmail_file_read_all(source.fd, FILE_MAX, &length);
    json_t *root = text == NULL ? NULL : json_loadb(text, length, 0, &error);
    if (text == NULL) {
        message_error(context, "%s: cannot read it, or it is too large", input->path);
        code = EXIT_UNAVAILABLE;
    } else if (root == NULL) {
        /* jansson's own text may quote what stands there, and that may be a hash. */
        message_error(context, "%s:%d: this is no JSON", input->path, error.line);
        code = EXIT_BAD_DATA;
    } else {
        code = check_version(context, input->path, root);
    }
    if (code == EXIT_DONE) {
        plan->exact = true;
        json_array_foreach(json_object_get(root, "domains"), i, value)
            take_domain(plan, source.place, value);
    }
    json_decref(root);
    if (text != NULL)
        explicit_bzero(text, length);
    free(text);
    enum exit_code end = source_end(&source, context);
    return code != EXIT_DONE ? code : end;
}
