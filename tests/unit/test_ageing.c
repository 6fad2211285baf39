/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ageing.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmocka_all.h"
#include "scratch.h"

/* The password was changed on this day. */
enum { CHANGED = 10000 };

struct rule {
    const char *what;
    long last_change, maximum, warning, inactive, expire;
    long today;
    enum vmail_ageing expected;
    long days_left; /* for VMAIL_AGEING_WARN */
};

static struct vmail_shadow shadow_of(const struct rule *rule)
{
    return (struct vmail_shadow){ .name = "bob",
                                  .hash = "x",
                                  .last_change = rule->last_change,
                                  .minimum = -1,
                                  .maximum = rule->maximum,
                                  .warning = rule->warning,
                                  .inactive = rule->inactive,
                                  .expire = rule->expire };
}

static void check_rules(const struct rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct vmail_shadow shadow = shadow_of(&rules[i]);
        long days_left = -1;
        enum vmail_ageing state = vmail_ageing_check(&shadow, rules[i].today, &days_left);
        if (state != rules[i].expected)
            fail_msg("%s: %d, expected %d", rules[i].what, (int)state, (int)rules[i].expected);
        if (state == VMAIL_AGEING_WARN && days_left != rules[i].days_left)
            fail_msg("%s: %ld days left, expected %ld", rules[i].what, days_left,
                     rules[i].days_left);
    }
}

static void an_account_expires_on_its_day(void **state)
{
    static const struct rule rules[] = {
        { "the day before", CHANGED, -1, -1, -1, 20000, 19999, VMAIL_AGEING_VALID, 0 },
        { "the day", CHANGED, -1, -1, -1, 20000, 20000, VMAIL_AGEING_ACCOUNT_EXPIRED, 0 },
        { "the day after", CHANGED, -1, -1, -1, 20000, 20001, VMAIL_AGEING_ACCOUNT_EXPIRED, 0 },
        { "day 0", CHANGED, -1, -1, -1, 0, 20000, VMAIL_AGEING_ACCOUNT_EXPIRED, 0 },
        { "no day", CHANGED, -1, -1, -1, -1, 20000, VMAIL_AGEING_VALID, 0 },
        { "before a forced change", 0, -1, -1, -1, 20000, 20000, VMAIL_AGEING_ACCOUNT_EXPIRED, 0 },
        { "before inactivity", CHANGED, 90, 7, 0, 20000, 20000, VMAIL_AGEING_ACCOUNT_EXPIRED, 0 },
    };
    (void)state;
    check_rules(rules, sizeof rules / sizeof *rules);
}

static void a_last_change_on_day_0_demands_another(void **state)
{
    static const struct rule rules[] = {
        { "without ageing", 0, -1, -1, -1, -1, CHANGED, VMAIL_AGEING_CHANGE_FORCED, 0 },
        { "with ageing", 0, 90, 7, 14, -1, CHANGED, VMAIL_AGEING_CHANGE_FORCED, 0 },
        { "before the account expires", 0, -1, -1, -1, CHANGED + 1, CHANGED,
          VMAIL_AGEING_CHANGE_FORCED, 0 },
    };
    (void)state;
    check_rules(rules, sizeof rules / sizeof *rules);
}

static void a_password_warns_then_expires_then_is_inactive(void **state)
{
    static const struct rule rules[] = {
        { "new", CHANGED, 90, 7, 14, -1, CHANGED, VMAIL_AGEING_VALID, 0 },
        { "last day before the warning", CHANGED, 90, 7, 14, -1, CHANGED + 82, VMAIL_AGEING_VALID,
          0 },
        { "first day of the warning", CHANGED, 90, 7, 14, -1, CHANGED + 83, VMAIL_AGEING_WARN, 7 },
        { "last day", CHANGED, 90, 7, 14, -1, CHANGED + 89, VMAIL_AGEING_WARN, 1 },
        { "expired", CHANGED, 90, 7, 14, -1, CHANGED + 90, VMAIL_AGEING_PASSWORD_EXPIRED, 0 },
        { "last day to change it", CHANGED, 90, 7, 14, -1, CHANGED + 103,
          VMAIL_AGEING_PASSWORD_EXPIRED, 0 },
        { "inactive", CHANGED, 90, 7, 14, -1, CHANGED + 104, VMAIL_AGEING_INACTIVE, 0 },
    };
    (void)state;
    check_rules(rules, sizeof rules / sizeof *rules);
}

static void an_empty_field_switches_its_rule_off(void **state)
{
    static const struct rule rules[] = {
        { "no last change", -1, 90, 7, 14, -1, 20000, VMAIL_AGEING_VALID, 0 },
        { "no maximum", CHANGED, -1, 7, 14, -1, 20000, VMAIL_AGEING_VALID, 0 },
        { "no warning", CHANGED, 90, -1, 14, -1, CHANGED + 89, VMAIL_AGEING_VALID, 0 },
        { "no inactivity", CHANGED, 90, 7, -1, -1, CHANGED + 9999, VMAIL_AGEING_PASSWORD_EXPIRED,
          0 },
        { "nothing", -1, -1, -1, -1, -1, 20000, VMAIL_AGEING_VALID, 0 },
    };
    (void)state;
    check_rules(rules, sizeof rules / sizeof *rules);
}

static void zero_is_a_number_of_days(void **state)
{
    static const struct rule rules[] = {
        { "no day of warning", CHANGED, 90, 0, -1, -1, CHANGED + 89, VMAIL_AGEING_VALID, 0 },
        { "maximum 0, that day", CHANGED, 0, 7, -1, -1, CHANGED, VMAIL_AGEING_PASSWORD_EXPIRED, 0 },
        { "maximum 0, the day before", CHANGED, 0, 7, -1, -1, CHANGED - 1, VMAIL_AGEING_FUTURE, 0 },
        { "inactive at once", CHANGED, 90, 7, 0, -1, CHANGED + 90, VMAIL_AGEING_INACTIVE, 0 },
        { "not yet inactive", CHANGED, 90, 7, 0, -1, CHANGED + 89, VMAIL_AGEING_WARN, 1 },
    };
    (void)state;
    check_rules(rules, sizeof rules / sizeof *rules);
}

static void a_warning_longer_than_the_maximum_starts_at_once(void **state)
{
    static const struct rule rules[] = {
        { "warning 10 of 5", CHANGED, 5, 10, -1, -1, CHANGED, VMAIL_AGEING_WARN, 5 },
        { "the largest", CHANGED, 5, LONG_MAX, -1, -1, CHANGED, VMAIL_AGEING_WARN, 5 },
    };
    (void)state;
    check_rules(rules, sizeof rules / sizeof *rules);
}

static void a_change_in_the_future_is_told(void **state)
{
    static const struct rule rules[] = {
        { "tomorrow", CHANGED, 90, 7, 14, -1, CHANGED - 1, VMAIL_AGEING_FUTURE, 0 },
        { "today", CHANGED, 90, 7, 14, -1, CHANGED, VMAIL_AGEING_VALID, 0 },
        { "no maximum", CHANGED, -1, -1, -1, -1, CHANGED - 1, VMAIL_AGEING_VALID, 0 },
        { "the largest", LONG_MAX, LONG_MAX, 7, LONG_MAX, -1, CHANGED, VMAIL_AGEING_FUTURE, 0 },
    };
    (void)state;
    check_rules(rules, sizeof rules / sizeof *rules);
}

static void the_largest_numbers_do_not_wrap_around(void **state)
{
    static const struct rule rules[] = {
        { "maximum", CHANGED, LONG_MAX, 7, LONG_MAX, -1, 20000, VMAIL_AGEING_VALID, 0 },
        { "maximum and warning", CHANGED, LONG_MAX, LONG_MAX, -1, -1, 20000, VMAIL_AGEING_VALID,
          0 },
        { "maximum 9999", CHANGED, 9999, LONG_MAX, -1, -1, CHANGED, VMAIL_AGEING_WARN, 9999 },
        { "maximum 10000, as never", CHANGED, 10000, LONG_MAX, -1, -1, CHANGED, VMAIL_AGEING_VALID,
          0 },
        { "inactive", CHANGED, 90, 7, LONG_MAX, -1, 20000, VMAIL_AGEING_PASSWORD_EXPIRED, 0 },
        { "expire", CHANGED, -1, -1, -1, LONG_MAX, 20000, VMAIL_AGEING_VALID, 0 },
    };
    (void)state;
    check_rules(rules, sizeof rules / sizeof *rules);
}

static void check_too_soon(const struct vmail_shadow *shadow, long today, bool expected, long left)
{
    long days_left = -1;
    assert_int_equal(vmail_ageing_too_soon(shadow, today, &days_left), expected);
    if (expected)
        assert_int_equal(days_left, left);
}

static struct vmail_shadow with_minimum(long minimum)
{
    return (struct vmail_shadow){ .last_change = CHANGED,
                                  .minimum = minimum,
                                  .maximum = 90,
                                  .warning = -1,
                                  .inactive = -1,
                                  .expire = -1 };
}

static void a_new_password_may_have_to_wait(void **state)
{
    struct vmail_shadow shadow = with_minimum(5);
    (void)state;
    check_too_soon(&shadow, CHANGED, true, 5);
    check_too_soon(&shadow, CHANGED + 4, true, 1);
    check_too_soon(&shadow, CHANGED + 5, false, 0);
    check_too_soon(&shadow, CHANGED + 6, false, 0);
}

static void without_a_minimum_nobody_waits(void **state)
{
    struct vmail_shadow none = with_minimum(-1), zero = with_minimum(0);
    struct vmail_shadow never_changed = with_minimum(5);
    (void)state;
    check_too_soon(&none, CHANGED, false, 0);
    check_too_soon(&zero, CHANGED, false, 0);
    never_changed.last_change = -1;
    check_too_soon(&never_changed, CHANGED, false, 0);
}

static void who_must_change_does_not_wait(void **state)
{
    struct vmail_shadow expired = with_minimum(500), forced = with_minimum(LONG_MAX);
    (void)state;
    check_too_soon(&expired, CHANGED + 89, true, 411);
    check_too_soon(&expired, CHANGED + 90, false, 0);
    forced.last_change = 0;
    check_too_soon(&forced, CHANGED, false, 0);
}

static void a_change_in_the_future_does_not_wait(void **state)
{
    struct vmail_shadow shadow = with_minimum(5);
    (void)state;
    check_too_soon(&shadow, CHANGED - 1, false, 0);
    shadow.minimum = LONG_MAX;
    check_too_soon(&shadow, CHANGED, true, LONG_MAX - CHANGED);
}

static void today_counts_days_from_1970(void **state)
{
    long before = (long)(time(NULL) / 86400), today = vmail_ageing_today();
    long after = (long)(time(NULL) / 86400);
    (void)state;
    assert_true(before <= today && today <= after);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_expires_on_its_day),
        cmocka_unit_test(a_last_change_on_day_0_demands_another),
        cmocka_unit_test(a_password_warns_then_expires_then_is_inactive),
        cmocka_unit_test(an_empty_field_switches_its_rule_off),
        cmocka_unit_test(zero_is_a_number_of_days),
        cmocka_unit_test(a_warning_longer_than_the_maximum_starts_at_once),
        cmocka_unit_test(a_change_in_the_future_is_told),
        cmocka_unit_test(the_largest_numbers_do_not_wrap_around),
        cmocka_unit_test(a_new_password_may_have_to_wait),
        cmocka_unit_test(without_a_minimum_nobody_waits),
        cmocka_unit_test(who_must_change_does_not_wait),
        cmocka_unit_test(a_change_in_the_future_does_not_wait),
        cmocka_unit_test(today_counts_days_from_1970),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
