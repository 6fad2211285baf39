/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"

#define DOMAIN       "va.example"
#define PASSWD       "passwd." DOMAIN
#define GROUP        "group." DOMAIN
#define PASSWD_INDEX "../cache/" PASSWD VMAIL_INDEX_ENDING
#define GROUP_INDEX  "../cache/" GROUP VMAIL_INDEX_ENDING

/* Two users have one id; the first one is used. */
static const char users[] = "bob:x:70001:70000:Bob:/vhome/b:/bin/false\n"
                            "wrong:line\n"
                            "ann:x:70002:70002::/vhome/a:/bin/sh\n"
                            "eve:x:70001:70000:Eve:/vhome/e:/bin/false\n";
static const char groups[] = "staff:x:70100:bob,ann\nall:x:70101:ann\n";

static int setup(void **state)
{
    int result = scratch_setup(state);
    if (result != 0)
        return result;
    scratch_config(*state, "");
    scratch_write(*state, PASSWD, users);
    scratch_write(*state, GROUP, groups);
    scratch_index(*state, VMAIL_PASSWD, DOMAIN);
    scratch_index(*state, VMAIL_GROUP, DOMAIN);
    return 0;
}

#define ON_INDEX(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

static void open_index(const struct scratch *scratch, enum vmail_kind kind,
                       struct vmail_index *index)
{
    struct vmail_error error = { 0 };
    check_result(vmail_index_open(&scratch->paths, kind, DOMAIN, index, &error), VMAIL_OK, &error);
}

static void check_name(struct vmail_index *index, const char *name, enum vmail_index_answer answer,
                       uint32_t id, const char *home)
{
    struct vmail_index_hit hit;
    check(vmail_index_find_name(index, name, false, &hit) == answer, name);
    if (answer == VMAIL_INDEX_HIT) {
        check_text(vmail_record_name(&hit.record), name, name);
        assert_int_equal(vmail_record_id(&hit.record), id);
        check_text(hit.record.passwd.home, home, name);
        check_text(hit.record.passwd.hash, "x", name);
    }
}

static void a_user_is_found_by_name(void **state)
{
    struct vmail_index index;
    open_index(*state, VMAIL_PASSWD, &index);
    check_name(&index, "bob", VMAIL_INDEX_HIT, 70001, "/vhome/b");
    check_name(&index, "ann", VMAIL_INDEX_HIT, 70002, "/vhome/a");
    check_name(&index, "eve", VMAIL_INDEX_HIT, 70001, "/vhome/e");
    check_name(&index, "", VMAIL_INDEX_MISS, 0, NULL);
    check_name(&index, "bo", VMAIL_INDEX_MISS, 0, NULL);
    check_name(&index, "wrong", VMAIL_INDEX_MISS, 0, NULL);
    assert_true(vmail_index_has_broken(&index, "wrong"));
    assert_false(vmail_index_has_broken(&index, "bob"));
    vmail_index_close(&index);
}

static void the_first_user_of_an_id_is_found(void **state)
{
    struct vmail_index index;
    struct vmail_index_hit hit;
    open_index(*state, VMAIL_PASSWD, &index);
    assert_int_equal(vmail_index_find_id(&index, 70001, &hit), VMAIL_INDEX_HIT);
    check_text(hit.record.passwd.name, "bob", "70001");
    assert_int_equal(hit.offset, 0);
    assert_int_equal(vmail_index_find_id(&index, 70002, &hit), VMAIL_INDEX_HIT);
    check_text(hit.record.passwd.name, "ann", "70002");
    assert_int_equal(hit.offset, strstr(users, "ann:") - users);
    assert_int_equal(vmail_index_find_id(&index, 70003, &hit), VMAIL_INDEX_MISS);
    assert_int_equal(vmail_index_find_id(&index, 0, &hit), VMAIL_INDEX_MISS);
    vmail_index_close(&index);
}

static void the_groups_of_a_member_are_told(void **state)
{
    struct vmail_index index;
    const unsigned char *gids;
    const uint32_t of_ann[] = { 70100, 70101 };
    size_t count;
    open_index(*state, VMAIL_GROUP, &index);
    assert_int_equal(vmail_index_member_of(&index, "ann", &gids, &count), VMAIL_INDEX_HIT);
    assert_int_equal(count, 2);
    assert_memory_equal(gids, of_ann, sizeof of_ann);
    assert_int_equal(vmail_index_member_of(&index, "bob", &gids, &count), VMAIL_INDEX_HIT);
    assert_int_equal(count, 1);
    assert_memory_equal(gids, of_ann, sizeof of_ann[0]);
    assert_int_equal(vmail_index_member_of(&index, "eve", &gids, &count), VMAIL_INDEX_MISS);
    vmail_index_close(&index);
}

/* It is not found by the name of its first 64 letters. */
static void a_name_that_is_too_long_is_not_cut(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_index index;
    struct vmail_index_hit hit;
    const unsigned char *gids;
    size_t count;
    char text[256] = "", member[256] = "";
    char *name = scratch_repeat('n', VMAIL_USER_MAX + 1);
    scratch_append(text, sizeof text, "%.*s:x:70005:70005:::\n%.*s:broken\n", VMAIL_USER_MAX, name,
                   VMAIL_USER_MAX - 1, name);
    scratch_append(member, sizeof member, "staff:x:70100:%.*s\n", VMAIL_USER_MAX, name);
    scratch_write(scratch, PASSWD, text);
    scratch_write(scratch, GROUP, member);
    scratch_index(scratch, VMAIL_PASSWD, DOMAIN);
    scratch_index(scratch, VMAIL_GROUP, DOMAIN);
    open_index(scratch, VMAIL_PASSWD, &index);
    assert_int_equal(vmail_index_find_name(&index, name, false, &hit), VMAIL_INDEX_MISS);
    assert_false(vmail_index_has_broken(&index, name));
    name[VMAIL_USER_MAX] = '\0';
    assert_int_equal(vmail_index_find_name(&index, name, false, &hit), VMAIL_INDEX_HIT);
    vmail_index_close(&index);
    open_index(scratch, VMAIL_GROUP, &index);
    assert_int_equal(vmail_index_member_of(&index, name, &gids, &count), VMAIL_INDEX_HIT);
    name[VMAIL_USER_MAX] = 'n';
    assert_int_equal(vmail_index_member_of(&index, name, &gids, &count), VMAIL_INDEX_MISS);
    vmail_index_close(&index);
    free(name);
}

static void names_are_folded_where_that_is_wanted(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_index index;
    struct vmail_index_hit hit;
    scratch_config(scratch, "[vmail]\nfold_case = yes\n");
    scratch_write(scratch, PASSWD, "Bob:x:70001:70001:::\n");
    scratch_index(scratch, VMAIL_PASSWD, DOMAIN);
    open_index(scratch, VMAIL_PASSWD, &index);
    assert_int_equal(vmail_index_find_name(&index, "bob", true, &hit), VMAIL_INDEX_HIT);
    check_text(hit.record.passwd.name, "Bob", "bob");
    vmail_index_close(&index);
}

/* The number of open descriptors stays the same: neither descriptor nor mapping is kept. */
static void no_descriptor_is_kept(void **state)
{
    struct vmail_index index;
    size_t before = scratch_open_descriptors();
    open_index(*state, VMAIL_PASSWD, &index);
    assert_int_equal(scratch_open_descriptors(), before);
    vmail_index_close(&index);
    scratch_write(*state, PASSWD_INDEX, "rubbish");
    check_result(
        vmail_index_open(&((struct scratch *)*state)->paths, VMAIL_PASSWD, DOMAIN, &index, NULL),
        VMAIL_UNAVAILABLE, NULL);
    assert_int_equal(scratch_open_descriptors(), before);
}

static void check_refused(const struct scratch *scratch, const char *why)
{
    struct vmail_index index;
    struct vmail_error error = { 0 };
    check_result(vmail_index_open(&scratch->paths, VMAIL_PASSWD, DOMAIN, &index, &error),
                 VMAIL_UNAVAILABLE, &error);
    if (strstr(error.text, why) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.text, why);
}

static void an_index_of_something_else_is_refused(void **state)
{
    const struct scratch *scratch = *state;
    size_t length;
    char *group = scratch_read(scratch, GROUP_INDEX, &length);
    scratch_write_bytes(scratch, PASSWD_INDEX, group, length, 0644);
    check_refused(scratch, "belongs to another file");
    free(group);
    scratch_write(scratch, "passwd.vb.example", users);
    scratch_index(scratch, VMAIL_PASSWD, "vb.example");
    char *other = scratch_read(scratch, "../cache/passwd.vb.example.cdb", &length);
    scratch_write_bytes(scratch, PASSWD_INDEX, other, length, 0644);
    check_refused(scratch, "belongs to another file");
    free(other);
}

static void a_wrong_header_is_refused(void **state)
{
#define AT(member) (VMAIL_INDEX_HEADER_AT + offsetof(struct vmail_index_header, member))
    static const struct {
        size_t at;
        const char *why;
    } cases[] = {
        { VMAIL_INDEX_CONTENTS, "is no index" }, /* the length of the key */
        { VMAIL_INDEX_CONTENTS + 4, "was made by another version" },
        { VMAIL_INDEX_CONTENTS + 8, "is no index" },
        { VMAIL_INDEX_HEADER_AT - 1, "is no index" },
        { AT(version), "was made by another version" },
        { AT(size), "was made by another version" },
        { AT(file_size), "is cut short" },
        { AT(kind), "belongs to another file" },
        { AT(domain), "belongs to another file" },
    };
#undef AT
    size_t length;
    char *file = scratch_read(*state, PASSWD_INDEX, &length);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        file[cases[i].at] ^= 1;
        scratch_write_bytes(*state, PASSWD_INDEX, file, length, 0644);
        file[cases[i].at] ^= 1;
        check_refused(*state, cases[i].why);
    }
    free(file);
}

static void an_index_of_somebody_else_is_refused(void **state)
{
    struct scratch *scratch = *state;
    scratch->paths.owner++;
    check_refused(scratch, "owned by uid");
}

static void an_index_that_others_may_write_is_refused(void **state)
{
    const struct scratch *scratch = *state;
    scratch_chmod(scratch, PASSWD_INDEX, 0666);
    check_refused(scratch, "writable by others");
    scratch_chmod(scratch, PASSWD_INDEX, 0644);
    scratch_chmod(scratch, "../cache", 0777);
    check_refused(scratch, "writable by others");
}

static void what_is_no_file_is_refused(void **state)
{
    const struct scratch *scratch = *state;
    assert_int_equal(unlink(scratch_path(scratch, PASSWD_INDEX)), 0);
    scratch_mkdir(scratch, PASSWD_INDEX, 0755);
    check_refused(scratch, "not a regular file");
}

static void without_an_index_there_is_none(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_index index;
    check_result(vmail_index_open(&scratch->paths, VMAIL_SHADOW, DOMAIN, &index, NULL),
                 VMAIL_NOT_FOUND, NULL);
    scratch->paths.cache = NULL;
    check_result(vmail_index_open(&scratch->paths, VMAIL_PASSWD, DOMAIN, &index, NULL),
                 VMAIL_NOT_FOUND, NULL);
}

static void an_index_that_is_cut_short_is_refused(void **state)
{
    const struct scratch *scratch = *state;
    size_t length;
    char *good = scratch_read(scratch, PASSWD_INDEX, &length);
    for (size_t cut = 0; cut < length; cut += cut < 64 || cut + 64 >= length ? 1 : 61) {
        scratch_write_bytes(scratch, PASSWD_INDEX, good, cut, 0644);
        check_refused(scratch, cut < VMAIL_INDEX_HEADER_AT + sizeof(struct vmail_index_header)
                                   ? "is no index"
                                   : "is cut short");
    }
    free(good);
}

/* Runs all look-ups on a damaged index: any answer is allowed, but reads stay within its bounds. */
static void ask_all(const struct vmail_index *index)
{
    static const char *const names[] = { "bob", "ann", "eve", "wrong", "nosuch" };
    struct vmail_index_hit hit;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (vmail_index_find_name(index, names[i], false, &hit) == VMAIL_INDEX_HIT)
            check_text(hit.record.passwd.name, names[i], "a name that was asked for");
        vmail_index_has_broken(index, names[i]);
    }
    for (uint32_t id = 70000; id < 70010; id++)
        if (vmail_index_find_id(index, id, &hit) == VMAIL_INDEX_HIT)
            assert_int_equal(hit.record.passwd.uid, id);
}

/* Opens the index of KIND after a change: C is written AT bytes after the start of KEY, the key of
 * one of its records. */
static void open_forged(const struct scratch *scratch, enum vmail_kind kind, const void *key,
                        size_t key_length, int at, char c, struct vmail_index *index)
{
    const char *name = kind == VMAIL_PASSWD ? PASSWD_INDEX : GROUP_INDEX;
    size_t length;
    char *file = scratch_read(scratch, name, &length);
    char *found = memmem(file, length, key, key_length);
    assert_non_null(found);
    found[at] = c;
    scratch_write_bytes(scratch, name, file, length, 0644);
    free(file);
    open_index(scratch, kind, index);
}

enum { LENGTH_AT = -4 }; /* of a record's value, before its key */

static void check_forged_bob(const struct scratch *scratch, int at, char c)
{
    struct vmail_index index;
    struct vmail_index_hit hit;
    open_forged(scratch, VMAIL_PASSWD, "nbob", 4, at, c, &index);
    assert_int_equal(vmail_index_find_name(&index, "bob", false, &hit), VMAIL_INDEX_UNSURE);
    vmail_index_close(&index);
}

enum { NAME_AT = 4 + sizeof(struct vmail_index_entry) };

static void an_entry_of_another_name_is_not_believed(void **state)
{
    check_forged_bob(*state, NAME_AT, 'x');
}

/* The name in the entry becomes "bobxB"; the gecos field becomes "b". */
static void an_entry_of_a_longer_name_is_not_believed(void **state)
{
    check_forged_bob(*state, NAME_AT + 3, 'x');
    check_forged_bob(*state, NAME_AT + 5, '\0');
}

static void an_entry_without_a_name_is_not_believed(void **state)
{
    struct vmail_index index;
    struct vmail_index_hit hit;
    open_forged(*state, VMAIL_PASSWD, "nbob", 4, NAME_AT, '\0', &index);
    assert_int_equal(vmail_index_find_id(&index, 70001, &hit), VMAIL_INDEX_UNSURE);
    vmail_index_close(&index);
}

static void an_entry_of_another_id_is_not_believed(void **state)
{
    struct vmail_index index;
    struct vmail_index_hit hit;
    /* A byte in the middle: 70001 has a 1 or 0x11 there, whatever the byte order is. */
    open_forged(*state, VMAIL_PASSWD, "nbob", 4,
                4 + (int)offsetof(struct vmail_index_entry, id) + 1, 0, &index);
    assert_int_equal(vmail_index_find_id(&index, 70001, &hit), VMAIL_INDEX_UNSURE);
    vmail_index_close(&index);
}

/* The NUL of the last string is behind the end of the value. */
static void a_string_without_an_end_is_not_believed(void **state)
{
    enum { LENGTH = sizeof(struct vmail_index_entry) + sizeof "bob:Bob:/vhome/b:/bin/false" };
    check_forged_bob(*state, LENGTH_AT, LENGTH - 1);
}

static void a_reference_of_another_size_is_not_believed(void **state)
{
    const uint32_t id = 70001;
    char key[1 + sizeof id] = { 'i' };
    struct vmail_index index;
    struct vmail_index_hit hit;
    memcpy(key + 1, &id, sizeof id);
    open_forged(*state, VMAIL_PASSWD, key, sizeof key, LENGTH_AT,
                sizeof(struct vmail_index_reference) - 1, &index);
    assert_int_equal(vmail_index_find_id(&index, id, &hit), VMAIL_INDEX_UNSURE);
    vmail_index_close(&index);
}

static void gids_that_are_cut_are_not_believed(void **state)
{
    struct vmail_index index;
    const unsigned char *gids;
    size_t count;
    open_forged(*state, VMAIL_GROUP, "mbob", 4, LENGTH_AT, sizeof(uint32_t) - 1, &index);
    assert_int_equal(vmail_index_member_of(&index, "bob", &gids, &count), VMAIL_INDEX_UNSURE);
    vmail_index_close(&index);
}

/* Every hash table seems to be behind the end of the file. */
static void a_table_out_of_bounds_does_not_mean_that_there_is_nothing(void **state)
{
    struct vmail_index index;
    struct vmail_index_hit hit;
    size_t length;
    char *file = scratch_read(*state, PASSWD_INDEX, &length);
    memset(file, 0xff, VMAIL_INDEX_CONTENTS);
    scratch_write_bytes(*state, PASSWD_INDEX, file, length, 0644);
    free(file);
    open_index(*state, VMAIL_PASSWD, &index);
    assert_int_equal(vmail_index_find_name(&index, "bob", false, &hit), VMAIL_INDEX_UNSURE);
    assert_int_equal(vmail_index_find_id(&index, 70001, &hit), VMAIL_INDEX_UNSURE);
    assert_true(vmail_index_has_broken(&index, "bob"));
    vmail_index_close(&index);
}

static void damage_of_any_byte_is_noticed_and_does_no_harm(void **state)
{
    const struct scratch *scratch = *state;
    size_t length;
    char *good = scratch_read(scratch, PASSWD_INDEX, &length);
    for (size_t at = 0; at < length; at++) {
        struct vmail_index index;
        good[at] ^= (char)(1 << at % 7);
        scratch_write_bytes(scratch, PASSWD_INDEX, good, length, 0644);
        good[at] ^= (char)(1 << at % 7);
        if (vmail_index_open(&scratch->paths, VMAIL_PASSWD, DOMAIN, &index, NULL) != VMAIL_OK)
            continue;
        if (vmail_index_whole(&index))
            fail_msg("damage at byte %zu is not noticed", at);
        ask_all(&index);
        vmail_index_close(&index);
    }
    free(good);
}

static void no_hash_is_in_an_index(void **state)
{
    struct scratch *scratch = *state;
    size_t length;
    scratch_write(scratch, PASSWD, "bob:$6$secretsalt$secrethash:70001:70001:::\n");
    scratch_write_bytes(scratch, "shadow." DOMAIN, "bob:$6$secretsalt$hash:1:2:3:4:5:6:\n", 36,
                        0600);
    scratch_index(scratch, VMAIL_PASSWD, DOMAIN);
    scratch_index(scratch, VMAIL_SHADOW, DOMAIN);
    char *passwd = scratch_read(scratch, PASSWD_INDEX, &length);
    assert_null(memmem(passwd, length, "$6$", 3));
    assert_null(memmem(passwd, length, "secret", 6));
    free(passwd);
    char *shadow = scratch_read(scratch, "../cache/shadow." DOMAIN VMAIL_INDEX_ENDING, &length);
    assert_non_null(memmem(shadow, length, "bob", 3));
    assert_null(memmem(shadow, length, "$6$", 3));
    assert_null(memmem(shadow, length, "secret", 6));
    free(shadow);
}

static void other_settings_make_an_index_useless(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_index index;
    open_index(scratch, VMAIL_PASSWD, &index);
    static const struct {
        const char *settings;
        bool fresh;
    } cases[] = {
        { "", true },
        { "ids = 65537-99999\n", false },
        { "ids = 65536-99998\n", false },
        { "separators = @%\n", false },
        { "fold_case = no\n", false },
        { "enumerate = no\n", true },
    };
    const struct vmail_file_state text = index.header->state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char conf[64] = "[vmail]\n";
        scratch_append(conf, sizeof conf, "%s", cases[i].settings);
        check(vmail_index_fresh(&index, &text, &scratch_config(scratch, conf)->rules) ==
                  cases[i].fresh,
              conf);
    }
    vmail_index_close(&index);
}

static void an_index_of_another_state_is_not_fresh(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_index index;
    open_index(scratch, VMAIL_PASSWD, &index);
    struct vmail_file_state other = index.header->state;
    other.changed.tv_nsec ^= 1;
    assert_false(vmail_index_is_of(&index, &other));
    assert_false(vmail_index_fresh(&index, &other, &scratch->config->rules));
    vmail_index_close(&index);
}

static void an_index_that_is_replaced_or_cut_is_not_intact(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_index index;
    open_index(scratch, VMAIL_PASSWD, &index);
    assert_true(vmail_index_intact(&index, &scratch->paths, VMAIL_PASSWD, DOMAIN));
    scratch_index(scratch, VMAIL_PASSWD, DOMAIN);
    assert_false(vmail_index_intact(&index, &scratch->paths, VMAIL_PASSWD, DOMAIN));
    vmail_index_close(&index);
    open_index(scratch, VMAIL_PASSWD, &index);
    assert_int_equal(truncate(scratch_path(scratch, PASSWD_INDEX), 100), 0);
    assert_false(vmail_index_intact(&index, &scratch->paths, VMAIL_PASSWD, DOMAIN));
    assert_int_equal(unlink(scratch_path(scratch, PASSWD_INDEX)), 0);
    assert_false(vmail_index_intact(&index, &scratch->paths, VMAIL_PASSWD, DOMAIN));
    vmail_index_close(&index);
}

static void a_checksum_depends_on_every_bit_and_the_length(void **state)
{
    unsigned char data[40];
    (void)state;
    memset(data, 0, sizeof data);
    for (size_t length = 0; length < sizeof data; length++) {
        const uint64_t sum = vmail_index_sum(0, data, length);
        assert_true(sum != vmail_index_sum(0, data, length + 1));
        assert_true(sum != vmail_index_sum(1, data, length));
        for (size_t bit = 0; bit < length * 8; bit++) {
            data[bit / 8] ^= (unsigned char)(1 << bit % 8);
            assert_true(sum != vmail_index_sum(0, data, length));
            data[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_INDEX(a_user_is_found_by_name),
        ON_INDEX(the_first_user_of_an_id_is_found),
        ON_INDEX(the_groups_of_a_member_are_told),
        ON_INDEX(a_name_that_is_too_long_is_not_cut),
        ON_INDEX(names_are_folded_where_that_is_wanted),
        ON_INDEX(no_descriptor_is_kept),
        ON_INDEX(an_index_of_something_else_is_refused),
        ON_INDEX(a_wrong_header_is_refused),
        ON_INDEX(an_index_of_somebody_else_is_refused),
        ON_INDEX(an_index_that_others_may_write_is_refused),
        ON_INDEX(what_is_no_file_is_refused),
        ON_INDEX(without_an_index_there_is_none),
        ON_INDEX(an_index_that_is_cut_short_is_refused),
        ON_INDEX(an_entry_of_another_name_is_not_believed),
        ON_INDEX(an_entry_of_a_longer_name_is_not_believed),
        ON_INDEX(an_entry_without_a_name_is_not_believed),
        ON_INDEX(an_entry_of_another_id_is_not_believed),
        ON_INDEX(a_string_without_an_end_is_not_believed),
        ON_INDEX(a_reference_of_another_size_is_not_believed),
        ON_INDEX(gids_that_are_cut_are_not_believed),
        ON_INDEX(a_table_out_of_bounds_does_not_mean_that_there_is_nothing),
        ON_INDEX(damage_of_any_byte_is_noticed_and_does_no_harm),
        ON_INDEX(no_hash_is_in_an_index),
        ON_INDEX(other_settings_make_an_index_useless),
        ON_INDEX(an_index_of_another_state_is_not_fresh),
        ON_INDEX(an_index_that_is_replaced_or_cut_is_not_intact),
        cmocka_unit_test(a_checksum_depends_on_every_bit_and_the_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
