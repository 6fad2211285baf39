/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_all.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_compile.h"
#include "table.h"
#include "trust.h"

static void tell_fate(const struct vmail_index_work *work, const char *name,
                      enum vmail_index_fate fate, const struct vmail_error *error,
                      struct vmail_index_report *report)
{
    uint64_t *const counts[] = { &report->made, &report->current, &report->removed, &report->failed,
                                 &report->wrong };
    (*counts[fate])++;
    if (work->told != NULL)
        work->told(work->context, name, fate, error);
}

static enum vmail_result make_index(const struct vmail_index_work *work,
                                    const struct vmail_paths *paths, unsigned kind,
                                    const char *domain, struct vmail_error *error)
{
    if (kind == VMAIL_INDEX_CONFIG)
        return vmail_config_compile(paths, work->effort, error);
    return vmail_index_build(
        (struct vmail_file){ paths, &work->config->rules, (enum vmail_kind)kind, domain },
        work->effort, error);
}

static enum vmail_index_fate compare_indexes(const struct vmail_index_work *work, unsigned kind,
                                             const char *domain)
{
    struct vmail_index old, new;
    enum vmail_index_fate fate = VMAIL_INDEX_CURRENT; /* unless it proves wrong */
    if (vmail_index_open(work->scratch, kind, domain, &new, NULL) != VMAIL_OK)
        return fate;
    if (vmail_index_open(work->paths, kind, domain, &old, NULL) == VMAIL_OK) {
        if (!vmail_index_is_of(&old, &new.header->state))
            fate = VMAIL_INDEX_MADE; /* the text has just changed */
        else if (old.header->sum != new.header->sum)
            fate = VMAIL_INDEX_WRONG; /* the same text always gives the same bytes */
        vmail_index_close(&old);
    }
    vmail_index_close(&new);
    return fate;
}

/* Checks an index that seems current. */
static enum vmail_result verify(const struct vmail_index_work *work, unsigned kind,
                                const char *domain, enum vmail_index_fate *fate,
                                struct vmail_error *error)
{
    enum vmail_result result = make_index(work, work->scratch, kind, domain, error);
    if (result == VMAIL_OK)
        *fate = compare_indexes(work, kind, domain);
    vmail_index_remove(work->scratch, kind, domain);
    return result;
}

/* Builds the index of KIND and DOMAIN, unless it is CURRENT. */
static void bring(const struct vmail_index_work *work, unsigned kind, const char *domain,
                  bool current, struct vmail_index_report *report)
{
    char name[VMAIL_INDEX_NAME_MAX + 1];
    struct vmail_error error = { 0 };
    enum vmail_index_fate fate = current ? VMAIL_INDEX_CURRENT : VMAIL_INDEX_MADE;
    enum vmail_result result = VMAIL_OK;
    if (current && work->scratch != NULL)
        result = verify(work, kind, domain, &fate, &error);
    if (result == VMAIL_OK && fate != VMAIL_INDEX_CURRENT && !work->dry_run)
        result = make_index(work, work->paths, kind, domain, &error);
    if (result == VMAIL_NOT_FOUND)
        return;
    vmail_index_name(name, kind, domain);
    name[strlen(name) - strlen(VMAIL_INDEX_ENDING)] = '\0';
    tell_fate(work, name, result == VMAIL_OK ? fate : VMAIL_INDEX_FAILED, &error, report);
}

static void index_file(const struct vmail_index_work *work, enum vmail_kind kind,
                       const char *domain, struct vmail_index_report *report)
{
    struct vmail_file_state state;
    if (vmail_file_look(work->paths, kind, domain, &state) && state.inode != 0)
        bring(work, kind, domain,
              !work->anew && vmail_index_is_current((struct vmail_file){
                                 work->paths, &work->config->rules, kind, domain }),
              report);
}

void vmail_index_domains(const struct vmail_index_work *work, const struct vmail_domain_list *list,
                         struct vmail_index_report *report)
{
    for (size_t i = 0; i < list->count; i++) {
        index_file(work, VMAIL_PASSWD, list->name[i], report);
        index_file(work, VMAIL_SHADOW, list->name[i], report);
        index_file(work, VMAIL_GROUP, list->name[i], report);
    }
}

static bool config_is_current(const struct vmail_index_work *work)
{
    struct vmail_index index;
    struct stat status;
    int fd;
    if (vmail_index_open(work->paths, VMAIL_INDEX_CONFIG, "", &index, NULL) != VMAIL_OK)
        return false;
    bool current = false;
    if (vmail_trusted_open(work->paths, VMAIL_CONFIG_NAME, &fd, &status, NULL) == VMAIL_OK) {
        const struct vmail_file_state state = vmail_file_state(&status);
        current = vmail_index_is_of(&index, &state) && vmail_index_whole(&index);
        close(fd);
    }
    vmail_index_close(&index);
    return current;
}

void vmail_index_config(const struct vmail_index_work *work, struct vmail_index_report *report)
{
    bring(work, VMAIL_INDEX_CONFIG, "", !work->anew && config_is_current(work), report);
}

/* Removes the unfinished file NAME, unless another process is writing it now. The lock is held
 * during the removal, so nobody can start to write the file meanwhile. */
static bool remove_unfinished(int directory, const char *name, bool dry_run)
{
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno != ELOOP)
        return false;
    const bool idle = fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0;
    const bool removed = idle && (dry_run || unlinkat(directory, name, 0) == 0);
    if (fd >= 0)
        close(fd);
    return removed;
}

static bool has_ending(const char *name, size_t length, const char *ending)
{
    const size_t ending_length = strlen(ending);
    return length > ending_length &&
           memcmp(name + length - ending_length, ending, ending_length) == 0;
}

static bool is_unfinished(const char *name)
{
    return *name == '.' && has_ending(name, strlen(name), VMAIL_INDEX_ENDING ".new");
}

/* Whether NAME, a file of the cache directory, is an index whose text is missing. */
static bool is_left_over(int texts, const char *name)
{
    char text[NAME_MAX + 1];
    struct stat status;
    size_t length = strlen(name);
    if (!has_ending(name, length, VMAIL_INDEX_ENDING))
        return false;
    length -= strlen(VMAIL_INDEX_ENDING);
    memcpy(text, name, length);
    text[length] = '\0';
    return fstatat(texts, text, &status, 0) != 0 && errno == ENOENT;
}

struct pruning {
    const struct vmail_index_work *work;
    struct vmail_index_report *report;
    int texts; /* the directory */
};

static int prune(void *data, int directory, const char *name)
{
    const struct pruning *pruning = data;
    const bool dry_run = pruning->work->dry_run;
    const bool removed = is_unfinished(name) ? remove_unfinished(directory, name, dry_run)
                                             : is_left_over(pruning->texts, name) &&
                                                   (dry_run || unlinkat(directory, name, 0) == 0);
    if (removed)
        tell_fate(pruning->work, name, VMAIL_INDEX_REMOVED, NULL, pruning->report);
    return 0;
}

void vmail_index_prune(const struct vmail_index_work *work, struct vmail_index_report *report)
{
    const struct vmail_paths cache = { .directory = work->paths->cache,
                                       .owner = work->paths->owner };
    struct pruning pruning = { work, report, -1 };
    if (vmail_trusted_open_directory(work->paths, &pruning.texts, NULL) != VMAIL_OK)
        return;
    vmail_trusted_each_file(&cache, prune, &pruning, NULL);
    close(pruning.texts);
}
