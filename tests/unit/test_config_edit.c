/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_edit.h"
#include "config_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "lock.h"
#include "scratch.h"

static struct vmail_config_change change_of(enum vmail_config_action action, const char *domain,
                                            const char *key, const char *value)
{
    return (struct vmail_config_change){ action, "domain", domain, key, value };
}

static void check_edit(const struct vmail_config_change *change, size_t count, const char *before,
                       enum vmail_result expected, const char *after, const char *reason)
{
    struct vmail_text_buffer text = { 0 };
    struct vmail_error error = { 0 };
    assert_true(vmail_text_splice(&text, 0, 0, before, strlen(before)));
    check_result(vmail_config_edit(&text, change, count, &error), expected, &error);
    if (expected == VMAIL_OK)
        check_text(text.bytes, after, before);
    if (strstr(error.text, reason) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.text, reason);
    vmail_text_end(&text);
}

/* Edits the domain va.example; the same edit again changes nothing. */
static void check_changes(enum vmail_config_action action, const char *key, const char *value,
                          const char *before, const char *after)
{
    const struct vmail_config_change change = change_of(action, "va.example", key, value);
    bool gone = action == VMAIL_CONFIG_REMOVE_WORD || action == VMAIL_CONFIG_REMOVE_SECTION;
    check_edit(&change, 1, before, VMAIL_OK, after, "");
    check_edit(&change, 1, after, gone ? VMAIL_NOT_FOUND : VMAIL_OK, after, "");
}

static void check_refuses(enum vmail_config_action action, const char *key, const char *value,
                          const char *before, const char *reason)
{
    const struct vmail_config_change change = change_of(action, "va.example", key, value);
    check_edit(&change, 1, before, VMAIL_INVALID, before, reason);
}

/* --- setting a key */

static void a_value_changes_where_it_stands(void **state)
{
    (void)state;
    check_changes(VMAIL_CONFIG_SET, "max_users", "50",
                  "# top\n[vmail]\nfold_case=no\n\n[domain va.example] ; ours\n"
                  "mailbox=mbox:/x/%u\nmax_users   =\t7   ; paid for\n; end\n[domain vb.example]\n"
                  "max_users = 7\n",
                  "# top\n[vmail]\nfold_case=no\n\n[domain va.example] ; ours\n"
                  "mailbox=mbox:/x/%u\nmax_users   =\t50   ; paid for\n; end\n[domain vb.example]\n"
                  "max_users = 7\n");
    check_changes(VMAIL_CONFIG_SET, "fallback", "@vb.example", "[domain VA.example]\nfallback =\n",
                  "[domain VA.example]\nfallback = @vb.example\n");
    check_changes(VMAIL_CONFIG_SET, "fallback", "", "[domain va.example]\nfallback = bob ; him\n",
                  "[domain va.example]\nfallback =  ; him\n");
}

static void a_list_that_goes_on_becomes_one_line_and_keeps_its_comments(void **state)
{
    (void)state;
    check_changes(
        VMAIL_CONFIG_SET, "admins", "dave",
        "[domain va.example]\nadmins = alice ; first\n  bob\n# between\n\tcarol  ; third\n"
        "max_users = 1\nadmins = eve\n",
        "[domain va.example]\nadmins = dave ; first\n# between\n\t; third\n"
        "max_users = 1\n");
}

static void a_new_key_goes_behind_the_last_one(void **state)
{
    (void)state;
    check_changes(VMAIL_CONFIG_SET, "max_users", "5",
                  "[domain va.example]\nadmins = alice\n  bob\n\n; next\n[domain vb.example]\n",
                  "[domain va.example]\nadmins = alice\n  bob\nmax_users = 5\n\n; next\n"
                  "[domain vb.example]\n");
    check_changes(VMAIL_CONFIG_SET, "max_users", "5", "[domain va.example]\n# nothing yet\n",
                  "[domain va.example]\nmax_users = 5\n# nothing yet\n");
}

static void without_a_section_there_will_be_one(void **state)
{
    (void)state;
    check_changes(VMAIL_CONFIG_SET, "max_users", "5", "", "[domain va.example]\nmax_users = 5\n");
    check_changes(VMAIL_CONFIG_SET, "max_users", "5", "; only this",
                  "; only this\n\n[domain va.example]\nmax_users = 5\n");
    check_changes(VMAIL_CONFIG_ADD_WORD, "aliases", "vc.example", "[vmail]\n\n",
                  "[vmail]\n\n[domain va.example]\naliases = vc.example\n");
}

static void line_endings_and_a_byte_order_mark_stay(void **state)
{
    (void)state;
    check_changes(VMAIL_CONFIG_SET, "max_users", "5", "[domain va.example]\r\nmax_users = 4\r\n",
                  "[domain va.example]\r\nmax_users = 5\r\n");
    check_changes(VMAIL_CONFIG_SET, "max_users", "5",
                  "\xef\xbb\xbf[domain va.example]\r\nadmins = a",
                  "\xef\xbb\xbf[domain va.example]\r\nadmins = a\r\nmax_users = 5\r\n");
    check_changes(VMAIL_CONFIG_ADD_SECTION, NULL, NULL, "[vmail]\r\n",
                  "[vmail]\r\n\r\n[domain va.example]\r\n");
    check_changes(VMAIL_CONFIG_SET, "max_users", "5", "[domain va.example]\nmax_users = 4",
                  "[domain va.example]\nmax_users = 5");
    check_changes(VMAIL_CONFIG_REMOVE_SECTION, NULL, NULL,
                  "\xef\xbb\xbf[domain va.example]\nmax_users = 4\n[vmail]\n",
                  "\xef\xbb\xbf[vmail]\n");
}

static void vmail_may_come_in_parts(void **state)
{
    static const char before[] = "[vmail]\nids = 70000-70999\n[relay x.example]\n[vmail]\n"
                                 "enumerate = no\n";
    struct vmail_config_change change = { VMAIL_CONFIG_SET, "vmail", "", "ids", "70000-71999" };
    (void)state;
    check_edit(&change, 1, before, VMAIL_OK,
               "[vmail]\nids = 70000-71999\n[relay x.example]\n[vmail]\nenumerate = no\n", "");
    change.key = "fold_case";
    change.value = "no";
    check_edit(&change, 1, before, VMAIL_OK,
               "[vmail]\nids = 70000-70999\n[relay x.example]\n[vmail]\nenumerate = no\n"
               "fold_case = no\n",
               "");
    change.action = VMAIL_CONFIG_REMOVE_SECTION;
    check_edit(&change, 1, before, VMAIL_INVALID, before, "cannot be removed");
}

static void a_key_is_removed_with_all_that_continues_it(void **state)
{
    (void)state;
    check_changes(VMAIL_CONFIG_UNSET, "admins", NULL,
                  "[domain va.example]\n; who\nadmins = a ; x\n  b\n  c ; y\nmax_users = 1\n",
                  "[domain va.example]\n; who\n  ; y\nmax_users = 1\n");
    check_changes(VMAIL_CONFIG_UNSET, "admins", NULL, "[domain vb.example]\nadmins = a\n",
                  "[domain vb.example]\nadmins = a\n");
}

/* --- words */

static void a_word_is_added_to_its_list(void **state)
{
    (void)state;
    check_changes(VMAIL_CONFIG_ADD_WORD, "aliases", "vc.example",
                  "[domain va.example]\naliases = a.example  ; c\n",
                  "[domain va.example]\naliases = a.example vc.example  ; c\n");
    check_changes(
        VMAIL_CONFIG_ADD_WORD, "aliases", "vc.example",
        "[domain va.example]\naliases = a.example\n    b.example\nadmins = x\n",
        "[domain va.example]\naliases = a.example\n    b.example vc.example\nadmins = x\n");
    check_changes(VMAIL_CONFIG_ADD_WORD, "alias_files", "/a=b",
                  "[domain va.example]\nalias_files = /x\n  /y\n",
                  "[domain va.example]\nalias_files = /x /a=b\n  /y\n");
    check_changes(VMAIL_CONFIG_ADD_WORD, "admins", "alice", "[domain va.example]\nadmins=\n",
                  "[domain va.example]\nadmins= alice\n");
}

static void a_word_that_is_there_is_not_added_again(void **state)
{
    static const char before[] = "[domain va.example]\naliases = A.example b.example\n"
                                 "address = 2001:DB8:0::1 192.0.2.1\nadmins = bob\n";
    (void)state;
    check_changes(VMAIL_CONFIG_ADD_WORD, "aliases", "a.example", before, before);
    check_changes(VMAIL_CONFIG_ADD_WORD, "address", "2001:db8::1", before, before);
    check_changes(VMAIL_CONFIG_ADD_WORD, "address", "::ffff:192.0.2.1", before, before);
    check_changes(VMAIL_CONFIG_ADD_WORD, "admins", "bob", before, before);
}

static void a_long_list_goes_on_on_the_next_line(void **state)
{
    char *word = scratch_repeat('a', 60);
    char *before, *after;
    (void)state;
    assert_true(asprintf(&before, "[domain va.example]\nadmins = %s ; c\nmax_users = 1\n", word) >
                0);
    assert_true(asprintf(&after,
                         "[domain va.example]\nadmins = %s ; c\n    b%.58s\nmax_users = 1\n", word,
                         word) > 0);
    word[0] = 'b';
    word[59] = '\0';
    check_changes(VMAIL_CONFIG_ADD_WORD, "admins", word, before, after);
    free(before);
    free(after);
    free(word);
}

static void a_word_is_removed_from_its_list(void **state)
{
    static const char before[] = "[domain va.example]\nadmins = a  b\tc ; x\n  d ; y\n  e\n";
    (void)state;
    check_changes(VMAIL_CONFIG_REMOVE_WORD, "admins", "a", before,
                  "[domain va.example]\nadmins = b\tc ; x\n  d ; y\n  e\n");
    check_changes(VMAIL_CONFIG_REMOVE_WORD, "admins", "b", before,
                  "[domain va.example]\nadmins = a  c ; x\n  d ; y\n  e\n");
    check_changes(VMAIL_CONFIG_REMOVE_WORD, "admins", "c", before,
                  "[domain va.example]\nadmins = a  b ; x\n  d ; y\n  e\n");
    check_changes(VMAIL_CONFIG_REMOVE_WORD, "admins", "d", before,
                  "[domain va.example]\nadmins = a  b\tc ; x\n  ; y\n  e\n");
    check_changes(VMAIL_CONFIG_REMOVE_WORD, "admins", "e", before,
                  "[domain va.example]\nadmins = a  b\tc ; x\n  d ; y\n");
    check_changes(VMAIL_CONFIG_REMOVE_WORD, "address", "2001:db8::1",
                  "[domain va.example]\naddress = 2001:DB8:0::1 192.0.2.1\n",
                  "[domain va.example]\naddress = 192.0.2.1\n");
}

static void with_the_last_word_the_key_goes(void **state)
{
    (void)state;
    check_changes(VMAIL_CONFIG_REMOVE_WORD, "admins", "a",
                  "[domain va.example]\nadmins = a\nmax_users = 1\n",
                  "[domain va.example]\nmax_users = 1\n");
    check_changes(VMAIL_CONFIG_REMOVE_WORD, "admins", "a",
                  "[domain va.example]\nadmins = a a\n  a\nmax_users = 1\n",
                  "[domain va.example]\nmax_users = 1\n");
}

/* --- sections */

static void a_section_goes_to_the_end(void **state)
{
    (void)state;
    check_changes(VMAIL_CONFIG_ADD_SECTION, NULL, NULL, "", "[domain va.example]\n");
    check_changes(VMAIL_CONFIG_ADD_SECTION, NULL, NULL, "[vmail]\n",
                  "[vmail]\n\n[domain va.example]\n");
    check_changes(VMAIL_CONFIG_ADD_SECTION, NULL, NULL, "[vmail]\n\n",
                  "[vmail]\n\n[domain va.example]\n");
}

static void a_section_is_removed_with_its_own_comments(void **state)
{
    (void)state;
    check_changes(VMAIL_CONFIG_REMOVE_SECTION, NULL, NULL,
                  "; general\n\n; va\n# is big\n[domain va.example]\nadmins = a\n\n; old\n"
                  "max_users = 1\n; below\n\n; about vb\n[domain vb.example]\n",
                  "; general\n\n; about vb\n[domain vb.example]\n");
    check_changes(VMAIL_CONFIG_REMOVE_SECTION, NULL, NULL,
                  "[vmail]\n[domain va.example]\nadmins = a\n; about vb\n[domain vb.example]\n",
                  "[vmail]\n; about vb\n[domain vb.example]\n");
    check_changes(VMAIL_CONFIG_REMOVE_SECTION, NULL, NULL,
                  "[vmail]\n\n[domain va.example]\nadmins = a\n\n; the end\n",
                  "[vmail]\n\n; the end\n");
    check_changes(VMAIL_CONFIG_REMOVE_SECTION, NULL, NULL, "[vmail]\n\n[domain va.example]\n",
                  "[vmail]\n");
    check_changes(VMAIL_CONFIG_REMOVE_SECTION, NULL, NULL, "[domain va.example]\nadmins = a", "");
}

static void what_is_not_there_is_not_found(void **state)
{
    struct vmail_config_change change =
        change_of(VMAIL_CONFIG_REMOVE_WORD, "va.example", "aliases", "x.example");
    (void)state;
    check_edit(&change, 1, "[domain va.example]\n", VMAIL_NOT_FOUND, "[domain va.example]\n",
               "no such word");
    change = change_of(VMAIL_CONFIG_REMOVE_SECTION, "va.example", NULL, NULL);
    check_edit(&change, 1, "[relay va.example]\n", VMAIL_NOT_FOUND, "[relay va.example]\n",
               "no such section");
}

/* --- refusals */

static void the_readers_objections_are_handed_on(void **state)
{
    static const char before[] =
        "[vmail]\nids = 70000-70999\n[domain va.example]\naliases = a.example\n"
        "[domain vb.example]\naddress = 192.0.2.1\naliases = c.example\n";
    (void)state;
    check_refuses(VMAIL_CONFIG_SET, "max_users", "many", before, "max_users: expected");
    check_refuses(VMAIL_CONFIG_SET, "max_user", "5", before, "max_user: unknown key");
    check_refuses(VMAIL_CONFIG_SET, "ids", "80000-80999", before, "ids: is not within");
    check_refuses(VMAIL_CONFIG_ADD_WORD, "address", "192.0.2", before, "192.0.2: not an IPv4");
    check_refuses(VMAIL_CONFIG_ADD_WORD, "address", "192.0.2.1", before, "already given");
    check_refuses(VMAIL_CONFIG_ADD_WORD, "aliases", "c.example", before, "already given");
    check_refuses(VMAIL_CONFIG_ADD_WORD, "aliases", "vb.example", before,
                  "also has a [domain] section");
    check_refuses(VMAIL_CONFIG_ADD_WORD, "max_users", "6", "[domain va.example]\nmax_users = 5\n",
                  "max_users: expected");
}

static void a_value_that_would_be_more_than_one_is_refused(void **state)
{
    static const char *const values[] = {
        "a\nmax_users = 1", "a\r", "a ; b", ";a", " a", "a\x01", "a\t"
    };
    static const char before[] = "[domain va.example]\nfallback = b\n";
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        check_refuses(VMAIL_CONFIG_SET, "fallback", values[i], before, "vmail.conf: not changed: ");
    check_refuses(VMAIL_CONFIG_ADD_WORD, "admins", "a b", before, "one word");
    check_refuses(VMAIL_CONFIG_ADD_WORD, "admins", "", before, "an empty word");
    check_refuses(VMAIL_CONFIG_SET, "a = b\nc", "1", before, "no key");
    check_refuses(VMAIL_CONFIG_SET, NULL, "1", before, "no key");
    check_refuses(VMAIL_CONFIG_SET, "fallback", NULL, before, "no value");
}

static void names_that_make_no_section_are_refused(void **state)
{
    static const char *const names[] = { "", "VA.example", "va]\n[vmail", "a b", "-a", "a.bak" };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct vmail_config_change change =
            change_of(VMAIL_CONFIG_ADD_SECTION, names[i], NULL, NULL);
        check_edit(&change, 1, "", VMAIL_INVALID, "", "domain name");
    }
}

static void errors_that_were_there_do_no_harm_and_stay(void **state)
{
    (void)state;
    check_changes(VMAIL_CONFIG_SET, "max_users", "5",
                  "what is this\n[domain va.example]\nmax_user = 4\nmax_users = x\n",
                  "what is this\n[domain va.example]\nmax_user = 4\nmax_users = 5\n");
}

static void a_section_that_stands_twice_is_left(void **state)
{
    (void)state;
    check_refuses(VMAIL_CONFIG_SET, "max_users", "5",
                  "[domain va.example]\nmax_users = 1\n[domain VA.example]\n", "occurs twice");
}

/* The invalid line is a key after white space; at the start of a section it would become valid. */
static void what_would_change_something_else_is_refused(void **state)
{
    (void)state;
    check_refuses(VMAIL_CONFIG_UNSET, "max_users", NULL,
                  "[domain va.example]\nmax_users = 1\n  fallback = bob\n", "`fallback`");
    check_refuses(VMAIL_CONFIG_REMOVE_WORD, "aliases", "x.example",
                  "[domain va.example]\naliases = x.example\n[domain vb.example]\n"
                  "aliases = x.example\n",
                  "`aliases` of [domain vb.example]");
}

static void several_changes_are_made_or_none(void **state)
{
    struct vmail_config_change changes[] = {
        change_of(VMAIL_CONFIG_ADD_SECTION, "va.example", NULL, NULL),
        change_of(VMAIL_CONFIG_SET, "va.example", "ids", "65536-66535"),
        change_of(VMAIL_CONFIG_ADD_WORD, "va.example", "address", "192.0.2.1"),
        change_of(VMAIL_CONFIG_ADD_WORD, "va.example", "address", "192.0.2.2"),
    };
    (void)state;
    check_edit(changes, 4, "[vmail]\n", VMAIL_OK,
               "[vmail]\n\n[domain va.example]\nids = 65536-66535\naddress = 192.0.2.1 192.0.2.2\n",
               "");
    changes[3].value = "192.0.2";
    check_edit(changes, 4, "[vmail]\n", VMAIL_INVALID, "[vmail]\n", "not an IPv4");
}

static void a_large_file_is_edited_in_its_middle(void **state)
{
    enum { SIZE = 1024 * 1024 };
    char *half = scratch_repeat(';', SIZE / 2);
    char *before, *after;
    (void)state;
    for (size_t i = 79; i < SIZE / 2; i += 80)
        half[i] = '\n';
    half[SIZE / 2 - 1] = '\n';
    assert_true(asprintf(&before, "%s[domain va.example]\nmax_users = 1\n%s", half, half) > SIZE);
    assert_true(asprintf(&after, "%s[domain va.example]\nmax_users = 2\n%s", half, half) > SIZE);
    check_changes(VMAIL_CONFIG_SET, "max_users", "2", before, after);
    free(half);
    free(before);
    free(after);
}

/* --- the file */

static enum vmail_result edit_file(const struct scratch *scratch,
                                   const struct vmail_config_change *change, bool dry_run,
                                   vmail_transaction_show *show, void *context,
                                   struct vmail_error *error)
{
    const struct vmail_config_request request = { .changes = change,
                                                  .count = 1,
                                                  .show = show,
                                                  .context = context,
                                                  .seconds = 300,
                                                  .dry_run = dry_run };
    return vmail_config_edit_file(&scratch->paths, &request, error);
}

static void take_shown(const struct vmail_edit *edit, void *context)
{
    struct vmail_piece after = vmail_edit_after(edit);
    snprintf(context, 64, "%.*s", (int)after.length, after.text);
}

static void a_missing_file_is_made(void **state)
{
    const struct vmail_config_change change =
        change_of(VMAIL_CONFIG_SET, "va.example", "max_users", "1");
    const struct scratch *scratch = *state;
    struct vmail_error error;
    struct stat status;
    char shown[64] = "";
    size_t before = scratch_open_descriptors();
    check_result(edit_file(scratch, &change, true, take_shown, shown, &error), VMAIL_OK, &error);
    check_text(shown, "[domain va.example]\nmax_users = 1\n", "a dry run");
    assert_int_equal(access(scratch_path(scratch, "vmail.conf"), F_OK), -1);
    umask(077);
    check_result(edit_file(scratch, &change, false, NULL, NULL, &error), VMAIL_OK, &error);
    scratch_check(scratch, "vmail.conf", "[domain va.example]\nmax_users = 1\n");
    assert_int_equal(stat(scratch_path(scratch, "vmail.conf"), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
    assert_int_equal(status.st_uid, getuid());
    assert_int_equal(status.st_gid, getuid() == 0 ? 0 : getegid());
    assert_int_equal(scratch_open_descriptors(), before);
}

static void a_refusal_leaves_the_file_and_its_lock(void **state)
{
    const struct vmail_config_change change =
        change_of(VMAIL_CONFIG_SET, "va.example", "max_users", "x");
    const struct scratch *scratch = *state;
    struct vmail_error error;
    struct vmail_lock lock;
    int directory;
    scratch_write(scratch, "vmail.conf", "[vmail]\n");
    check_result(edit_file(scratch, &change, false, NULL, NULL, &error), VMAIL_INVALID, &error);
    scratch_check(scratch, "vmail.conf", "[vmail]\n");
    check_result(vmail_trusted_open_directory(&scratch->paths, &directory, &error), VMAIL_OK,
                 &error);
    check_result(vmail_lock_file(directory, "vmail.conf", 0, &lock, &error), VMAIL_OK, &error);
    vmail_lock_release(&lock);
    close(directory);
    scratch_chmod(scratch, "vmail.conf", 0666);
    check_result(edit_file(scratch, &change, false, NULL, NULL, &error), VMAIL_UNAVAILABLE, &error);
    assert_non_null(strstr(error.text, "writable by"));
}

static void edits_at_once_are_all_made(void **state)
{
    enum { WRITERS = 4, WORDS = 8 };
    pid_t child[WRITERS];
    const struct scratch *scratch = *state;
    for (int i = 0; i < WRITERS; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        for (int j = 0; child[i] == 0 && j < WORDS; j++) {
            char word[32];
            snprintf(word, sizeof word, "user%d-%d", i, j);
            const struct vmail_config_change change =
                change_of(VMAIL_CONFIG_ADD_WORD, "va.example", "admins", word);
            if (edit_file(scratch, &change, false, NULL, NULL, NULL) != VMAIL_OK)
                _exit(1);
        }
        if (child[i] == 0)
            _exit(0);
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    char *text = scratch_read(scratch, "vmail.conf", NULL);
    const struct vmail_config *config = scratch_config(*state, text);
    assert_int_equal(config->domain_count, 1);
    assert_int_equal(config->domains[0].admins.count, WRITERS * WORDS);
    free(text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_changes_where_it_stands),
        cmocka_unit_test(a_list_that_goes_on_becomes_one_line_and_keeps_its_comments),
        cmocka_unit_test(a_new_key_goes_behind_the_last_one),
        cmocka_unit_test(without_a_section_there_will_be_one),
        cmocka_unit_test(line_endings_and_a_byte_order_mark_stay),
        cmocka_unit_test(vmail_may_come_in_parts),
        cmocka_unit_test(a_key_is_removed_with_all_that_continues_it),
        cmocka_unit_test(a_word_is_added_to_its_list),
        cmocka_unit_test(a_word_that_is_there_is_not_added_again),
        cmocka_unit_test(a_long_list_goes_on_on_the_next_line),
        cmocka_unit_test(a_word_is_removed_from_its_list),
        cmocka_unit_test(with_the_last_word_the_key_goes),
        cmocka_unit_test(a_section_goes_to_the_end),
        cmocka_unit_test(a_section_is_removed_with_its_own_comments),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(the_readers_objections_are_handed_on),
        cmocka_unit_test(a_value_that_would_be_more_than_one_is_refused),
        cmocka_unit_test(names_that_make_no_section_are_refused),
        cmocka_unit_test(errors_that_were_there_do_no_harm_and_stay),
        cmocka_unit_test(a_section_that_stands_twice_is_left),
        cmocka_unit_test(what_would_change_something_else_is_refused),
        cmocka_unit_test(several_changes_are_made_or_none),
        cmocka_unit_test(a_large_file_is_edited_in_its_middle),
        ON_SCRATCH(a_missing_file_is_made),
        ON_SCRATCH(a_refusal_leaves_the_file_and_its_lock),
        ON_SCRATCH(edits_at_once_are_all_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
