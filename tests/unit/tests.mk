# SPDX-License-Identifier: LGPL-2.1-or-later
# Unit tests: one program a concept. Each links with the store; none needs privileges.

unit_tests = \
	tests/unit/test_address \
	tests/unit/test_name \
	tests/unit/test_number

if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
check_LTLIBRARIES = tests/unit/libscratch.la
else
# Without the tests there is nothing that could pass.
check-local: cmocka-is-missing
.PHONY: cmocka-is-missing
cmocka-is-missing:
	@echo "the unit tests need cmocka: on Debian, apt-get install libcmocka-dev, then ./configure" >&2
	@exit 1
endif

unit_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit
unit_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
unit_libs = tests/unit/libscratch.la libvmail-secret.la libvmail-store.la $(CRYPT_LIBS) $(CMOCKA_LIBS)

tests_unit_libscratch_la_SOURCES = tests/unit/cmocka_all.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_libscratch_la_CFLAGS = $(unit_cflags)

tests_unit_test_address_LDADD = $(unit_libs)
tests_unit_test_address_CFLAGS = $(unit_cflags)
tests_unit_test_name_LDADD = $(unit_libs)
tests_unit_test_name_CFLAGS = $(unit_cflags)
tests_unit_test_number_LDADD = $(unit_libs)
tests_unit_test_number_CFLAGS = $(unit_cflags)
