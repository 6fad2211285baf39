/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ids_index.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "ids_compile.h"
#include "index_all.h"
#include "scratch.h"
#include "store.h"
#include "tick.h"

#define BLOCK "[domain vb.example]\nids = 80000-80999\n"
#define IDS   "../cache/ids" VMAIL_INDEX_ENDING

static const struct vmail_index_effort patient = { .milliseconds = 10000, .seconds = 10 };

static void compile(const struct scratch *scratch)
{
    struct vmail_error error = { 0 };
    check_result(vmail_ids_compile(&scratch->paths, scratch->config, &patient, &error), VMAIL_OK,
                 &error);
    for (const uint64_t tick = vmail_tick(); vmail_tick() == tick;) {
        /* what was seen in this tick is not looked at again */
    }
}

/* carol is in her domain's block, dave is not in his, and bob of va and vc have one uid. */
static int setup(void **state)
{
    int result = scratch_setup(state);
    if (result != 0)
        return result;
    scratch_config(*state, BLOCK);
    scratch_write(*state, "passwd.va.example", "bob:x:70001:70001:::\n");
    scratch_write(*state, "group.va.example", "staff:x:70100:bob\n");
    scratch_write(*state, "passwd.vb.example", "carol:x:80001:80001:::\ndave:x:90001:90001:::\n");
    scratch_write(*state, "passwd.vc.example", "bob:x:70001:70001:::\n");
    compile(*state);
    return 0;
}

#define ON_IDS(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

static void check_hint(const struct scratch *scratch, enum vmail_kind kind, uint32_t id,
                       enum vmail_index_answer answer, const char *domain)
{
    char found[VMAIL_DOMAIN_MAX + 1];
    struct vmail_shared_index *ids = vmail_ids_index_get(&scratch->paths, scratch->config);
    assert_non_null(ids);
    assert_int_equal(vmail_ids_index_find(vmail_shared_index(ids), kind, id, found), answer);
    if (answer == VMAIL_INDEX_HIT)
        check_text(found, domain, "the domain of an id");
    vmail_index_cache_release(ids);
}

static bool covers(const struct scratch *scratch, enum vmail_kind kind, const char *domain)
{
    struct vmail_shared_index *ids = vmail_ids_index_get(&scratch->paths, scratch->config);
    assert_non_null(ids);
    bool result = vmail_ids_index_covers(vmail_shared_index(ids), &scratch->paths, kind, domain);
    vmail_index_cache_release(ids);
    return result;
}

static void check_uid(const struct scratch *scratch, uint32_t uid, const char *user,
                      const char *domain)
{
    struct vmail_found found;
    enum vmail_result result = vmail_store_find_uid(&scratch->paths, scratch->config, uid, &found);
    check_result(result, user == NULL ? VMAIL_NOT_FOUND : VMAIL_OK, NULL);
    if (user != NULL) {
        check_text(found.record.passwd.name, user, domain);
        check_text(found.domain, domain, user);
        vmail_found_end(&found);
    }
}

static void it_tells_whose_an_id_outside_of_blocks_is(void **state)
{
    check_hint(*state, VMAIL_PASSWD, 70001, VMAIL_INDEX_HIT, "va.example");
    check_hint(*state, VMAIL_PASSWD, 90001, VMAIL_INDEX_HIT, "vb.example");
    check_hint(*state, VMAIL_PASSWD, 70002, VMAIL_INDEX_MISS, NULL);
    check_hint(*state, VMAIL_PASSWD, 70100, VMAIL_INDEX_MISS, NULL); /* a group's */
    check_hint(*state, VMAIL_GROUP, 70100, VMAIL_INDEX_HIT, "va.example");
    check_hint(*state, VMAIL_GROUP, 70001, VMAIL_INDEX_MISS, NULL);
    check_hint(*state, VMAIL_PASSWD, 80001, VMAIL_INDEX_MISS, NULL); /* in the block */
}

static void a_domain_is_covered_until_its_files_change(void **state)
{
    assert_true(covers(*state, VMAIL_PASSWD, "va.example"));
    assert_true(covers(*state, VMAIL_GROUP, "va.example"));
    assert_true(covers(*state, VMAIL_GROUP, "vb.example"));
    assert_false(covers(*state, VMAIL_PASSWD, "vd.example"));
    scratch_write(*state, "group.va.example", "staff:x:70101:bob\n");
    assert_true(covers(*state, VMAIL_PASSWD, "va.example"));
    assert_false(covers(*state, VMAIL_GROUP, "va.example"));
    scratch_write(*state, "group.vb.example", ""); /* there was none */
    assert_false(covers(*state, VMAIL_GROUP, "vb.example"));
    scratch_write(*state, "passwd.va.example", "bob:x:70009:70009:::\n");
    assert_false(covers(*state, VMAIL_PASSWD, "va.example"));
}

static void a_hint_that_is_not_so_any_more_does_not_hide_the_others(void **state)
{
    check_uid(*state, 70001, "bob", "va.example");
    scratch_write(*state, "passwd.va.example", "bob:x:70009:70009:::\n");
    check_uid(*state, 70001, "bob", "vc.example");
    check_uid(*state, 70009, "bob", "va.example");
    scratch_write(*state, "passwd.vc.example", "");
    check_uid(*state, 70001, NULL, NULL);
}

static void a_new_domain_is_asked(void **state)
{
    scratch_write(*state, "passwd.vd.example", "eve:x:70005:70005:::\n");
    check_uid(*state, 70005, "eve", "vd.example");
}

/* The ids in a block are not in the index: without the block they must be looked for. */
static void another_block_makes_the_index_useless(void **state)
{
    static const char *const configs[] = { "", "[domain vb.example]\nids = 85000-85999\n",
                                           "[domain vc.example]\nids = 81000-81999\n" };
    struct scratch *scratch = *state;
    check_uid(scratch, 80001, "carol", "vb.example");
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        scratch_config(scratch, configs[i]);
        check_uid(scratch, 80001, "carol", "vb.example");
        assert_null(vmail_ids_index_get(&scratch->paths, scratch->config));
    }
    scratch_config(scratch, BLOCK);
    check_hint(scratch, VMAIL_PASSWD, 80001, VMAIL_INDEX_MISS, NULL);
}

static void another_block_has_the_index_made_anew(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_index_report report = { 0 };
    scratch_config(scratch, "");
    const struct vmail_index_work work = { .paths = &scratch->paths,
                                           .config = scratch->config,
                                           .effort = &patient };
    vmail_index_ids(&work, false, &report);
    assert_int_equal(report.made, 1);
    check_hint(scratch, VMAIL_PASSWD, 80001, VMAIL_INDEX_HIT, "vb.example");
    vmail_index_ids(&work, false, &report);
    assert_int_equal(report.made, 1);
    assert_int_equal(report.current, 1);
}

static void a_domain_that_is_not_believed_is_not_covered(void **state)
{
    scratch_chmod(*state, "passwd.va.example", 0666);
    compile(*state);
    assert_false(covers(*state, VMAIL_PASSWD, "va.example"));
    assert_true(covers(*state, VMAIL_PASSWD, "vb.example"));
    check_hint(*state, VMAIL_PASSWD, 70001, VMAIL_INDEX_HIT, "vc.example");
}

static void check_damaged(const struct scratch *scratch, size_t at)
{
    struct vmail_index index;
    char domain[VMAIL_DOMAIN_MAX + 1];
    if (vmail_index_open(&scratch->paths, VMAIL_INDEX_IDS, "", &index, NULL) != VMAIL_OK)
        return;
    enum vmail_index_answer answer = vmail_ids_index_find(&index, VMAIL_PASSWD, 90001, domain);
    if (answer == VMAIL_INDEX_MISS ||
        (answer == VMAIL_INDEX_HIT && strcmp(domain, "vb.example") != 0))
        fail_msg("wrong after damage at byte %zu", at);
    if (vmail_ids_index_covers(&index, &scratch->paths, VMAIL_PASSWD, "vd.example"))
        fail_msg("covers what it has not seen after damage at byte %zu", at);
    vmail_index_close(&index);
}

static void damage_of_any_byte_makes_no_wrong_answer(void **state)
{
    size_t length;
    char *good = scratch_read(*state, IDS, &length);
    for (size_t at = 0; at < length; at++) {
        const char bit = (char)(1 << at % 7);
        good[at] ^= bit;
        scratch_write_bytes(*state, IDS, good, length, 0644);
        good[at] ^= bit;
        check_damaged(*state, at);
    }
    free(good);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_IDS(it_tells_whose_an_id_outside_of_blocks_is),
        ON_IDS(a_domain_is_covered_until_its_files_change),
        ON_IDS(a_hint_that_is_not_so_any_more_does_not_hide_the_others),
        ON_IDS(a_new_domain_is_asked),
        ON_IDS(another_block_makes_the_index_useless),
        ON_IDS(another_block_has_the_index_made_anew),
        ON_IDS(a_domain_that_is_not_believed_is_not_covered),
        ON_IDS(damage_of_any_byte_makes_no_wrong_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
