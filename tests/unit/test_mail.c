/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"

enum { LARGE = 40 << 20 };

static const struct scratch *overwrite; /* writes the file again as soon as it was read */

char *__real_vmail_file_read_all(int fd, size_t maximum, size_t *length);
char *__wrap_vmail_file_read_all(int fd, size_t maximum, size_t *length);

char *__wrap_vmail_file_read_all(int fd, size_t maximum, size_t *length)
{
    char *text = __real_vmail_file_read_all(fd, maximum, length);
    if (overwrite != NULL) {
        scratch_write(overwrite, "aliases.va.example", "z: y\n");
        usleep(50000); /* until the clock of the file system has moved on */
    }
    overwrite = NULL;
    return text;
}

static const struct vmail_mail_file *read_as(struct vmail_mail *mail, const struct scratch *scratch,
                                             const char *name, enum vmail_mail_kind kind)
{
    const struct vmail_mail_file *file;
    struct vmail_error error = { 0 };
    check_result(vmail_mail_read(mail, scratch_path(scratch, name), kind, &file, &error), VMAIL_OK,
                 &error);
    return file;
}

static const struct vmail_alias_file *read_file(struct vmail_mail *mail,
                                                const struct scratch *scratch, const char *name)
{
    return &read_as(mail, scratch, name, VMAIL_MAIL_ALIASES)->aliases;
}

static void ask(struct vmail_mail *mail)
{
    struct vmail_error error;
    check_result(vmail_mail_question(mail, &error), VMAIL_OK, &error);
}

static void a_file_that_has_not_changed_is_kept(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_mail mail;
    scratch_write(scratch, "vmail.conf", "");
    scratch_write(scratch, "aliases.va.example", "x: y\n");
    usleep(50000); /* until a change would show */
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    ask(&mail);
    const struct vmail_alias_file *file = read_file(&mail, scratch, "aliases.va.example");
    assert_non_null(vmail_alias_file_find(file, "x"));
    const struct vmail_alias **entries = file->used;
    ask(&mail);
    assert_ptr_equal(read_file(&mail, scratch, "aliases.va.example")->used, entries);
    scratch_write(scratch, "aliases.va.example", "z: y\n");
    assert_ptr_equal(read_file(&mail, scratch, "aliases.va.example")->used, entries);
    ask(&mail);
    file = read_file(&mail, scratch, "aliases.va.example");
    assert_null(vmail_alias_file_find(file, "x"));
    assert_non_null(vmail_alias_file_find(file, "z"));
    vmail_mail_end(&mail);
}

static void check_unavailable(struct vmail_mail *mail, const struct scratch *scratch,
                              const char *name, enum vmail_mail_kind kind)
{
    const struct vmail_mail_file *file;
    struct vmail_error error = { 0 };
    ask(mail);
    check_result(vmail_mail_read(mail, scratch_path(scratch, name), kind, &file, &error),
                 VMAIL_UNAVAILABLE, &error);
}

static void a_list_that_has_not_changed_is_kept(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_mail mail;
    scratch_write(scratch, "list", "a@far.example\nb@far.example\n");
    usleep(50000);
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    ask(&mail);
    const struct vmail_mail_file *file = read_as(&mail, scratch, "list", VMAIL_MAIL_LIST);
    assert_int_equal(file->list.alias[0].target_count, 2);
    ask(&mail);
    assert_ptr_equal(read_as(&mail, scratch, "list", VMAIL_MAIL_LIST), file);
    scratch_write(scratch, "list", "c@far.example\n");
    ask(&mail);
    file = read_as(&mail, scratch, "list", VMAIL_MAIL_LIST);
    assert_string_equal(file->list.alias[0].target[0].text, "c@far.example");
    scratch_chmod(scratch, "list", 0666);
    check_unavailable(&mail, scratch, "list", VMAIL_MAIL_LIST);
    unlink(scratch_path(scratch, "list"));
    check_unavailable(&mail, scratch, "list", VMAIL_MAIL_LIST);
    vmail_mail_end(&mail);
}

static void check_recipient(const struct vmail_mail_file *file, const char *address, bool known)
{
    assert_int_equal(vmail_recipients_have(&file->recipients, address),
                     known ? VMAIL_OK : VMAIL_NOT_FOUND);
}

static void recipients_that_have_not_changed_are_kept(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_mail mail;
    scratch_write(scratch, "list", " Info \r\n# boss\n\nann@Far.example\nlast");
    usleep(50000);
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    ask(&mail);
    const struct vmail_mail_file *file = read_as(&mail, scratch, "list", VMAIL_MAIL_RECIPIENTS);
    assert_int_equal(file->recipients.count, 3);
    check_recipient(file, "iNFO@any.example", true);
    check_recipient(file, "Ann@far.example", true);
    check_recipient(file, "last@far.example", true);
    check_recipient(file, "ann@any.example", false);
    check_recipient(file, "boss@any.example", false);
    check_recipient(file, "@any.example", false);
    ask(&mail);
    assert_ptr_equal(read_as(&mail, scratch, "list", VMAIL_MAIL_RECIPIENTS), file);
    scratch_write(scratch, "list", "boss\n");
    ask(&mail);
    file = read_as(&mail, scratch, "list", VMAIL_MAIL_RECIPIENTS);
    check_recipient(file, "boss@any.example", true);
    check_recipient(file, "info@any.example", false);
    unlink(scratch_path(scratch, "list"));
    check_unavailable(&mail, scratch, "list", VMAIL_MAIL_RECIPIENTS);
    vmail_mail_end(&mail);
}

static void full_names_that_have_not_changed_are_kept(void **state)
{
    const struct scratch *scratch = *state;
    const char *name = "passwd.va.example";
    struct vmail_mail mail;
    scratch_write(scratch, name, "joe:x:70001:70001:Joe Who,room 1:/h/joe:\nx:x:70002:70002:::\n");
    usleep(50000);
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    ask(&mail);
    const struct vmail_mail_file *file = read_as(&mail, scratch, name, VMAIL_MAIL_FULL_NAMES);
    assert_int_equal(file->full_names.count, 1);
    assert_string_equal(vmail_full_names_find(&file->full_names, "joe_WHO"), "joe");
    ask(&mail);
    assert_ptr_equal(read_as(&mail, scratch, name, VMAIL_MAIL_FULL_NAMES), file);
    scratch_write(scratch, name, "ann:x:70001:70001:Joe Who:/h/ann:\n");
    ask(&mail);
    file = read_as(&mail, scratch, name, VMAIL_MAIL_FULL_NAMES);
    assert_string_equal(vmail_full_names_find(&file->full_names, "Joe.Who"), "ann");
    scratch_chmod(scratch, name, 0666);
    check_unavailable(&mail, scratch, name, VMAIL_MAIL_FULL_NAMES);
    vmail_mail_end(&mail);
}

/* An alias file and a list may be one file; what is kept as one is not given out as the other. */
static void a_file_may_be_read_in_two_ways(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_mail mail;
    scratch_write(scratch, "both", "x: y\n");
    usleep(50000);
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    for (int i = 0; i < 2; i++) {
        ask(&mail);
        assert_non_null(vmail_alias_file_find(read_file(&mail, scratch, "both"), "x"));
        check_recipient(read_as(&mail, scratch, "both", VMAIL_MAIL_RECIPIENTS), "x: y", true);
    }
    assert_int_equal(mail.file_count, 2);
    vmail_mail_end(&mail);
}

static void vmail_conf_that_has_not_changed_is_kept(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_mail mail;
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    ask(&mail); /* there is none */
    const struct vmail_config *config = mail.config;
    ask(&mail);
    assert_ptr_equal(mail.config, config);
    scratch_write(scratch, "vmail.conf", "[vmail]\nfold_case = no\n");
    usleep(50000);
    ask(&mail);
    assert_false(mail.config->rules.fold_case);
    config = mail.config;
    ask(&mail);
    assert_ptr_equal(mail.config, config);
    vmail_mail_end(&mail);
}

static void a_change_in_the_tick_in_which_a_file_was_read_is_seen(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_mail mail;
    scratch_write(scratch, "vmail.conf", "");
    usleep(50000);
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    ask(&mail);
    scratch_write(scratch, "aliases.va.example", "x: y\n");
    overwrite = scratch;
    assert_non_null(vmail_alias_file_find(read_file(&mail, scratch, "aliases.va.example"), "x"));
    ask(&mail);
    assert_non_null(vmail_alias_file_find(read_file(&mail, scratch, "aliases.va.example"), "z"));
    vmail_mail_end(&mail);
}

/* A file of LARGE bytes of comments, and an alias. */
static void write_large(const struct scratch *scratch, const char *name)
{
    char *text = scratch_repeat('#', LARGE);
    memcpy(text + LARGE - 6, "\nx: y\n", 6);
    scratch_write(scratch, name, text);
    free(text);
}

static void what_the_last_question_did_not_need_is_forgotten_if_it_is_too_much(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_mail mail;
    scratch_write(scratch, "vmail.conf", "");
    write_large(scratch, "aliases.va.example");
    write_large(scratch, "aliases.vb.example");
    usleep(50000);
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    ask(&mail);
    read_file(&mail, scratch, "aliases.va.example");
    ask(&mail);
    const struct vmail_alias_file *second = read_file(&mail, scratch, "aliases.vb.example");
    assert_int_equal(mail.file_count, 2);
    ask(&mail);
    assert_int_equal(mail.file_count, 1);
    assert_ptr_equal(read_file(&mail, scratch, "aliases.vb.example"), second);
    ask(&mail);
    assert_int_equal(mail.file_count, 1);
    vmail_mail_end(&mail);
}

static void all_that_one_question_needs_stays(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_mail mail;
    scratch_write(scratch, "vmail.conf", "");
    write_large(scratch, "aliases.va.example");
    write_large(scratch, "aliases.vb.example");
    usleep(50000);
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    ask(&mail);
    const struct vmail_alias_file *first = read_file(&mail, scratch, "aliases.va.example");
    const struct vmail_alias_file *second = read_file(&mail, scratch, "aliases.vb.example");
    assert_non_null(vmail_alias_file_find(first, "x"));
    ask(&mail);
    assert_ptr_equal(read_file(&mail, scratch, "aliases.va.example"), first);
    assert_ptr_equal(read_file(&mail, scratch, "aliases.vb.example"), second);
    vmail_mail_end(&mail);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(a_file_that_has_not_changed_is_kept),
        ON_SCRATCH(a_list_that_has_not_changed_is_kept),
        ON_SCRATCH(recipients_that_have_not_changed_are_kept),
        ON_SCRATCH(full_names_that_have_not_changed_are_kept),
        ON_SCRATCH(a_file_may_be_read_in_two_ways),
        ON_SCRATCH(vmail_conf_that_has_not_changed_is_kept),
        ON_SCRATCH(a_change_in_the_tick_in_which_a_file_was_read_is_seen),
        ON_SCRATCH(what_the_last_question_did_not_need_is_forgotten_if_it_is_too_much),
        ON_SCRATCH(all_that_one_question_needs_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
