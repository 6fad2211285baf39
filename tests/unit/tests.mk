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
	tests/unit/test_ctl_change \
	tests/unit/test_ctl_check \
	tests/unit/test_ctl_check_system \
	tests/unit/test_ctl_diff \
	tests/unit/test_ctl_import \
	tests/unit/test_ctl_show \
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
	tests/unit/test_pam_account \
	tests/unit/test_pam_auth \
	tests/unit/test_pam_password \
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
check_LTLIBRARIES = tests/unit/libscratch.la tests/unit/libnss.la tests/unit/libpam.la \
	tests/unit/pam_bridge.la
else
# Without the tests there is nothing that could pass.
check-local:
	@echo "the unit tests need cmocka: on Debian, apt-get install libcmocka-dev, then ./configure" >&2
	@exit 1
endif

unit_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
unit_libs = \
	tests/unit/libscratch.la libvmail-secret.la libvmail-store.la \
	$(CRYPT_LIBS) $(CDB_LIBS) $(CMOCKA_LIBS)

tests_unit_libscratch_la_SOURCES = \
	tests/unit/cmocka_all.h \
	tests/unit/scratch.c tests/unit/scratch.h
tests_unit_libscratch_la_CFLAGS = $(unit_cflags)

# The modules' code, made for a directory `vmail` in the place where the test stands, and with the
# test's own vmail_system_paths.
module_sources = \
	common/store/config_cache.c common/store/config_cache.h \
	tests/unit/module_scratch.c tests/unit/module_scratch.h
module_cppflags = $(AM_CPPFLAGS) -UVMAIL_DIRECTORY -DVMAIL_DIRECTORY='"vmail"'

tests_unit_libnss_la_SOURCES = \
	$(libnss_vmail_la_SOURCES) $(module_sources) \
	tests/unit/nss_scratch.c tests/unit/nss_scratch.h
tests_unit_libnss_la_CPPFLAGS = $(module_cppflags) -I$(top_srcdir)/nss_vmail
tests_unit_libnss_la_CFLAGS = $(unit_cflags)

tests_unit_libpam_la_SOURCES = \
	$(pam_vmail_la_SOURCES) $(module_sources) \
	tests/unit/pam_scratch.c tests/unit/pam_scratch.h
tests_unit_libpam_la_CPPFLAGS = \
	$(module_cppflags) -I$(top_srcdir)/pam_vmail \
	-DBRIDGE='"$(abs_builddir)/tests/unit/.libs/pam_bridge.so"'
tests_unit_libpam_la_CFLAGS = $(unit_cflags)

# What libpam loads. A file of this kind is made for libraries that are to be installed somewhere.
tests_unit_pam_bridge_la_SOURCES = tests/unit/pam_bridge.c
tests_unit_pam_bridge_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/pam_vmail
tests_unit_pam_bridge_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere

# Programs with these need -Wl,--wrap=fstat.
pretended_owner = tests/unit/pretended_owner.c tests/unit/pretended_owner.h

tests_unit_test_address_LDADD = $(unit_libs)
tests_unit_test_address_CFLAGS = $(unit_cflags)

tests_unit_test_ageing_LDADD = $(unit_libs)
tests_unit_test_ageing_CFLAGS = $(unit_cflags)

tests_unit_test_alias_edit_LDADD = $(unit_libs)
tests_unit_test_alias_edit_CFLAGS = $(unit_cflags)

tests_unit_test_aliases_LDADD = $(unit_libs)
tests_unit_test_aliases_CFLAGS = $(unit_cflags)

tests_unit_test_config_LDADD = $(unit_libs)
tests_unit_test_config_CFLAGS = $(unit_cflags)

tests_unit_test_config_edit_LDADD = $(unit_libs)
tests_unit_test_config_edit_CFLAGS = $(unit_cflags)

tests_unit_test_config_image_LDADD = $(unit_libs)
tests_unit_test_config_image_CFLAGS = $(unit_cflags)

tests_unit_test_config_value_LDADD = $(unit_libs)
tests_unit_test_config_value_CFLAGS = $(unit_cflags)

# Those of vmailctl.
ctl_libs = libvmailctl.la $(unit_libs) $(JANSSON_LIBS)

# See host.h.
host = tests/unit/host.c tests/unit/host.h
host_ldflags = $(AM_LDFLAGS) \
	-Wl,--wrap=open -Wl,--wrap=__open_2 -Wl,--wrap=fopen -Wl,--wrap=opendir -Wl,--wrap=scandir \
	-Wl,--wrap=access -Wl,--wrap=posix_spawn -Wl,--wrap=geteuid -Wl,--wrap=getuid -Wl,--wrap=stat \
	-Wl,--wrap=lstat -Wl,--wrap=fstat -Wl,--wrap=fstatat -Wl,--wrap=fchown -Wl,--wrap=unlinkat \
	-Wl,--wrap=getpwnam -Wl,--wrap=getpwuid -Wl,--wrap=getgrgid -Wl,--wrap=syslog \
	-Wl,--wrap=__syslog_chk -Wl,--wrap=connect -Wl,--wrap=getifaddrs -Wl,--wrap=freeifaddrs \
	-Wl,--wrap=res_nsend -Wl,--wrap=pam_start

tests_unit_test_ctl_change_SOURCES = tests/unit/test_ctl_change.c $(host)
tests_unit_test_ctl_change_CPPFLAGS = $(ctl_commands_cppflags)
tests_unit_test_ctl_change_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_change_LDADD = $(ctl_libs)
tests_unit_test_ctl_change_CFLAGS = $(unit_cflags) $(JANSSON_CFLAGS)

tests_unit_test_ctl_check_SOURCES = tests/unit/test_ctl_check.c $(host)
tests_unit_test_ctl_check_CPPFLAGS = $(ctl_commands_cppflags)
tests_unit_test_ctl_check_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_check_LDADD = $(ctl_libs)
tests_unit_test_ctl_check_CFLAGS = $(unit_cflags) $(JANSSON_CFLAGS)

tests_unit_test_ctl_import_SOURCES = tests/unit/test_ctl_import.c $(host)
tests_unit_test_ctl_import_CPPFLAGS = $(ctl_commands_cppflags)
tests_unit_test_ctl_import_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_import_LDADD = $(ctl_libs)
tests_unit_test_ctl_import_CFLAGS = $(unit_cflags) $(JANSSON_CFLAGS)

tests_unit_test_ctl_show_SOURCES = tests/unit/test_ctl_show.c $(host)
tests_unit_test_ctl_show_CPPFLAGS = $(ctl_commands_cppflags)
tests_unit_test_ctl_show_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_show_LDADD = $(ctl_libs)
tests_unit_test_ctl_show_CFLAGS = $(unit_cflags) $(JANSSON_CFLAGS)

tests_unit_test_ctl_check_system_CPPFLAGS = $(ctl_commands_cppflags)
tests_unit_test_ctl_check_system_LDADD = $(ctl_libs)
tests_unit_test_ctl_check_system_CFLAGS = $(unit_cflags) $(JANSSON_CFLAGS)

tests_unit_test_ctl_diff_CPPFLAGS = $(ctl_commands_cppflags)
tests_unit_test_ctl_diff_LDADD = $(ctl_libs)
tests_unit_test_ctl_diff_CFLAGS = $(unit_cflags) $(JANSSON_CFLAGS)

tests_unit_test_ctl_suggest_CPPFLAGS = $(ctl_commands_cppflags)
tests_unit_test_ctl_suggest_LDADD = $(ctl_libs)
tests_unit_test_ctl_suggest_CFLAGS = $(unit_cflags) $(JANSSON_CFLAGS)

tests_unit_test_ctl_text_CPPFLAGS = $(ctl_commands_cppflags)
tests_unit_test_ctl_text_LDADD = $(ctl_libs)
tests_unit_test_ctl_text_CFLAGS = $(unit_cflags) $(JANSSON_CFLAGS)

tests_unit_test_domain_oddities_LDADD = $(unit_libs)
tests_unit_test_domain_oddities_CFLAGS = $(unit_cflags)

tests_unit_test_domains_LDADD = $(unit_libs)
tests_unit_test_domains_CFLAGS = $(unit_cflags)

tests_unit_test_edit_LDADD = $(unit_libs)
tests_unit_test_edit_CFLAGS = $(unit_cflags)

tests_unit_test_error_LDADD = $(unit_libs)
tests_unit_test_error_CFLAGS = $(unit_cflags)

tests_unit_test_file_LDADD = $(unit_libs)
tests_unit_test_file_CFLAGS = $(unit_cflags)

tests_unit_test_file_state_LDADD = $(unit_libs)
tests_unit_test_file_state_CFLAGS = $(unit_cflags)

tests_unit_test_find_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=vmail_tick
tests_unit_test_find_LDADD = $(unit_libs)
tests_unit_test_find_CFLAGS = $(unit_cflags)

# to see what their buffers hold when they are given back
tests_unit_test_hash_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=free
tests_unit_test_hash_LDADD = $(unit_libs)
tests_unit_test_hash_CFLAGS = $(unit_cflags)

tests_unit_test_home_LDADD = $(unit_libs)
tests_unit_test_home_CFLAGS = $(unit_cflags)


tests_unit_test_index_LDADD = $(unit_libs)
tests_unit_test_index_CFLAGS = $(unit_cflags)

tests_unit_test_index_all_LDADD = $(unit_libs)
tests_unit_test_index_all_CFLAGS = $(unit_cflags)

# to see the order of the steps, and to be overtaken
tests_unit_test_index_build_LDFLAGS = \
	$(AM_LDFLAGS) -Wl,--wrap=fdatasync -Wl,--wrap=renameat -Wl,--wrap=flock
tests_unit_test_index_build_LDADD = $(unit_libs)
tests_unit_test_index_build_CFLAGS = $(unit_cflags)

tests_unit_test_index_cache_LDADD = $(unit_libs)
tests_unit_test_index_cache_CFLAGS = $(unit_cflags)


tests_unit_test_ini_LDADD = $(unit_libs)
tests_unit_test_ini_CFLAGS = $(unit_cflags)

tests_unit_test_lines_LDADD = $(unit_libs)
tests_unit_test_lines_CFLAGS = $(unit_cflags)
# to see what the buffer holds when it is given back
tests_unit_test_lines_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=free

tests_unit_test_lock_SOURCES = tests/unit/test_lock.c $(pretended_owner)
tests_unit_test_lock_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fstat -Wl,--wrap=fcntl
tests_unit_test_lock_LDADD = $(unit_libs)
tests_unit_test_lock_CFLAGS = $(unit_cflags)

tests_unit_test_mailbox_LDADD = $(unit_libs)
tests_unit_test_mailbox_CFLAGS = $(unit_cflags)

tests_unit_test_members_LDADD = $(unit_libs)
tests_unit_test_members_CFLAGS = $(unit_cflags)

tests_unit_test_name_LDADD = $(unit_libs)
tests_unit_test_name_CFLAGS = $(unit_cflags)

tests_unit_test_nss_answer_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/nss_vmail
tests_unit_test_nss_answer_LDADD = tests/unit/libnss.la $(unit_libs)
tests_unit_test_nss_answer_CFLAGS = $(unit_cflags)

tests_unit_test_nss_group_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/nss_vmail
tests_unit_test_nss_group_LDADD = tests/unit/libnss.la $(unit_libs)
tests_unit_test_nss_group_CFLAGS = $(unit_cflags)

tests_unit_test_nss_passwd_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/nss_vmail
tests_unit_test_nss_passwd_LDFLAGS = \
	$(AM_LDFLAGS) -Wl,--wrap=getauxval -Wl,--wrap=vmail_file_state_settled -Wl,--wrap=vmail_tick
tests_unit_test_nss_passwd_LDADD = tests/unit/libnss.la $(unit_libs)
tests_unit_test_nss_passwd_CFLAGS = $(unit_cflags)

tests_unit_test_nss_shadow_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/nss_vmail
tests_unit_test_nss_shadow_LDADD = tests/unit/libnss.la $(unit_libs)
tests_unit_test_nss_shadow_CFLAGS = $(unit_cflags)

tests_unit_test_number_LDADD = $(unit_libs)
tests_unit_test_number_CFLAGS = $(unit_cflags)

tests_unit_test_number_set_LDADD = $(unit_libs)
tests_unit_test_number_set_CFLAGS = $(unit_cflags)

# The module's world: other users and processes, the log, and what NSS says (pam_scratch.h).
pam_ldflags = \
	$(AM_LDFLAGS) -export-dynamic -Wl,--wrap=pam_syslog -Wl,--wrap=getpwnam_r -Wl,--wrap=getauxval \
	-Wl,--wrap=getuid -Wl,--wrap=getresuid -Wl,--wrap=setresuid -Wl,--wrap=setresgid \
	-Wl,--wrap=crypt_rn -Wl,--wrap=strdup -Wl,--wrap=free
pam_libs = tests/unit/libpam.la $(unit_libs) $(PAM_LIBS)

tests_unit_test_pam_account_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/pam_vmail
tests_unit_test_pam_account_LDFLAGS = $(pam_ldflags)
tests_unit_test_pam_account_LDADD = $(pam_libs)
tests_unit_test_pam_account_CFLAGS = $(unit_cflags)

tests_unit_test_pam_auth_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/pam_vmail
tests_unit_test_pam_auth_LDFLAGS = $(pam_ldflags)
tests_unit_test_pam_auth_LDADD = $(pam_libs)
tests_unit_test_pam_auth_CFLAGS = $(unit_cflags)

tests_unit_test_pam_password_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/pam_vmail
# to lock the account at the worst moment, and to wait for no lock
tests_unit_test_pam_password_LDFLAGS = $(pam_ldflags) -Wl,--wrap=vmail_set_password
tests_unit_test_pam_password_LDADD = $(pam_libs)
tests_unit_test_pam_password_CFLAGS = $(unit_cflags)

tests_unit_test_put_in_place_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=renameat2
tests_unit_test_put_in_place_LDADD = $(unit_libs)
tests_unit_test_put_in_place_CFLAGS = $(unit_cflags)

tests_unit_test_record_LDADD = $(unit_libs)
tests_unit_test_record_CFLAGS = $(unit_cflags)

tests_unit_test_record_format_LDADD = $(unit_libs)
tests_unit_test_record_format_CFLAGS = $(unit_cflags)

tests_unit_test_replace_LDADD = $(unit_libs)
# to see the order of the steps, and to disturb them
tests_unit_test_replace_LDFLAGS = \
	$(AM_LDFLAGS) -pthread -Wl,--wrap=fchmod -Wl,--wrap=fsync -Wl,--wrap=renameat2 -Wl,--wrap=unlinkat
tests_unit_test_replace_CFLAGS = $(unit_cflags) -pthread

tests_unit_test_resolver_LDADD = $(unit_libs)
tests_unit_test_resolver_CFLAGS = $(unit_cflags)

tests_unit_test_set_password_LDADD = $(unit_libs)
# to write into the file at the worst moment, and to have a group shadow or not
tests_unit_test_set_password_LDFLAGS = \
	$(AM_LDFLAGS) -pthread -Wl,--wrap=vmail_file_read_all -Wl,--wrap=vmail_file_state_equal \
	-Wl,--wrap=getgrnam_r -Wl,--wrap=fchown
tests_unit_test_set_password_CFLAGS = $(unit_cflags) -pthread

tests_unit_test_shell_word_LDADD = $(unit_libs)
tests_unit_test_shell_word_CFLAGS = $(unit_cflags)

tests_unit_test_store_LDADD = $(unit_libs)
tests_unit_test_store_CFLAGS = $(unit_cflags)

tests_unit_test_system_account_LDADD = $(unit_libs)
tests_unit_test_system_account_CFLAGS = $(unit_cflags)

tests_unit_test_table_LDADD = $(unit_libs)
tests_unit_test_table_CFLAGS = $(unit_cflags)

tests_unit_test_trust_SOURCES = tests/unit/test_trust.c $(pretended_owner)
tests_unit_test_trust_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fstat
tests_unit_test_trust_LDADD = $(unit_libs)
tests_unit_test_trust_CFLAGS = $(unit_cflags)
