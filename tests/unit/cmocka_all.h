/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * cmocka with the headers that it needs in front of it, in the order that it needs.
 */
#ifndef TEST_CMOCKA_ALL_H
#define TEST_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
