# SPDX-License-Identifier: LGPL-2.1-or-later
# Unit tests: one program a concept. Each links with the store; none needs privileges.

unit_tests = \
	tests/unit/test_address \
	tests/unit/test_ageing \
	tests/unit/test_alias_edit \
	tests/unit/test_aliases \
	tests/unit/test_config \
	tests/unit/test_config_edit \
	tests/unit/test_config_image \
	tests/unit/test_config_value \
	tests/unit/test_ctl_check_system \
	tests/unit/test_ctl_diff \
	tests/unit/test_ctl_suggest \
	tests/unit/test_ctl_text \
	tests/unit/test_domain_oddities \
	tests/unit/test_domains \
	tests/unit/test_edit \
	tests/unit/test_error \
	tests/unit/test_file \
	tests/unit/test_file_state \
	tests/unit/test_find \
	tests/unit/test_hash \
	tests/unit/test_home \
	tests/unit/test_index \
	tests/unit/test_index_all \
	tests/unit/test_index_build \
	tests/unit/test_index_cache \
	tests/unit/test_ini \
	tests/unit/test_lines \
	tests/unit/test_lock \
	tests/unit/test_mailbox \
	tests/unit/test_members \
	tests/unit/test_name \
	tests/unit/test_nss_answer \
	tests/unit/test_nss_group \
	tests/unit/test_nss_passwd \
	tests/unit/test_nss_shadow \
	tests/unit/test_number \
	tests/unit/test_number_set \
	tests/unit/test_put_in_place \
	tests/unit/test_record \
	tests/unit/test_record_format \
	tests/unit/test_replace \
	tests/unit/test_resolver \
	tests/unit/test_set_password \
	tests/unit/test_shell_word \
	tests/unit/test_store \
	tests/unit/test_system_account \
	tests/unit/test_table \
	tests/unit/test_trust

if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
check_LIBRARIES += tests/unit/libscratch.a tests/unit/libnss.a
else
# Without the tests there is nothing that could pass.
check-local:
	@echo "the unit tests need cmocka: on Debian, apt-get install libcmocka-dev, then ./configure" >&2
	@exit 1
endif

# for all programs and libraries that say nothing else, which are the tests of common/
AM_CPPFLAGS = $(mail_cppflags) $(CMOCKA_CFLAGS)
LDADD = tests/unit/libscratch.a $(secret_libs) $(CRYPT_LIBS) $(CDB_LIBS) $(CMOCKA_LIBS)

tests_unit_libscratch_a_SOURCES = \
	tests/unit/cmocka_all.h \
	tests/unit/scratch.c tests/unit/scratch.h

# --- tests of the NSS module: its code, made for a directory `vmail` in the place where the test stands, and with the test's
# own vmail_system_paths

nss_test_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/nss_vmail
nss_test_libs = tests/unit/libnss.a $(LDADD)

tests_unit_libnss_a_SOURCES = \
	$(libnss_vmail_so_2_SOURCES) \
	common/store/config_cache.c common/store/config_cache.h \
	tests/unit/nss_scratch.c tests/unit/nss_scratch.h
tests_unit_libnss_a_CPPFLAGS = $(nss_test_cppflags) -UVMAIL_DIRECTORY -DVMAIL_DIRECTORY='"vmail"'

tests_unit_test_nss_answer_CPPFLAGS = $(nss_test_cppflags)
tests_unit_test_nss_answer_LDADD = $(nss_test_libs)

tests_unit_test_nss_group_CPPFLAGS = $(nss_test_cppflags)
tests_unit_test_nss_group_LDADD = $(nss_test_libs)

tests_unit_test_nss_passwd_CPPFLAGS = $(nss_test_cppflags)
tests_unit_test_nss_passwd_LDADD = $(nss_test_libs)

tests_unit_test_nss_shadow_CPPFLAGS = $(nss_test_cppflags)
tests_unit_test_nss_shadow_LDADD = $(nss_test_libs)

# --- tests of vmailctl

ctl_test_cppflags = $(ctl_commands_cppflags) $(CMOCKA_CFLAGS)
ctl_test_libs = tests/unit/libscratch.a $(ctl_libs) $(CMOCKA_LIBS)

tests_unit_test_ctl_check_system_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_check_system_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_diff_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_diff_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_suggest_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_suggest_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_text_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_text_LDADD = $(ctl_test_libs)

# --- tests that step in between

# to see what the buffer holds when it is given back
tests_unit_test_lines_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=free

tests_unit_test_replace_CFLAGS = $(AM_CFLAGS) -pthread

# to write into the file at the worst moment
tests_unit_test_set_password_LDFLAGS = \
	$(AM_LDFLAGS) -Wl,--wrap=vmail_file_read_all -Wl,--wrap=vmail_file_state_equal
tests_unit_test_set_password_CFLAGS = $(AM_CFLAGS) -pthread
