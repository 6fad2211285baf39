/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_cache.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"
#include "tick.h"

/* All tests share the cache of the process, so each test has its own domain. */
static char domain[32];

static int setup(void **state)
{
    static int number;
    int result = scratch_setup(state);
    if (result != 0)
        return result;
    domain[0] = '\0';
    scratch_append(domain, sizeof domain, "v%d.example", ++number);
    scratch_config(*state, "");
    char name[64] = "";
    scratch_append(name, sizeof name, "passwd.%s", domain);
    scratch_write(*state, name, "bob:x:70001:70001:::\n");
    scratch_index(*state, VMAIL_PASSWD, domain);
    return 0;
}

#define ON_INDEX(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

static struct vmail_shared_index *get(const struct scratch *scratch)
{
    return vmail_index_cache_get(&scratch->paths, VMAIL_PASSWD, domain);
}

static bool has_bob(struct vmail_shared_index *shared)
{
    struct vmail_index_hit hit;
    return vmail_index_find_name(vmail_shared_index(shared), "bob", true, &hit) == VMAIL_INDEX_HIT;
}

/* The cache does not check a file twice within one tick of the clock. */
static void wait_for_the_next_tick(void)
{
    for (const uint64_t tick = vmail_tick(); vmail_tick() == tick;)
        usleep(500);
}

static void an_index_is_mapped_once(void **state)
{
    size_t before = scratch_open_descriptors();
    struct vmail_shared_index *first = get(*state), *second = get(*state), *third = get(*state);
    assert_non_null(first);
    assert_ptr_equal(first, second);
    assert_ptr_equal(first, third);
    assert_int_equal(scratch_open_descriptors(), before);
    check_text(vmail_shared_domain(first), domain, "its domain");
    vmail_index_cache_release(first);
    vmail_index_cache_release(second);
    assert_true(has_bob(third));
    vmail_index_cache_release(third);
}

static void a_new_index_takes_the_place_of_the_old(void **state)
{
    struct vmail_shared_index *old = get(*state), *held = get(*state);
    scratch_index(*state, VMAIL_PASSWD, domain);
    struct vmail_shared_index *new =
        vmail_index_cache_renew(&((struct scratch *)*state)->paths, old);
    assert_non_null(new);
    assert_ptr_not_equal(new, held);
    assert_true(has_bob(held)); /* it lives until its release */
    vmail_index_cache_release(held);
    struct vmail_shared_index *again = get(*state);
    assert_ptr_equal(again, new);
    vmail_index_cache_release(again);
    assert_null(vmail_index_cache_renew(&((struct scratch *)*state)->paths, new));
}

static void a_new_index_is_seen_in_the_next_tick(void **state)
{
    struct vmail_shared_index *old = get(*state);
    scratch_index(*state, VMAIL_PASSWD, domain);
    wait_for_the_next_tick();
    struct vmail_shared_index *new = get(*state);
    assert_non_null(new);
    assert_ptr_not_equal(new, old);
    vmail_index_cache_release(old);
    vmail_index_cache_release(new);
}

/* A read after its end would kill the process. */
static void an_index_that_was_cut_short_is_not_handed_out(void **state)
{
    char name[96] = "";
    vmail_index_cache_release(get(*state));
    scratch_append(name, sizeof name, "../cache/passwd.%s.cdb", domain);
    assert_int_equal(truncate(scratch_path(*state, name), 4096), 0);
    wait_for_the_next_tick();
    assert_null(get(*state));
}

static void check_nothing_is_handed_out(const struct scratch *scratch)
{
    wait_for_the_next_tick();
    assert_null(get(scratch));
}

static void nothing_is_handed_out_where_the_directory_belongs_to_somebody_else(void **state)
{
    struct scratch *scratch = *state;
    vmail_index_cache_release(get(scratch));
    scratch->paths.owner++;
    check_nothing_is_handed_out(scratch);
}

static void nothing_is_handed_out_where_the_directory_is_a_file(void **state)
{
    struct scratch *scratch = *state;
    vmail_index_cache_release(get(scratch));
    scratch_write(scratch, "file", "");
    scratch->paths.directory = scratch_path(scratch, "file");
    check_nothing_is_handed_out(scratch);
}

static void nothing_is_handed_out_where_the_group_may_write_the_directory(void **state)
{
    vmail_index_cache_release(get(*state));
    scratch_chmod(*state, ".", 0775);
    check_nothing_is_handed_out(*state);
}

static void nothing_is_handed_out_where_others_may_write_the_directory(void **state)
{
    vmail_index_cache_release(get(*state));
    scratch_chmod(*state, ".", 0757);
    check_nothing_is_handed_out(*state);
    scratch_chmod(*state, ".", 0755);
    struct vmail_shared_index *shared = get(*state);
    assert_non_null(shared);
    vmail_index_cache_release(shared);
}

enum { THREADS = 4, BUILDS = 20 };

static atomic_bool stop;
static atomic_uint wrong;

static void *ask(void *context)
{
    while (!stop) {
        struct vmail_shared_index *shared = get(context);
        if (shared == NULL || !has_bob(shared))
            wrong++;
        else
            shared = vmail_index_cache_renew(&((struct scratch *)context)->paths, shared);
        vmail_index_cache_release(shared);
    }
    return NULL;
}

static void threads_share_and_renew_it(void **state)
{
    pthread_t threads[THREADS];
    stop = false;
    wrong = 0;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, *state), 0);
    for (int i = 0; i < BUILDS; i++)
        scratch_index(*state, VMAIL_PASSWD, domain);
    stop = true;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(wrong, 0);
}

/* While the threads take and release the lock, some forks happen with the lock held. A child ends
 * by a signal on success: on exit, valgrind would report memory of the other threads. */
static void a_child_of_a_fork_does_not_wait_for_a_lock(void **state)
{
    enum { CHILDREN = 60 };
    pthread_t threads[THREADS];
    unsigned failed = 0;
    stop = false;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, *state), 0);
    for (int i = 0; i < CHILDREN; i++) {
        int status;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            alarm(60); /* ends a child that would wait forever */
            struct vmail_shared_index *shared = get(*state);
            const bool found = shared != NULL && has_bob(shared);
            vmail_index_cache_release(shared);
            if (found)
                raise(SIGKILL);
            _exit(1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        failed += !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
    }
    stop = true;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(failed, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_INDEX(an_index_is_mapped_once),
        ON_INDEX(a_new_index_takes_the_place_of_the_old),
        ON_INDEX(a_new_index_is_seen_in_the_next_tick),
        ON_INDEX(an_index_that_was_cut_short_is_not_handed_out),
        ON_INDEX(nothing_is_handed_out_where_the_directory_belongs_to_somebody_else),
        ON_INDEX(nothing_is_handed_out_where_the_directory_is_a_file),
        ON_INDEX(nothing_is_handed_out_where_the_group_may_write_the_directory),
        ON_INDEX(nothing_is_handed_out_where_others_may_write_the_directory),
        ON_INDEX(threads_share_and_renew_it),
        ON_INDEX(a_child_of_a_fork_does_not_wait_for_a_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
