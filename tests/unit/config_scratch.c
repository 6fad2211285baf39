/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_scratch.h"

#include <string.h>

#include "cmocka_all.h"

void take_report(void *context, const char *text)
{
    struct reports *reports = context;
    scratch_append(reports->text, sizeof reports->text, "%s\n", text);
    reports->count++;
}

struct vmail_config *parse(const char *text, const char *expected)
{
    struct vmail_config *config = NULL;
    struct reports reports = { .count = 0 };
    check_result(vmail_config_parse(text, strlen(text), &config, take_report, &reports), VMAIL_OK,
                 NULL);
    check_text(reports.text, expected, text);
    assert_int_equal(config->error_count, reports.count);
    return config;
}

void check_reports(const char *text, const char *expected)
{
    vmail_config_free(parse(text, expected));
}

static struct vmail_address address(const char *text)
{
    struct vmail_address result;
    assert_true(vmail_address_parse(text, &result));
    return result;
}

const char *owner_of(const struct vmail_config *config, const char *text)
{
    struct vmail_address key = address(text);
    return vmail_config_address(config, &key);
}
