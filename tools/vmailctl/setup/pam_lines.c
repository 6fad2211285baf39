/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam_lines.h"

#include <stdlib.h>
#include <string.h>

#include "pam_file.h"

/* A line of a file, with those that continue it after a backslash. */
struct line {
    size_t at, end;
    struct pam_words words; /* none where the line cannot be read */
};

/* A comment does not go on, whatever it ends with. */
static bool continues(const char *text, size_t at, size_t end)
{
    if (memchr(text + at, '#', end - at) != NULL)
        return false;
    if (end > at && text[end - 1] == '\n')
        end--;
    return end > at && text[end - 1] == '\\';
}

/* Reads the line at AT, there being one. The caller frees its words. False: memory is short. */
static bool read_line(const char *text, size_t length, size_t at, struct line *line)
{
    *line = (struct line){ .at = at, .end = vmail_text_next_line(text, length, at) };
    while (line->end < length && continues(text, at, line->end))
        line->end = vmail_text_next_line(text, length, line->end);
    char *copy = strndup(text + at, line->end - at);
    if (copy == NULL)
        return false;
    for (char *backslash = copy; (backslash = strstr(backslash, "\\\n")) != NULL;)
        backslash[0] = backslash[1] = ' ';
    if (!pam_words_split(copy, &line->words)) {
        pam_words_free(&line->words);
        line->words.count = 0;
    }
    free(copy);
    return true;
}

/* Whether LINE has, or includes, modules of TYPE. "@include common-auth" includes only "auth". */
static bool has_type(const struct line *line, enum pam_type type)
{
    if (pam_words_include_all(&line->words)) {
        const char *end = strrchr(line->words.word[1], '-');
        for (enum pam_type i = PAM_TYPE_AUTH; end != NULL && i < PAM_TYPES; i++)
            if (strcmp(end + 1, pam_type_name[i]) == 0)
                return i == type;
        return true;
    }
    return pam_words_type(&line->words) == type;
}

/* Whether LINE decides about the system's users. */
static bool is_main(const struct line *line)
{
    return pam_words_included(&line->words) != NULL ||
           strcmp(pam_words_module(&line->words), "pam_unix.so") == 0;
}

/* Whether two lines say the same; "@include X" and "auth include X" do. */
static bool same_words(const struct line *a, const struct line *b)
{
    const char *one = pam_words_included(&a->words), *other = pam_words_included(&b->words);
    if (one != NULL && other != NULL)
        return strcmp(one, other) == 0;
    bool same = a->words.count == b->words.count;
    for (size_t i = 0; same && i < a->words.count; i++)
        same = strcmp(a->words.word[i], b->words.word[i]) == 0;
    return same;
}

/* What is looked for in a file. */
struct search {
    enum pam_type type;
    const struct line *like; /* NULL: any line of the type */
    bool ours;               /* only lines of pam_vmail */
    bool main;               /* only lines that decide about the system's users */
};

enum found { FOUND_NONE, FOUND, FOUND_NO_MEMORY };

/* Finds the first line from AT on; the caller frees the words of LINE if it is FOUND. */
static enum found find_pam_line(struct vmail_piece text, size_t at, const struct search *search,
                                struct line *line)
{
    for (; at < text.length; at = line->end) {
        if (!read_line(text.text, text.length, at, line))
            return FOUND_NO_MEMORY;
        if (has_type(line, search->type) && (!search->ours || pam_words_are_ours(&line->words)) &&
            (!search->main || is_main(line)) &&
            (search->like == NULL || same_words(line, search->like)))
            return FOUND;
        pam_words_free(&line->words);
    }
    return FOUND_NONE;
}

static struct vmail_piece piece_of(const struct vmail_text_buffer *text)
{
    return (struct vmail_piece){ text->bytes, text->length };
}

/* Adds the options of NEW that LINE lacks, right after the module. */
static bool add_options(struct vmail_text_buffer *text, const struct line *line,
                        const struct line *new)
{
    static const char module[] = "pam_vmail.so";
    const char *found =
        memmem(text->bytes + line->at, line->end - line->at, module, sizeof module - 1);
    if (found == NULL)
        return true; /* a backslash divides the word */
    const size_t after = (size_t)(found - text->bytes) + sizeof module - 1;
    for (size_t i = 3; i < new->words.count; i++) {
        const char *option = new->words.word[i];
        bool there = false;
        for (size_t k = 3; k < line->words.count; k++)
            there = there || strcmp(line->words.word[k], option) == 0;
        if (!there && (!vmail_text_splice(text, after, 0, option, strlen(option)) ||
                       !vmail_text_splice(text, after, 0, " ", 1)))
            return false;
    }
    return true;
}

/* Where in TEXT the line NEW of EXAMPLE goes. */
static enum found find_place(const struct vmail_text_buffer *text, struct vmail_piece example,
                             const struct line *new, size_t *place)
{
    const enum pam_type type = pam_words_type(&new->words);
    struct search search = { .type = type };
    struct line next, here;
    enum found found = FOUND_NONE;
    if (type != PAM_TYPE_SESSION)
        found = find_pam_line(example, new->end, &search, &next);
    if (found == FOUND) {
        search.like = &next;
        found = find_pam_line(piece_of(text), 0, &search, &here);
        pam_words_free(&next.words);
        search.like = NULL;
    }
    search.main = type != PAM_TYPE_SESSION;
    if (found == FOUND_NONE && search.main)
        found = find_pam_line(piece_of(text), 0, &search, &here);
    search.main = false;
    if (found == FOUND_NONE)
        found = find_pam_line(piece_of(text), 0, &search, &here);
    if (found == FOUND) {
        *place = here.at;
        pam_words_free(&here.words);
    } else {
        *place = text->length;
    }
    return found;
}

/* The most lines that the control field of LINE skips. */
static unsigned long jump_of(const struct line *line)
{
    unsigned long most = 0;
    if (line->words.count < 3)
        return 0;
    for (const char *at = line->words.word[1]; (at = strchr(at, '=')) != NULL; at++) {
        const unsigned long number = strtoul(at + 1, NULL, 10);
        most = number > most ? number : most;
    }
    return most;
}

/* Whether a line of TYPE before PLACE skips lines after it: a new line there would be counted. What
 * a line includes counts as one line, so this is careful. */
static enum pam_lines find_jump(const struct vmail_text_buffer *text, enum pam_type type,
                                size_t place)
{
    const struct search search = { .type = type };
    unsigned long reach = 0; /* how many of the next lines are skipped by one before them */
    struct line line;
    enum found found;
    for (size_t at = 0;
         (found = find_pam_line(piece_of(text), at, &search, &line)) == FOUND && line.at < place;
         at = line.end) {
        const unsigned long jump = jump_of(&line);
        reach = reach > 0 ? reach - 1 : 0;
        reach = jump > reach ? jump : reach;
        pam_words_free(&line.words);
    }
    if (found == FOUND)
        pam_words_free(&line.words);
    if (found == FOUND_NO_MEMORY)
        return PAM_LINES_NO_MEMORY;
    return reach > 0 ? PAM_LINES_JUMP : PAM_LINES_DONE;
}

static enum pam_lines insert(struct vmail_text_buffer *text, struct vmail_piece example,
                             const struct line *new)
{
    size_t place;
    if (find_place(text, example, new, &place) == FOUND_NO_MEMORY)
        return PAM_LINES_NO_MEMORY;
    const enum pam_lines jump = find_jump(text, pam_words_type(&new->words), place);
    if (jump != PAM_LINES_DONE)
        return jump;
    if (place > 0 && text->bytes[place - 1] != '\n') {
        if (!vmail_text_splice(text, place, 0, "\n", 1))
            return PAM_LINES_NO_MEMORY;
        place++;
    }
    return vmail_text_splice(text, place, 0, example.text + new->at, new->end - new->at)
               ? PAM_LINES_DONE
               : PAM_LINES_NO_MEMORY;
}

static enum pam_lines put_pam_line(struct vmail_text_buffer *text, struct vmail_piece example,
                                   const struct line *new)
{
    const struct search ours = { .type = pam_words_type(&new->words), .ours = true };
    struct line line;
    const enum found found = find_pam_line(piece_of(text), 0, &ours, &line);
    if (found == FOUND_NONE)
        return insert(text, example, new);
    if (found == FOUND_NO_MEMORY)
        return PAM_LINES_NO_MEMORY;
    const bool done = add_options(text, &line, new);
    pam_words_free(&line.words);
    return done ? PAM_LINES_DONE : PAM_LINES_NO_MEMORY;
}

enum pam_lines pam_lines_put(struct vmail_text_buffer *text, struct vmail_piece example)
{
    enum pam_lines result = PAM_LINES_DONE;
    for (size_t at = 0; result == PAM_LINES_DONE && at < example.length;) {
        struct line new;
        if (!read_line(example.text, example.length, at, &new))
            return PAM_LINES_NO_MEMORY;
        if (pam_words_are_ours(&new.words))
            result = put_pam_line(text, example, &new);
        pam_words_free(&new.words);
        at = new.end;
    }
    return result;
}
