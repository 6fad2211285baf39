/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_image.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "config_compile.h"
#include "scratch.h"

#define CONFIG       VMAIL_CONFIG_NAME
#define CONFIG_IMAGE "../cache/" CONFIG VMAIL_INDEX_ENDING

static const char text[] = "[vmail]\nids = 70000-99999\nseparators = +%\nfold_case = no\n"
                           "[domain va.example]\naliases = www.va.example va.test\n"
                           "address = 192.0.2.1 2001:db8::1\nids = 70000-70999\n"
                           "[domain vb.example]\nmailbox = mbox:~/mail\nids = 80000-80999\n"
                           "[domain vc.example]\n";

static const struct vmail_index_effort patient = { .milliseconds = 10000, .seconds = 10 };

static struct vmail_file_state state_now(const struct scratch *scratch)
{
    struct stat status;
    assert_int_equal(stat(scratch_path(scratch, CONFIG), &status), 0);
    return vmail_file_state(&status);
}

static void compile(const struct scratch *scratch)
{
    struct vmail_error error = { 0 };
    check_result(vmail_config_compile(&scratch->paths, &patient, &error), VMAIL_OK, &error);
}

static int setup(void **state)
{
    int result = scratch_setup(state);
    if (result != 0)
        return result;
    scratch_config(*state, text);
    scratch_write(*state, CONFIG, text);
    compile(*state);
    return 0;
}

#define ON_IMAGE(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

static enum vmail_result from_image(const struct scratch *scratch, struct vmail_config **config)
{
    const struct vmail_file_state now = state_now(scratch);
    return vmail_config_from_image(&scratch->paths, &now, config);
}

static void check_same(const char *answer, const char *expected, const char *question)
{
    if (expected == NULL)
        check(answer == NULL, question);
    else
        check_text(answer, expected, question);
}

static void check_domains(const struct vmail_config *config, const struct vmail_config *parsed)
{
    static const char *const names[] = { "va.example", "vb.example",    "www.va.example",
                                         "va.test",    "vc.example",    "",
                                         "va.exampl",  "nosuch.example" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const bool has = vmail_config_has_domain(parsed, names[i]);
        check(vmail_config_has_domain(config, names[i]) == has, names[i]);
        check(vmail_config_has_block(config, names[i]) == vmail_config_has_block(parsed, names[i]),
              names[i]);
        if (has)
            check_same(vmail_config_mailbox(config, names[i]),
                       vmail_config_mailbox(parsed, names[i]), names[i]);
        check_same(vmail_config_alias(config, names[i]), vmail_config_alias(parsed, names[i]),
                   names[i]);
    }
}

static void check_addresses(const struct vmail_config *config, const struct vmail_config *parsed)
{
    for (size_t i = 0; i < parsed->address_count; i++) {
        struct vmail_address address = parsed->addresses[i].address;
        check_same(vmail_config_address(config, &address), vmail_config_address(parsed, &address),
                   "an address");
        address.bytes[15] ^= 1;
        check_same(vmail_config_address(config, &address), vmail_config_address(parsed, &address),
                   "its neighbour");
    }
}

static void check_blocks(const struct vmail_config *config, const struct vmail_config *parsed)
{
    static const uint32_t ids[] = { 0,     69999, 70000, 70500, 70999,     71000,
                                    79999, 80000, 80999, 81000, UINT32_MAX };
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const char *expected = vmail_config_block(parsed, ids[i]);
        check_same(vmail_config_block(config, ids[i]), expected, "an id");
    }
}

static void check_all(const struct vmail_config *config, const struct vmail_config *parsed)
{
    check_domains(config, parsed);
    check_addresses(config, parsed);
    check_blocks(config, parsed);
}

static void it_answers_as_the_text(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_config *config;
    check_result(from_image(scratch, &config), VMAIL_OK, NULL);
    assert_int_equal(scratch->config->address_count, 2);
    assert_int_equal(scratch->config->block_count, 2);
    assert_true(vmail_config_has_domain(config, "vb.example"));
    check_all(config, scratch->config);
    vmail_config_free(config);
}

static void it_has_the_settings_of_the_text(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_config *config;
    check_result(from_image(scratch, &config), VMAIL_OK, NULL);
    assert_int_equal(config->rules.ids.first, 70000);
    assert_int_equal(config->rules.ids.last, 99999);
    check_text(config->rules.separators, scratch->config->rules.separators, "separators");
    assert_false(config->rules.fold_case);
    assert_int_equal(config->enumerate, scratch->config->enumerate);
    assert_int_equal(config->error_count, 0);
    vmail_config_free(config);
}

static void wrong_lines_are_counted(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_config *config;
    scratch_write(scratch, CONFIG, "[vmail]\nnosuch = 1\n");
    compile(scratch);
    check_result(from_image(scratch, &config), VMAIL_OK, NULL);
    assert_int_equal(config->error_count, 1);
    vmail_config_free(config);
}

static void an_index_of_another_text_is_not_used(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_config *config;
    scratch_write(scratch, CONFIG, "[domain vx.example]\n");
    check_result(from_image(scratch, &config), VMAIL_NOT_FOUND, NULL);
}

static void without_a_text_the_index_goes(void **state)
{
    const struct scratch *scratch = *state;
    assert_int_equal(unlink(scratch_path(scratch, CONFIG)), 0);
    check_result(vmail_config_compile(&scratch->paths, &patient, NULL), VMAIL_NOT_FOUND, NULL);
    assert_int_not_equal(access(scratch_path(scratch, CONFIG_IMAGE), F_OK), 0);
}

/* A damaged image may give any answer, but reads stay within its bounds. */
static void ask_all(const struct vmail_config *config)
{
    static const uint32_t ids[] = { 0, 70000, 70999, 80000, UINT32_MAX };
    static const char *const names[] = { "va.example", "vb.example", "va.test", "nosuch.example" };
    size_t length = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *owner = vmail_config_alias(config, names[i]);
        length += strlen(vmail_config_mailbox(config, names[i]));
        length += owner == NULL ? 0 : strlen(owner);
    }
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const char *owner = vmail_config_block(config, ids[i]);
        length += owner == NULL ? 0 : strlen(owner);
    }
    const struct vmail_address address = { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };
    const char *owner = vmail_config_address(config, &address);
    length += owner == NULL ? 0 : strlen(owner);
    assert_true(length > 0);
}

static void damage_of_any_byte_does_no_harm(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_config *config;
    size_t length, used = 0;
    char *good = scratch_read(scratch, CONFIG_IMAGE, &length);
    for (size_t at = 0; at < length; at++) {
        const char bit = (char)(1 << at % 7);
        good[at] ^= bit;
        scratch_write_bytes(scratch, CONFIG_IMAGE, good, length, 0644);
        good[at] ^= bit;
        if (from_image(scratch, &config) != VMAIL_OK)
            continue;
        used++;
        ask_all(config);
        vmail_config_free(config);
    }
    assert_in_range(used, 1, length - 1);
    free(good);
}

/* A read after the end of the mapping would kill the process. */
static void an_image_that_is_cut_short_in_use_is_not_intact(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_config *config;
    check_result(from_image(scratch, &config), VMAIL_OK, NULL);
    assert_true(vmail_config_image_intact(config, &scratch->paths));
    assert_int_equal(truncate(scratch_path(scratch, CONFIG_IMAGE), 100), 0);
    assert_false(vmail_config_image_intact(config, &scratch->paths));
    vmail_config_free(config);
    assert_true(vmail_config_image_intact(scratch->config, &scratch->paths));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_IMAGE(it_answers_as_the_text),
        ON_IMAGE(it_has_the_settings_of_the_text),
        ON_IMAGE(wrong_lines_are_counted),
        ON_IMAGE(an_index_of_another_text_is_not_used),
        ON_IMAGE(without_a_text_the_index_goes),
        ON_IMAGE(damage_of_any_byte_does_no_harm),
        ON_IMAGE(an_image_that_is_cut_short_in_use_is_not_intact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
