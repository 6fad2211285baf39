/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

/* What TAKE makes of the bytes: "MAP|KEY", "!MAP|KEY" if it is not valid, "more" or "broken". */
static void check_bytes(const struct protocol *protocol, const char *bytes, size_t length,
                        const char *expected, size_t expected_used)
{
    struct request request = { 0 };
    char seen[256];
    size_t used = 0;
    char *copy = malloc(length + 1); /* so that a sanitizer sees what is read behind the end */
    memcpy(copy, bytes, length);
    const enum taken taken = protocol->take(copy, length, &request, &used);
    free(copy);
    if (taken == TAKEN_ONE)
        snprintf(seen, sizeof seen, "%s%s|%s", request.valid ? "" : "!", request.map, request.key);
    else
        snprintf(seen, sizeof seen, "%s", taken == TAKEN_MORE ? "more" : "broken");
    check_text(seen, expected, bytes);
    if (taken == TAKEN_ONE) {
        free(request.key);
        assert_int_equal(used, expected_used);
    }
}

static void check_take(const struct protocol *protocol, const char *text, const char *expected)
{
    check_bytes(protocol, text, strlen(text), expected, strlen(text));
}

static void a_netstring_is_a_request(void **state)
{
    (void)state;
    check_take(&protocol_socketmap, "11:aliases a@b,", "aliases|a@b");
    check_bytes(&protocol_socketmap, "5:a b c,7:next", 14, "a|b c", 8);
    check_take(&protocol_socketmap, "2:a ,", "a|");
    check_take(&protocol_socketmap, "3:abc,", "!abc|");
    check_take(&protocol_socketmap, "0:,", "!|");
    check_bytes(&protocol_socketmap, "5:a b\0c,", 8, "!a|b", 8);
    check_take(&protocol_socketmap,
               "66:mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm k,", "|k");
}

static void a_netstring_that_is_not_all_there_is_waited_for(void **state)
{
    static const char text[] = "11:aliases a@b,";
    (void)state;
    for (size_t length = 0; length < sizeof text - 1; length++)
        check_bytes(&protocol_socketmap, text, length, "more", 0);
}

static void what_is_no_netstring_ends_the_connection(void **state)
{
    static const char *const wrong[] = {
        "x",      ":",          "-1:a,",   "01:a,",   "3:a b;",
        "100001", "99999999:a", " 3:a b,", "3 :a b,", "18446744073709551619:a b,"
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check_take(&protocol_socketmap, wrong[i], "broken");
}

static void a_line_is_a_request_of_tcp_table(void **state)
{
    (void)state;
    check_take(&protocol_tcp_table, "get a@b\n", "|a@b");
    check_take(&protocol_tcp_table, "get a%20%2Bb\r\n", "|a +b");
    check_bytes(&protocol_tcp_table, "get a\nget b\n", 12, "|a", 6);
    check_take(&protocol_tcp_table, "get ", "more");
    check_take(&protocol_tcp_table, "put a b\n", "!|put a b");
    check_take(&protocol_tcp_table, "get a%\n", "!|a");
    check_take(&protocol_tcp_table, "get a%2\n", "!|a");
    check_take(&protocol_tcp_table, "get a%zz\n", "!|a");
    check_take(&protocol_tcp_table, "get %00\n", "!|");
    check_take(&protocol_tcp_table, "\n", "!|");
    char *endless = scratch_repeat('x', REQUEST_MAX + 1);
    check_take(&protocol_tcp_table, endless, "broken");
    free(endless);
}

static void check_put(const struct protocol *protocol, enum reply_kind kind, const char *text,
                      const char *expected)
{
    struct reply reply = { 0 };
    struct vmail_text_buffer out = { 0 };
    reply_set(&reply, kind, text);
    assert_true(vmail_text_splice(&out, 0, 0, "before ", 7));
    assert_true(protocol->put(&out, &reply));
    check_text(out.bytes + 7, expected, text);
    vmail_text_end(&out);
    reply_end(&reply);
}

static void answers_have_the_form_of_the_protocol(void **state)
{
    (void)state;
    check_put(&protocol_socketmap, REPLY_FOUND, "a@b, c@d", "11:OK a@b, c@d,");
    check_put(&protocol_socketmap, REPLY_NOT_FOUND, "", "9:NOTFOUND ,");
    check_put(&protocol_socketmap, REPLY_LATER, "why", "8:TEMP why,");
    check_put(&protocol_socketmap, REPLY_WRONG, "why", "8:PERM why,");
    check_put(&protocol_tcp_table, REPLY_FOUND, "a@b, 1%\xc3", "200 a@b,%201%25%c3\n");
    check_put(&protocol_tcp_table, REPLY_NOT_FOUND, "", "500 -\n");
    check_put(&protocol_tcp_table, REPLY_LATER, "not now", "400 not%20now\n");
}

static void an_answer_that_is_too_long_is_said_to_be(void **state)
{
    char *most = scratch_repeat('x', REQUEST_MAX - 3), *more = scratch_repeat('x', REQUEST_MAX - 2);
    char *whole = malloc(REQUEST_MAX + 64);
    (void)state;
    snprintf(whole, REQUEST_MAX + 64, "%d:OK %s,", REQUEST_MAX, most);
    check_put(&protocol_socketmap, REPLY_FOUND, most, whole);
    check_put(&protocol_socketmap, REPLY_FOUND, more,
              "73:TEMP the answer is longer than 100000 bytes; split the alias into several,");
    check_put(&protocol_tcp_table, REPLY_FOUND, more,
              "400 the%20answer%20is%20longer%20than%204096%20bytes;%20use%20socketmap\n");
    free(whole);
    free(most);
    free(more);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_netstring_is_a_request),
        cmocka_unit_test(a_netstring_that_is_not_all_there_is_waited_for),
        cmocka_unit_test(what_is_no_netstring_ends_the_connection),
        cmocka_unit_test(a_line_is_a_request_of_tcp_table),
        cmocka_unit_test(answers_have_the_form_of_the_protocol),
        cmocka_unit_test(an_answer_that_is_too_long_is_said_to_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
