/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * cmocka, after the headers that it needs, in the required order.
 */
#ifndef TEST_CMOCKA_ALL_H
#define TEST_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
