/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam_line.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "../../../../pam_vmail/options.h"
#include "pam_control.h"
#include "suggest.h"

enum { NEAR = 2 }; /* so many slips of the pen */

struct finding_place pam_line_place(const struct pam_line *line)
{
    return (struct finding_place){ .file = line->file, .line = line->number };
}

/**
 * Whether the module of LINE exists; otherwise errno says why not. If ours is installed in a
 * directory without other modules, PAM looks for those elsewhere, and they are assumed to exist.
 */
static bool has_module(const struct pam_line *line)
{
    char path[PATH_MAX];
    const char *module = line->words.word[2];
    if (*module != '/' && !pam_words_are_ours(&line->words) &&
        access(VMAIL_PAM_DIRECTORY "/pam_permit.so", F_OK) != 0)
        return true;
    snprintf(path, sizeof path, "%s%s", *module == '/' ? "" : VMAIL_PAM_DIRECTORY "/", module);
    return access(path, R_OK) == 0;
}

bool pam_line_is_meant_for_us(const struct pam_line *line)
{
    const char *module = pam_words_module(&line->words);
    if (strncmp(module, "pam_", 4) != 0)
        return false;
    return strstr(module, "vmail") != NULL ||
           (suggest_distance(module, "pam_vmail.so") <= NEAR && !has_module(line));
}

static void check_options(struct check *check, const struct pam_line *line)
{
    const struct finding_place place = pam_line_place(line);
    struct options options = { 0 };
    for (size_t i = 3; i < line->words.count; i++) {
        const char *wrong = options_take(&options, line->words.word[i]);
        if (wrong != NULL)
            finding_add(&check->findings, FINDING_ERROR, &place,
                        "option %s: %s: the module refuses everybody\nwrite it as in pam_vmail(8), "
                        "or remove it",
                        line->words.word[i], wrong);
    }
    if (line->type == PAM_TYPE_SESSION && options.keep_user)
        finding_add(&check->findings, FINDING_WARNING, &place,
                    "keep_user in a session line: later modules see the name as the client typed "
                    "it, so users can evade their limits\nremove keep_user from this line, and "
                    "move it before the other session lines");
}

/** A line that begins with '-' is passed over where the module is missing, and one that is optional
 * does not decide. */
static bool may_lack_module(const struct pam_line *line)
{
    return pam_words_module(&line->words)[0] == '\0' || line->words.word[0][0] == '-' ||
           strcasecmp(line->words.word[1], "optional") == 0 || has_module(line);
}

static void check_ours(struct check *check, const struct pam_line *line)
{
    const struct finding_place place = pam_line_place(line);
    struct pam_control control;
    if (line->type == PAM_TYPES)
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "%s is not a valid type\nwrite auth, account, password or session",
                    line->words.word[0]);
    else if (!pam_control_parse(line->words.word[1], &control))
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "the control field %s is not valid: this line refuses everybody\nwrite  "
                    "[success=done ignore=ignore default=die]",
                    line->words.word[1]);
    if (!pam_words_are_ours(&line->words))
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "the module %s does not exist: PAM refuses everybody\nwrite pam_vmail.so",
                    line->words.word[2]);
    else if (!has_module(line))
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "%s: %s: PAM refuses everybody\nrun make install, or remove the line",
                    line->words.word[2], strerror(errno));
    else
        check_options(check, line);
}

void pam_line_check(struct check *check, const struct pam_line *line)
{
    const struct finding_place place = pam_line_place(line);
    if (pam_line_is_meant_for_us(line))
        check_ours(check, line);
    else if (!may_lack_module(line))
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "the module %s does not exist: PAM treats this line as a refusal\nfix its "
                    "name, install its package, or remove the line",
                    line->words.word[2]);
}
