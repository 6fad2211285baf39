/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "export/forms.h"

#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export/json_form.h"
#include "lines.h"
#include "message.h"
#include "text.h"
#include "trust.h"

static void wipe_and_free(void *memory)
{
    if (memory != NULL)
        explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

void json_form_wipe_memory(void)
{
    json_set_alloc_funcs(malloc, wipe_and_free);
}

/**
 * One item per line: a domain of 100,000 users is not kept in memory, and diff(1) shows changes.
 */
static void print_item(struct export_job *job, json_t *item)
{
    char *text = item == NULL ? NULL : json_dumps(item, JSON_COMPACT | JSON_ENCODE_ANY);
    if (text == NULL)
        job->no_memory = true;
    else
        fprintf(job->out, "%s\n    %s", job->any ? "," : "", text);
    job->any = true;
    if (text != NULL)
        wipe_and_free(text);
    json_decref(item);
}

static json_t *day(long value)
{
    return value < 0 ? json_null() : json_integer(value);
}

static void print_user(struct export_job *job, const struct vmail_record *record)
{
    const struct vmail_passwd *user = &record->passwd;
    json_t *item = json_pack("{s:s, s:I, s:I, s:o, s:o, s:o}", "name", user->name, "uid",
                             (json_int_t)user->uid, "gid", (json_int_t)user->gid, "comment",
                             text_json(user->gecos), "home", text_json(user->home), "shell",
                             text_json(user->shell));
    const struct vmail_shadow *shadow =
        job->with_hashes ? shadow_rows_find(&job->shadow, user->name) : NULL;
    bool in_passwd = strcmp(user->hash, "x") != 0;
    if (job->with_hashes && (in_passwd || shadow != NULL))
        json_object_set_new(item, "hash", text_json(in_passwd ? user->hash : shadow->hash));
    if (shadow != NULL)
        json_object_set_new(
            item, "ageing",
            json_pack("[o, o, o, o, o, o, o]", day(shadow->last_change), day(shadow->minimum),
                      day(shadow->maximum), day(shadow->warning), day(shadow->inactive),
                      day(shadow->expire),
                      shadow->flag == ~0ul ? json_null() : json_integer((json_int_t)shadow->flag)));
    print_item(job, item);
}

static void print_group(struct export_job *job, const struct vmail_record *record)
{
    json_t *members = json_array();
    const char *rest = record->group.members, *member;
    size_t length;
    while (vmail_group_next_member(&rest, &member, &length))
        json_array_append_new(members, json_stringn(member, length));
    print_item(job, json_pack("{s:s, s:I, s:o}", "name", record->group.name, "gid",
                              (json_int_t)record->group.gid, "members", members));
}

/** Reports the lines after NUMBER and before NEXT, which were too long to read. */
static void leave_out_lines(struct export_job *job, const char *name, unsigned long *number,
                            unsigned long next)
{
    while (++*number < next) {
        message_warning(job->context, "%s:%lu: left out: longer than %d bytes", name, *number,
                        (int)VMAIL_LINE_MAX);
        job->left_out++;
    }
}

/** The lines of aliases.DOMAIN, unchanged and with comments. */
static enum exit_code print_aliases(struct export_job *job)
{
    char name[VMAIL_ALIASES_NAME_MAX + 1];
    struct vmail_error error = { 0 };
    struct vmail_lines lines;
    struct vmail_line line;
    struct stat status;
    int fd;
    vmail_aliases_file_name(name, job->domain);
    enum vmail_result result = vmail_trusted_open(job->context->paths, name, &fd, &status, &error);
    if (result == VMAIL_NOT_FOUND)
        return EXIT_DONE;
    if (result != VMAIL_OK)
        return message_result(job->context, result, &error);
    bool good = vmail_lines_start(&lines, fd, 0);
    unsigned long number = 0;
    while (good && vmail_lines_next(&lines, &line)) {
        leave_out_lines(job, name, &number, line.number);
        print_item(job, text_json(line.text));
    }
    if (good)
        leave_out_lines(job, name, &number, lines.number + 1);
    good = good && lines.error == 0;
    vmail_lines_end(&lines);
    close(fd);
    if (good)
        return EXIT_DONE;
    message_error(job->context, "%s: reading failed before the end", name);
    return EXIT_UNAVAILABLE;
}

void form_json_begin(struct export_job *job)
{
    if (job->with_hashes)
        json_form_wipe_memory();
    fprintf(job->out, "{\"format\": \"%s\", \"version\": %d, \"domains\": [", JSON_FORM_NAME,
            JSON_FORM_VERSION);
}

/** Begins the list that TEXT opens. */
static void begin_list(struct export_job *job, const char *text)
{
    job->any = false;
    fputs(text, job->out);
}

/* After a failure the text stays without its end, so that nobody takes it for a complete one. */
enum exit_code form_json_domain(struct export_job *job)
{
    job->no_memory = false;
    fprintf(job->out, "%s\n  {\"domain\": \"%s\"", job->domain_count > 0 ? "," : "", job->domain);
    begin_list(job, ", \"users\": [");
    enum exit_code code = export_each(job, VMAIL_PASSWD, print_user);
    if (code != EXIT_DONE)
        return code;
    begin_list(job, "], \"groups\": [");
    code = export_each(job, VMAIL_GROUP, print_group);
    if (code != EXIT_DONE)
        return code;
    begin_list(job, "], \"aliases\": [");
    code = print_aliases(job);
    if (code != EXIT_DONE)
        return code;
    if (job->no_memory)
        return message_no_memory(job->context);
    fputs("]}", job->out);
    return EXIT_DONE;
}

void form_json_end(struct export_job *job)
{
    fputs("\n]}\n", job->out);
}
