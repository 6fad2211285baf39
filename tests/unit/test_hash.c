/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hash.h"

#include <crypt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

/* Made by the crypt(3) of Perl. */
static const struct {
    const char *password, *hash;
} known[] = {
    { "Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5" },
    { "Hello world!", "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJ"
                      "uesI68u4OTLiBFdcbYEdFCoEOfaS35inz1" },
    { "U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" },
    { "password", "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/" },
    { "password", "abJnggxhB/yWI" },
};
static const char *const sha512 =
    "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJ"
    "uesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";

static void check_kind(const char *stored, enum vmail_hash_kind expected)
{
    const char *setting = "unset";
    enum vmail_hash_kind kind = vmail_hash_classify(stored, &setting);
    if (kind != expected)
        fail_msg("%d, expected %d, for \"%s\"", (int)kind, (int)expected, stored);
    check((setting != NULL) == (kind == VMAIL_HASH_USABLE), stored);
}

static void a_hash_of_crypt_is_usable(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *setting;
        check(vmail_hash_classify(known[i].hash, &setting) == VMAIL_HASH_USABLE, known[i].hash);
        check(setting == known[i].hash, known[i].hash);
    }
}

static void an_empty_hash_is_no_password_at_all(void **state)
{
    (void)state;
    check_kind("", VMAIL_HASH_EMPTY);
}

static void a_star_or_an_exclamation_mark_locks(void **state)
{
    static const char *const texts[] = { "*",
                                         "!",
                                         "!!",
                                         "!*",
                                         "*LK*",
                                         "*0",
                                         "*NP*",
                                         "!$6$saltstring$x",
                                         "!{CRYPT}$6$x$y",
                                         "{CRYPT}!",
                                         "{CRYPT}*",
                                         "{SHA512-CRYPT}!$6$saltstring$x" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_kind(texts[i], VMAIL_HASH_LOCKED);
}

static void garbage_and_unknown_methods_are_not_supported(void **state)
{
    static const char *const texts[] = {
        "x",
        "$",
        "$$",
        "$9$salt$hash",
        "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA",
        ":",
        " ",
        "\x01\x02\x03",
        "garbage with spaces",
        "\xc3\xb6\xc3\xb6",
        "-",
        "$6",
        "$unknown$",
        "a",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_kind(texts[i], VMAIL_HASH_UNSUPPORTED);
}

static void dovecots_names_for_crypt_are_taken_off(void **state)
{
    static const char *const prefixes[] = { "{CRYPT}",        "{crypt}",     "{SHA512-CRYPT}",
                                            "{SHA256-CRYPT}", "{BLF-CRYPT}", "{MD5-CRYPT}",
                                            "{DES-CRYPT}",    "{MD5}",       "{Sha512-Crypt}" };
    (void)state;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        char stored[256];
        const char *setting;
        snprintf(stored, sizeof stored, "%s%s", prefixes[i], sha512);
        check(vmail_hash_classify(stored, &setting) == VMAIL_HASH_USABLE, stored);
        check_text(setting, sha512, stored);
        check(vmail_hash_verify(setting, "Hello world!"), stored);
    }
}

static void dovecots_other_schemes_are_not_supported(void **state)
{
    static const char *const texts[] = {
        "{PLAIN}secret",
        "{SSHA}c2VjcmV0",
        "{SHA512}c2VjcmV0",
        "{ARGON2ID}$argon2id$v=19$x",
        "{CRAM-MD5}00",
        "{",
        "{}",
        "{CRYPT",
        "{CRYPT}",
        "{CRYPT}x",
        "{}secret",
        "{CRYPT }abJnggxhB/yWI",
        "{SHA512-CRYPT.HEX}00",
        "{CRYPT}{CRYPT}abJnggxhB/yWI",
        "{CRYP}abJnggxhB/yWI",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_kind(texts[i], VMAIL_HASH_UNSUPPORTED);
}

static void only_the_right_password_matches(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        check(vmail_hash_verify(known[i].hash, known[i].password), known[i].hash);
        check(!vmail_hash_verify(known[i].hash, "wrong"), known[i].hash);
        check(!vmail_hash_verify(known[i].hash, ""), known[i].hash);
        check(!vmail_hash_verify(known[i].hash, known[i].hash), known[i].hash);
    }
}

static void a_hash_that_is_cut_or_garbage_matches_nothing(void **state)
{
    static const char *const texts[] = { "$6$saltstring$",
                                         "$6$saltstring",
                                         "ab",
                                         "abJnggxhB/yW",
                                         "abJnggxhB/yWIx",
                                         "garbage",
                                         "*0",
                                         "*1",
                                         "!",
                                         "" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        check(!vmail_hash_verify(texts[i], "password"), texts[i]);
        check(!vmail_hash_verify(texts[i], "Hello world!"), texts[i]);
        check(!vmail_hash_verify(texts[i], ""), texts[i]);
    }
}

static void a_password_longer_than_crypt_takes_does_not_match(void **state)
{
    char *password = scratch_repeat('x', 100000);
    (void)state;
    assert_false(vmail_hash_verify(sha512, password));
    free(password);
}

static void methods_of_old_are_legacy(void **state)
{
    (void)state;
    assert_true(vmail_hash_is_legacy("abJnggxhB/yWI"));
    assert_true(vmail_hash_is_legacy("$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/"));
    assert_false(vmail_hash_is_legacy(sha512));
    assert_false(vmail_hash_is_legacy("$y$j9T$saltsalt$"));
}

static void a_hash_cheaper_than_a_new_one_is_weak(void **state)
{
    static const struct {
        const char *setting;
        bool weak;
    } cases[] = {
        { "abJnggxhB/yWI", true },
        { "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/", true },
        { "$6$rounds=1000$saltstring$", true },
        { "$6$rounds=500000$saltstring$", false },
        { "$6$saltstring$", false },
        { "$5$rounds=1000$saltstring$", true },
        { "$2b$04$CCCCCCCCCCCCCCCCCCCCC.", true },
        { "$2b$14$CCCCCCCCCCCCCCCCCCCCC.", false },
        { "$2y$04$CCCCCCCCCCCCCCCCCCCCC.", true }, /* in the format of Dovecot's {BLF-CRYPT} */
        { "$2y$14$CCCCCCCCCCCCCCCCCCCCC.", false },
        { "$y$j75$saltsalt$", true },
        { "$y$j9T$saltsalt$", false },
        { "$y$jFT$saltsalt$", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(vmail_hash_is_weak(cases[i].setting) == cases[i].weak, cases[i].setting);
}

static void a_new_hash_matches_its_password_alone(void **state)
{
    static const struct {
        const char *method;
        unsigned long rounds;
        const char *prefix;
    } cases[] = {
        { NULL, 0, "$" },
        { "sha512", 1000, "$6$rounds=1000$" },
        { "sha256", 1000, "$5$rounds=1000$" },
        { "bcrypt", 4, "$2b$04$" },
        { "blowfish", 4, "$2b$04$" },
        { "yescrypt", 1, "$y$j" },
        { "gost_yescrypt", 1, "$gy$j" },
        { "scrypt", 6, "$7$" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vmail_error error = { .text = "" };
        const char *setting;
        char *hash = vmail_hash_new("s3cret", cases[i].method, cases[i].rounds, &error);
        if (hash == NULL)
            fail_msg("%s", error.text);
        check(strncmp(hash, cases[i].prefix, strlen(cases[i].prefix)) == 0, hash);
        check(vmail_hash_classify(hash, &setting) == VMAIL_HASH_USABLE, hash);
        check(vmail_hash_verify(setting, "s3cret"), hash);
        check(!vmail_hash_verify(setting, "s3cres"), hash);
        free(hash);
    }
}

static void each_new_hash_has_its_own_salt(void **state)
{
    char *first = vmail_hash_new(NULL, "sha512", 1000, NULL);
    char *second = vmail_hash_new(NULL, "sha512", 1000, NULL);
    (void)state;
    assert_non_null(first);
    assert_non_null(second);
    assert_string_not_equal(first, second);
    free(first);
    free(second);
}

static void without_a_password_there_is_a_setting_only(void **state)
{
    char *setting = vmail_hash_new(NULL, "bcrypt", 4, NULL);
    (void)state;
    assert_non_null(setting);
    assert_int_equal(strlen(setting), 29);
    assert_false(vmail_hash_verify(setting, ""));
    free(setting);
}

static void what_cannot_be_made_is_told(void **state)
{
    struct vmail_error error;
    char *password = scratch_repeat('x', 100000);
    (void)state;
    assert_null(vmail_hash_new("x", "md5", 0, &error));
    assert_string_equal(error.text, "md5: unknown hashing method");
    assert_null(vmail_hash_new("x", "", 0, &error));
    assert_null(vmail_hash_new("x", "bcrypt", 99, &error));
    assert_string_equal(error.text, "crypt_gensalt: method bcrypt with cost 99 is not possible");
    assert_null(vmail_hash_new(password, "sha512", 1000, &error));
    assert_string_equal(error.text, "crypt: cannot hash this password");
    free(password);
}

static void the_methods_are_known_by_name(void **state)
{
    static const char *const good[] = { "yescrypt", "gost_yescrypt", "scrypt", "bcrypt",
                                        "blowfish", "sha512",        "sha256" };
    static const char *const bad[] = { "", "md5", "des", "SHA512", "sha", "argon2id", "sha512 " };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        check(vmail_hash_method_known(good[i]), good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check(!vmail_hash_method_known(bad[i]), bad[i]);
}

static unsigned wiped, left; /* buffers of crypt(3) that were freed */

void __real_free(void *memory);
void __wrap_free(void *memory);

void __wrap_free(void *memory)
{
    static const struct crypt_data zeros;
    if (memory != NULL && malloc_usable_size(memory) >= sizeof zeros) {
        if (memcmp(memory, &zeros, sizeof zeros) == 0)
            wiped++;
        else
            left++;
    }
    __real_free(memory);
}

static void check_wiped(void)
{
    assert_int_equal(wiped, 1);
    assert_int_equal(left, 0);
}

static void a_check_leaves_no_password_in_memory(void **state)
{
    (void)state;
    wiped = left = 0;
    assert_true(vmail_hash_verify(known[3].hash, known[3].password));
    check_wiped();
}

static void a_new_hash_leaves_no_password_in_memory(void **state)
{
    (void)state;
    wiped = left = 0;
    char *hash = vmail_hash_new("s3cret", "sha512", 1000, NULL);
    free(hash);
    check_wiped();
}

static void equal_means_every_byte(void **state)
{
    (void)state;
    assert_true(vmail_hash_equal("", ""));
    assert_true(vmail_hash_equal("abc", "abc"));
    assert_false(vmail_hash_equal("abc", "abd"));
    assert_false(vmail_hash_equal("abc", "bbc"));
    assert_false(vmail_hash_equal("abc", "abcd"));
    assert_false(vmail_hash_equal("abcd", "abc"));
    assert_false(vmail_hash_equal("a\x81", "a\x01"));
}

static void a_hash_up_to_the_limit_of_its_method_is_usable(void **state)
{
    static const char *const hashes[] = {
        "$2b$14$abcdefghijklmnopqrstuu",
        "$y$j9T$abcdefgh$",
        "$y$jCT$abcdefgh$",
        "$gy$jCT$abcdefgh$",
        "$7$DU..../....abcdefgh$",
        "$5$rounds=200000$abcdefgh$",
        "$6$rounds=200000$abcdefgh$",
        "{SHA512-CRYPT}$6$abcdefgh$",
        "$md5,rounds=450000$abcdefgh$",
        "$1$abcdefgh$",
    };
    (void)state;
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++)
        check_kind(hashes[i], VMAIL_HASH_USABLE);
}

static void a_hash_over_the_limit_of_its_method_is_too_costly(void **state)
{
    static const char *const hashes[] = {
        "$2b$15$abcdefghijklmnopqrstuu",
        "$2a$31$abcdefghijklmnopqrstuu",
        "$y$jDT$abcdefgh$",
        "$y$jFT$abcdefgh$",
        "$y$j9U$abcdefgh$",
        "$gy$jDT$abcdefgh$",
        "$7$EU..../....abcdefgh$",
        "$7$DV..../....abcdefgh$",
        "$7$DU....0....abcdefgh$",
        "$5$rounds=200001$abcdefgh$",
        "$6$rounds=999999999$abcdefgh$",
        "{SHA512-CRYPT}$6$rounds=999999999$abcdefgh$",
        "$md5,rounds=450001$abcdefgh$",
        "$sha1$450001$abcdefgh$",
        "_zzzzabcdABCDEFGHIJK",
    };
    (void)state;
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++)
        check_kind(hashes[i], VMAIL_HASH_TOO_COSTLY);
}

static void a_new_hash_is_never_too_costly(void **state)
{
    struct vmail_error error = { 0 };
    (void)state;
    assert_null(vmail_hash_new("s3cret", "bcrypt", 15, &error));
    assert_string_equal(
        error.text, "method bcrypt with cost 15: log-ins would take too long; use a lower cost");
    assert_null(vmail_hash_new(NULL, "yescrypt", 11, &error));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_of_crypt_is_usable),
        cmocka_unit_test(an_empty_hash_is_no_password_at_all),
        cmocka_unit_test(a_star_or_an_exclamation_mark_locks),
        cmocka_unit_test(garbage_and_unknown_methods_are_not_supported),
        cmocka_unit_test(dovecots_names_for_crypt_are_taken_off),
        cmocka_unit_test(dovecots_other_schemes_are_not_supported),
        cmocka_unit_test(only_the_right_password_matches),
        cmocka_unit_test(a_hash_that_is_cut_or_garbage_matches_nothing),
        cmocka_unit_test(a_password_longer_than_crypt_takes_does_not_match),
        cmocka_unit_test(methods_of_old_are_legacy),
        cmocka_unit_test(a_hash_cheaper_than_a_new_one_is_weak),
        cmocka_unit_test(a_new_hash_matches_its_password_alone),
        cmocka_unit_test(each_new_hash_has_its_own_salt),
        cmocka_unit_test(without_a_password_there_is_a_setting_only),
        cmocka_unit_test(what_cannot_be_made_is_told),
        cmocka_unit_test(the_methods_are_known_by_name),
        cmocka_unit_test(a_check_leaves_no_password_in_memory),
        cmocka_unit_test(a_new_hash_leaves_no_password_in_memory),
        cmocka_unit_test(equal_means_every_byte),
        cmocka_unit_test(a_hash_up_to_the_limit_of_its_method_is_usable),
        cmocka_unit_test(a_hash_over_the_limit_of_its_method_is_too_costly),
        cmocka_unit_test(a_new_hash_is_never_too_costly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
