/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "config_compile.h"
#include "nss_scratch.h"
#include "tick.h"

/* The answer of the last call. */
static struct passwd user;
static char buffer[1024];
static int code;

static enum nss_status by_name(const char *name)
{
    code = 0;
    return _nss_vmail_getpwnam_r(name, &user, buffer, sizeof buffer, &code);
}

static enum nss_status by_uid(uid_t uid)
{
    code = 0;
    return _nss_vmail_getpwuid_r(uid, &user, buffer, sizeof buffer, &code);
}

static enum nss_status next(void)
{
    code = 0;
    return _nss_vmail_getpwent_r(&user, buffer, sizeof buffer, &code);
}

static void check_name(const char *name, enum nss_status expected)
{
    enum nss_status status = by_name(name);
    if (status != expected)
        fail_msg("%d, expected %d, for \"%s\"", (int)status, (int)expected, name);
}

static void a_user_is_found_by_name(void **state)
{
    (void)state;
    check_name("bob@va.example", NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_name, "bob@va.example");
    assert_string_equal(user.pw_passwd, "x");
    assert_int_equal(user.pw_uid, 70001);
    assert_int_equal(user.pw_gid, 70001);
    assert_string_equal(user.pw_gecos, "Bob B");
    assert_string_equal(user.pw_dir, "/home/bob");
    assert_string_equal(user.pw_shell, "/bin/sh");
}

static void names_come_back_canonical(void **state)
{
    (void)state;
    check_name("BOB@VA.Example.ORG", NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_name, "bob@va.example");
    check_name("Bob@[127.0.0.2]", NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_name, "bob@va.example");
}

static void a_home_that_the_line_does_not_say_is_below_vhome(void **state)
{
    (void)state;
    check_name("bob@vb.example", NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_dir, "/vhome/vb.example/bob");
}

static void other_names_are_not_found(void **state)
{
    static const char *const names[] = { "bob",
                                         "root",
                                         "",
                                         "dave@va.example",
                                         "bob@vz.example",
                                         "@",
                                         "a@",
                                         "@b",
                                         "a@b@c",
                                         "a@.",
                                         "@va.example",
                                         "../x@va.example",
                                         "bob@va.example\n",
                                         "bob@[127.0.0.3]" };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_name(names[i], NSS_STATUS_NOTFOUND);
}

static void a_user_is_found_by_uid(void **state)
{
    (void)state;
    assert_int_equal(by_uid(80001), NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_name, "bob@vb.example");
    assert_int_equal(by_uid(70002), NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_name, "alice@va.example");
}

static void other_uids_are_not_found(void **state)
{
    static const uid_t uids[] = { 0, 1, 999, 1000, 65534, 65535, 70003, 100000, (uid_t)-1 };
    scratch_write(*state, "passwd.va.example",
                  "root:x:0:0:::\nuser:x:1000:1000:::\nnobody:x:65534:65534:::\n");
    for (size_t i = 0; i < sizeof uids / sizeof *uids; i++)
        assert_int_equal(by_uid(uids[i]), NSS_STATUS_NOTFOUND);
    check_name("root@va.example", NSS_STATUS_NOTFOUND);
    check_name("user@va.example", NSS_STATUS_NOTFOUND);
}

/* --- plain names */

static void a_plain_name_over_a_domains_address_is_found(void **state)
{
    (void)state;
    module_connect("127.0.0.2");
    check_name("bob", NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_name, "bob@va.example");
}

/* A program that pam_unix starts, without the connection, would ask for another bob's. */
static void a_plain_name_has_no_password_that_another_program_could_look_up(void **state)
{
    module_connect("127.0.0.2");
    check_name("bob", NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_passwd, "*");
    check_name("bob@va.example", NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_passwd, "x");
    assert_int_equal(by_uid(70001), NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_passwd, "x");
    scratch_write(*state, "vmail.conf",
                  "[vmail]\nnss_hashes = yes\n[domain va.example]\naddress = 127.0.0.2\n");
    module_next_tick();
    check_name("bob", NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_passwd, "x");
}

static bool set_id;

unsigned long __real_getauxval(unsigned long type);
unsigned long __wrap_getauxval(unsigned long type);

unsigned long __wrap_getauxval(unsigned long type)
{
    return type == AT_SECURE && set_id ? 1 : __real_getauxval(type);
}

/* The caller of such a program chooses its descriptor 0. */
static void a_plain_name_is_not_found_in_a_set_id_program(void **state)
{
    (void)state;
    module_connect("127.0.0.2");
    set_id = true;
    const enum nss_status status = by_name("bob");
    set_id = false;
    assert_int_equal(status, NSS_STATUS_NOTFOUND);
}

static void a_plain_name_may_hold_what_is_a_separator_elsewhere(void **state)
{
    scratch_write(*state, "passwd.va.example", "bob%x:x:70009:70009:::\n");
    module_connect("127.0.0.2");
    check_name("bob%x", NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_name, "bob%x@va.example");
}

static void a_plain_name_over_another_address_is_not(void **state)
{
    (void)state;
    module_connect("127.0.0.1");
    check_name("bob", NSS_STATUS_NOTFOUND);
    check_name("bob@va.example", NSS_STATUS_SUCCESS);
}

static void a_plain_name_of_a_system_account_is_never_found(void **state)
{
    const struct scratch *scratch = *state;
    module_connect("127.0.0.2");
    scratch_write(scratch, "passwd.va.example",
                  "root:x:70001:70001:::\ndaemon:x:70002:70002:::\nuser:x:70003:70003:::\n");
    scratch_write(scratch, "../passwd", "root:x:0:0:::\ndaemon:x:1:1:::\nuser:x:1000:1000:::\n");
    check_name("root", NSS_STATUS_NOTFOUND);
    check_name("daemon", NSS_STATUS_NOTFOUND);
    check_name("DAEMON", NSS_STATUS_NOTFOUND);
    check_name("user", NSS_STATUS_SUCCESS);
    check_name("daemon@va.example", NSS_STATUS_SUCCESS);
}

static void a_closed_descriptor_0_does_no_harm(void **state)
{
    (void)state;
    close(0);
    check_name("bob", NSS_STATUS_NOTFOUND);
    check_name("bob@va.example", NSS_STATUS_SUCCESS);
    assert_int_equal(fcntl(0, F_GETFD), -1); /* it is still closed */
}

/* --- status, errno, buffers */

static void a_small_buffer_is_erange_until_it_fits(void **state)
{
    char small[128];
    size_t length = 0;
    enum nss_status status;
    (void)state;
    do {
        memset(small, 'x', sizeof small);
        code = 0;
        status = _nss_vmail_getpwnam_r("bob@va.example", &user, small, length, &code);
        if (status == NSS_STATUS_SUCCESS)
            break;
        assert_int_equal(status, NSS_STATUS_TRYAGAIN);
        assert_int_equal(code, ERANGE);
        for (size_t i = length; i < sizeof small; i++)
            assert_int_equal(small[i], 'x'); /* nothing was written after the end */
        length++;
    } while (length < sizeof small);
    assert_int_equal(status, NSS_STATUS_SUCCESS);
    assert_int_equal(length, sizeof "bob@va.example" + sizeof "x" + sizeof "Bob B" +
                                 sizeof "/home/bob" + sizeof "/bin/sh");
    assert_string_equal(user.pw_name, "bob@va.example");
    assert_string_equal(user.pw_shell, "/bin/sh");
}

static void errno_is_kept(void **state)
{
    (void)state;
    errno = ENOTTY;
    check_name("bob@va.example", NSS_STATUS_SUCCESS);
    check_name("dave@va.example", NSS_STATUS_NOTFOUND);
    check_name("bob@vz.example", NSS_STATUS_NOTFOUND);
    check_name("bob", NSS_STATUS_NOTFOUND);
    assert_int_equal(by_uid(70001), NSS_STATUS_SUCCESS);
    assert_int_equal(by_uid(70009), NSS_STATUS_NOTFOUND);
    while (next() == NSS_STATUS_SUCCESS)
        continue;
    _nss_vmail_endpwent();
    assert_int_equal(errno, ENOTTY);
}

static void a_user_in_a_file_that_is_not_trusted_cannot_be_told(void **state)
{
    scratch_chmod(*state, "passwd.va.example", 0666);
    check_name("bob@va.example", NSS_STATUS_TRYAGAIN);
    assert_int_equal(code, EAGAIN);
    check_name("bob@vb.example", NSS_STATUS_SUCCESS);
    scratch_chmod(*state, "vmail.conf", 0666);
    module_next_tick();
    check_name("bob@vb.example", NSS_STATUS_TRYAGAIN);
    assert_int_equal(code, EAGAIN);
}

static void a_user_behind_a_link_to_nothing_cannot_be_told(void **state)
{
    assert_int_equal(unlink(scratch_path(*state, "passwd.va.example")), 0);
    scratch_link(*state, "passwd.va.example", "nowhere");
    check_name("bob@va.example", NSS_STATUS_TRYAGAIN);
    assert_int_equal(code, EAGAIN);
}

static void while_vmail_conf_is_not_trusted_only_system_accounts_are_not_found(void **state)
{
    module_connect("127.0.0.2");
    check_name("bob", NSS_STATUS_SUCCESS);
    scratch_chmod(*state, "vmail.conf", 0666);
    module_next_tick();
    check_name("bob", NSS_STATUS_TRYAGAIN);
    check_name("root", NSS_STATUS_NOTFOUND);
    check_name("bob@va.example", NSS_STATUS_TRYAGAIN);
}

static void while_vmail_conf_is_not_trusted_ids_of_the_system_are_not_found(void **state)
{
    scratch_write(*state, "../passwd", "root:x:0:0:::\nalice:x:70500:70500:::\n");
    scratch_chmod(*state, "vmail.conf", 0666);
    module_next_tick();
    assert_int_equal(by_uid(33), NSS_STATUS_NOTFOUND);
    assert_int_equal(by_uid(65534), NSS_STATUS_NOTFOUND);
    assert_int_equal(by_uid(70500), NSS_STATUS_NOTFOUND);
    assert_int_equal(by_uid(70501), NSS_STATUS_TRYAGAIN);
}

static void an_edit_is_seen_at_the_next_look_up(void **state)
{
    const struct scratch *scratch = *state;
    check_name("bob@va.example", NSS_STATUS_SUCCESS);
    scratch_write(scratch, "passwd.va.example", "dave:x:70009:70009:::\n");
    check_name("bob@va.example", NSS_STATUS_NOTFOUND);
    check_name("dave@va.example", NSS_STATUS_SUCCESS);
    scratch_write(scratch, "vmail.conf", "[vmail]\nids = 80000-80999\n");
    module_next_tick();
    check_name("dave@va.example", NSS_STATUS_NOTFOUND);
    check_name("bob@vb.example", NSS_STATUS_SUCCESS);
    assert_int_equal(unlink(scratch_path(scratch, "vmail.conf")), 0);
    module_next_tick();
    check_name("dave@va.example", NSS_STATUS_SUCCESS);
    scratch_write(scratch, "vmail.conf", "[vmail]\nseparators = %\n");
    module_next_tick();
    check_name("dave%va.example", NSS_STATUS_SUCCESS);
}

static bool unsettled;      /* files seem to have changed just now */
static uint64_t stopped_at; /* if set, the clock stands still */

bool __real_vmail_file_state_settled(const struct vmail_file_state *state);
bool __wrap_vmail_file_state_settled(const struct vmail_file_state *state);
uint64_t __real_vmail_tick(void);
uint64_t __wrap_vmail_tick(void);

bool __wrap_vmail_file_state_settled(const struct vmail_file_state *state)
{
    return !unsettled && __real_vmail_file_state_settled(state);
}

uint64_t __wrap_vmail_tick(void)
{
    return stopped_at != 0 ? stopped_at : __real_vmail_tick();
}

/* A second change might leave the time stamps as they are. */
static void a_vmail_conf_that_was_changed_just_now_is_not_kept(void **state)
{
    module_next_tick();
    stopped_at = vmail_tick();
    unsettled = true;
    const enum nss_status before = by_name("bob@va.example");
    scratch_write(*state, "vmail.conf", "[vmail]\nids = 80000-89999\n");
    const enum nss_status after = by_name("bob@va.example");
    unsettled = false;
    stopped_at = 0;
    assert_int_equal(before, NSS_STATUS_SUCCESS);
    assert_int_equal(after, NSS_STATUS_NOTFOUND);
}

static void a_vmail_conf_that_becomes_a_link_to_nothing_cannot_be_told(void **state)
{
    assert_int_equal(unlink(scratch_path(*state, "vmail.conf")), 0);
    module_next_tick();
    check_name("bob@va.example", NSS_STATUS_SUCCESS);
    scratch_link(*state, "vmail.conf", "nowhere");
    module_next_tick();
    check_name("bob@va.example", NSS_STATUS_TRYAGAIN);
}

/* A read behind the end of the file would kill the process. */
static void an_index_of_vmail_conf_that_is_cut_short_is_used_no_longer(void **state)
{
    const struct scratch *scratch = *state;
    const struct vmail_index_effort patient = { .milliseconds = 10000, .seconds = 10 };
    check_result(vmail_config_compile(&scratch->paths, &patient, NULL), VMAIL_OK, NULL);
    module_next_tick();
    check_name("bob@va.example.org", NSS_STATUS_SUCCESS);
    assert_int_equal(truncate(scratch_path(scratch, "../cache/vmail.conf.cdb"), 0), 0);
    module_next_tick();
    check_name("bob@va.example.org", NSS_STATUS_SUCCESS);
}

static void no_descriptor_stays_open(void **state)
{
    size_t before = scratch_open_descriptors();
    (void)state;
    by_name("bob@va.example");
    by_name("dave@va.example");
    by_uid(80001);
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    assert_int_equal(scratch_open_descriptors(), before); /* also during a listing */
}

/* --- listing */

static void check_next(const char *name)
{
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    assert_string_equal(user.pw_name, name);
}

static void check_all(void)
{
    check_next("bob@va.example");
    check_next("alice@va.example");
    check_next("bob@vb.example");
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
}

static void a_listing_goes_through_all_domains(void **state)
{
    (void)state;
    _nss_vmail_setpwent(0);
    check_all();
    _nss_vmail_endpwent();
}

static void a_listing_starts_by_itself(void **state)
{
    (void)state;
    check_all();
}

static void a_listing_can_be_started_again(void **state)
{
    (void)state;
    check_next("bob@va.example");
    _nss_vmail_setpwent(1);
    check_next("bob@va.example");
    check_next("alice@va.example");
    _nss_vmail_endpwent();
    check_all();
}

static void a_listing_repeats_what_did_not_fit(void **state)
{
    (void)state;
    check_next("bob@va.example");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(_nss_vmail_getpwent_r(&user, buffer, 10, &code), NSS_STATUS_TRYAGAIN);
        assert_int_equal(code, ERANGE);
    }
    check_next("alice@va.example");
    check_next("bob@vb.example");
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
}

static void a_listing_passes_over_a_domain_that_is_not_trusted(void **state)
{
    scratch_chmod(*state, "passwd.va.example", 0666);
    check_next("bob@vb.example");
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
}

static void a_listing_passes_over_broken_lines_and_empty_files(void **state)
{
    scratch_write(*state, "passwd.aa.example", "");
    scratch_write(*state, "passwd.ab.example", "broken\n\nbob:x:0:0:::\n");
    check_all();
}

static void a_listing_may_be_forbidden(void **state)
{
    scratch_write(*state, "vmail.conf", "[vmail]\nenumerate = no\n");
    module_next_tick();
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
    check_name("bob@va.example", NSS_STATUS_SUCCESS);
}

static void a_listing_without_a_directory_is_empty(void **state)
{
    const struct scratch *scratch = *state;
    char elsewhere[128];
    snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", scratch->root);
    assert_int_equal(rename(scratch->directory, elsewhere), 0);
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
    check_name("bob@va.example", NSS_STATUS_NOTFOUND);
    assert_int_equal(by_uid(70001), NSS_STATUS_NOTFOUND);
}

static void a_listing_in_an_untrusted_directory_is_unavailable(void **state)
{
    scratch_chmod(*state, ".", 0775);
    assert_int_equal(next(), NSS_STATUS_UNAVAIL);
    assert_int_equal(next(), NSS_STATUS_UNAVAIL);
    scratch_chmod(*state, ".", 0755);
    check_all();
}

/* --- threads and children */

enum { THREADS = 4, ROUNDS = 200 };

static void *look_up(void *failures)
{
    struct passwd result;
    char text[1024];
    int error;
    for (int i = 0; i < ROUNDS; i++) {
        if (_nss_vmail_getpwnam_r("bob@va.example", &result, text, sizeof text, &error) !=
                NSS_STATUS_SUCCESS ||
            result.pw_uid != 70001)
            ++*(int *)failures;
        if (_nss_vmail_getpwuid_r(80001, &result, text, sizeof text, &error) !=
                NSS_STATUS_SUCCESS ||
            strcmp(result.pw_name, "bob@vb.example") != 0)
            ++*(int *)failures;
        if (i % 50 == 0)
            _nss_vmail_setpwent(0);
        if (_nss_vmail_getpwent_r(&result, text, sizeof text, &error) == NSS_STATUS_UNAVAIL)
            ++*(int *)failures;
    }
    return NULL;
}

static void threads_do_not_disturb_each_other(void **state)
{
    pthread_t threads[THREADS];
    int failures[THREADS] = { 0 };
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, look_up, &failures[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(failures[i], 0);
    }
}

static void a_child_goes_on_by_itself(void **state)
{
    int status = -1;
    (void)state;
    check_next("bob@va.example");
    pid_t child = fork();
    if (child == 0) {
        bool good = next() == NSS_STATUS_SUCCESS && strcmp(user.pw_name, "alice@va.example") == 0 &&
                    by_name("bob@vb.example") == NSS_STATUS_SUCCESS;
        _exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    check_next("alice@va.example");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_NSS(a_user_is_found_by_name),
        ON_NSS(names_come_back_canonical),
        ON_NSS(a_home_that_the_line_does_not_say_is_below_vhome),
        ON_NSS(other_names_are_not_found),
        ON_NSS(a_user_is_found_by_uid),
        ON_NSS(other_uids_are_not_found),
        ON_NSS(a_plain_name_over_a_domains_address_is_found),
        ON_NSS(a_plain_name_has_no_password_that_another_program_could_look_up),
        ON_NSS(a_plain_name_is_not_found_in_a_set_id_program),
        ON_NSS(a_plain_name_may_hold_what_is_a_separator_elsewhere),
        ON_NSS(a_plain_name_over_another_address_is_not),
        ON_NSS(a_plain_name_of_a_system_account_is_never_found),
        ON_NSS(a_closed_descriptor_0_does_no_harm),
        ON_NSS(a_small_buffer_is_erange_until_it_fits),
        ON_NSS(errno_is_kept),
        ON_NSS(a_user_in_a_file_that_is_not_trusted_cannot_be_told),
        ON_NSS(a_user_behind_a_link_to_nothing_cannot_be_told),
        ON_NSS(while_vmail_conf_is_not_trusted_only_system_accounts_are_not_found),
        ON_NSS(while_vmail_conf_is_not_trusted_ids_of_the_system_are_not_found),
        ON_NSS(an_edit_is_seen_at_the_next_look_up),
        ON_NSS(a_vmail_conf_that_was_changed_just_now_is_not_kept),
        ON_NSS(a_vmail_conf_that_becomes_a_link_to_nothing_cannot_be_told),
        ON_NSS(an_index_of_vmail_conf_that_is_cut_short_is_used_no_longer),
        ON_NSS(no_descriptor_stays_open),
        ON_NSS(a_listing_goes_through_all_domains),
        ON_NSS(a_listing_starts_by_itself),
        ON_NSS(a_listing_can_be_started_again),
        ON_NSS(a_listing_repeats_what_did_not_fit),
        ON_NSS(a_listing_passes_over_a_domain_that_is_not_trusted),
        ON_NSS(a_listing_passes_over_broken_lines_and_empty_files),
        ON_NSS(a_listing_may_be_forbidden),
        ON_NSS(a_listing_without_a_directory_is_empty),
        ON_NSS(a_listing_in_an_untrusted_directory_is_unavailable),
        ON_NSS(threads_do_not_disturb_each_other),
        ON_NSS(a_child_goes_on_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
