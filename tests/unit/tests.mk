# SPDX-License-Identifier: LGPL-2.1-or-later
# Unit tests: one program a concept. Each links with the store; none needs privileges.

unit_tests = \
	tests/unit/test_address \
	tests/unit/test_ageing \
	tests/unit/test_alias_edit \
	tests/unit/test_aliases \
	tests/unit/test_config \
	tests/unit/test_config_edit \
	tests/unit/test_config_errors \
	tests/unit/test_config_image \
	tests/unit/test_config_repeated \
	tests/unit/test_config_value \
	tests/unit/test_deliver \
	tests/unit/test_deliver_main \
	tests/unit/test_directory \
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
	tests/unit/test_limit \
	tests/unit/test_lines \
	tests/unit/test_lock \
	tests/unit/test_mail \
	tests/unit/test_mailbox \
	tests/unit/test_map_protocol \
	tests/unit/test_map_server \
	tests/unit/test_maps \
	tests/unit/test_members \
	tests/unit/test_name \
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
	tests/unit/test_route \
	tests/unit/test_set_password \
	tests/unit/test_set_password_races \
	tests/unit/test_shell_word \
	tests/unit/test_store \
	tests/unit/test_system_account \
	tests/unit/test_table \
	tests/unit/test_table_ignored \
	tests/unit/test_table_suspended \
	tests/unit/test_transaction \
	tests/unit/test_trust \
	tests/unit/test_walk

if GLIBC
unit_tests += \
	tests/unit/test_ctl_change \
	tests/unit/test_ctl_check \
	tests/unit/test_ctl_check_ftp \
	tests/unit/test_ctl_check_host \
	tests/unit/test_ctl_check_network \
	tests/unit/test_ctl_check_servers \
	tests/unit/test_ctl_check_system \
	tests/unit/test_ctl_diff \
	tests/unit/test_ctl_import \
	tests/unit/test_ctl_prompt \
	tests/unit/test_ctl_safe_path \
	tests/unit/test_ctl_setup \
	tests/unit/test_ctl_setup_parts \
	tests/unit/test_ctl_show \
	tests/unit/test_ctl_suggest \
	tests/unit/test_ctl_text \
	tests/unit/test_ctl_unfinished \
	tests/unit/test_file_quota \
	tests/unit/test_nss_aliases \
	tests/unit/test_nss_answer \
	tests/unit/test_nss_group \
	tests/unit/test_nss_passwd \
	tests/unit/test_nss_shadow
endif

if HAVE_CMOCKA
TESTS = $(unit_tests)
check_PROGRAMS += $(unit_tests) tests/unit/pam_bridge.so
check_LIBRARIES += \
	tests/unit/libscratch.a tests/unit/libpam.a tests/unit/libmapmain.a \
	tests/unit/libdelivermain.a
if GLIBC
check_LIBRARIES += tests/unit/libnss.a
endif
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
	tests/unit/config_scratch.c tests/unit/config_scratch.h \
	tests/unit/password_scratch.c tests/unit/password_scratch.h \
	tests/unit/scratch.c tests/unit/scratch.h \
	tests/unit/table_scratch.c tests/unit/table_scratch.h

# --- tests of common/ that step in between

# Programs with these need -Wl,--wrap=fstat.
pretended_owner = tests/unit/pretended_owner.c tests/unit/pretended_owner.h

tests_unit_test_find_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=vmail_tick

# to see what their buffers hold when they are given back
tests_unit_test_hash_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=free

# to see the order of the steps, and to be overtaken
tests_unit_test_index_build_LDFLAGS = \
	$(AM_LDFLAGS) -Wl,--wrap=fdatasync -Wl,--wrap=renameat -Wl,--wrap=flock

# to see what the buffer holds when it is given back
tests_unit_test_lines_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=free

tests_unit_test_lock_SOURCES = tests/unit/test_lock.c $(pretended_owner)
tests_unit_test_lock_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fstat -Wl,--wrap=fcntl

tests_unit_test_put_in_place_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=renameat2

# to see the order of the steps, and to disturb them
tests_unit_test_replace_LDFLAGS = \
	$(AM_LDFLAGS) -Wl,--wrap=fchmod -Wl,--wrap=fsync -Wl,--wrap=renameat2 -Wl,--wrap=unlinkat
tests_unit_test_replace_CFLAGS = $(AM_CFLAGS) -pthread

# to have a group shadow or not
tests_unit_test_set_password_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getgrnam_r -Wl,--wrap=fchown

# to write into the file at the worst moment
tests_unit_test_set_password_races_LDFLAGS = \
	$(AM_LDFLAGS) -Wl,--wrap=vmail_file_read_all -Wl,--wrap=vmail_file_state_equal
tests_unit_test_set_password_races_CFLAGS = $(AM_CFLAGS) -pthread

# to overwrite the file at the worst moment
tests_unit_test_mail_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=vmail_file_read_all

tests_unit_test_deliver_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools/vmail-deliver
tests_unit_test_deliver_LDADD = libvmail-deliver.a $(LDADD)

tests_unit_test_map_protocol_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools/vmail-map
tests_unit_test_map_protocol_LDADD = libvmail-map.a $(LDADD)
tests_unit_test_maps_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools/vmail-map
tests_unit_test_maps_LDADD = libvmail-map.a $(LDADD)

# The programs themselves, on a directory `vmail` as the modules below.
tests_unit_libdelivermain_a_SOURCES = \
	tools/vmail-deliver/main.c tests/unit/mains.h $(module_sources)
tests_unit_libdelivermain_a_CPPFLAGS = \
	$(AM_CPPFLAGS) $(module_cppflags) -I$(top_srcdir)/tools/vmail-deliver \
	-include $(top_srcdir)/tests/unit/mains.h -Dmain=vmail_deliver_main
tests_unit_test_deliver_main_LDFLAGS = \
	$(AM_LDFLAGS) -Wl,--wrap=execve -Wl,--wrap=getauxval -Wl,--wrap=geteuid -Wl,--wrap=getuid
tests_unit_test_deliver_main_LDADD = \
	tests/unit/libdelivermain.a libvmail-deliver.a $(LDADD)
tests_unit_libmapmain_a_SOURCES = tools/vmail-map/main.c tests/unit/mains.h $(module_sources)
tests_unit_libmapmain_a_CPPFLAGS = \
	$(AM_CPPFLAGS) $(module_cppflags) -I$(top_srcdir)/tools/vmail-map \
	-include $(top_srcdir)/tests/unit/mains.h -Dmain=vmail_map_main
tests_unit_test_map_server_CPPFLAGS = \
	$(AM_CPPFLAGS) $(EVENT_CFLAGS) -I$(top_srcdir)/tools/vmail-map
tests_unit_test_map_server_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=evconnlistener_new
tests_unit_test_map_server_LDADD = tests/unit/libmapmain.a libvmail-map.a $(LDADD) $(EVENT_LIBS)

tests_unit_test_transaction_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=vmail_lock_file

tests_unit_test_trust_SOURCES = tests/unit/test_trust.c $(pretended_owner)
tests_unit_test_trust_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fstat

# --- tests of the modules: their code, made for a directory `vmail` in the place where the test stands, and with the test's own
# vmail_system_paths

module_sources = \
	common/store/config_cache.c common/store/config_cache.h \
	tests/unit/module_scratch.c tests/unit/module_scratch.h
module_cppflags = -UVMAIL_DIRECTORY -DVMAIL_DIRECTORY='"vmail"'

nss_test_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/nss_vmail
nss_test_libs = tests/unit/libnss.a $(LDADD)

tests_unit_libnss_a_SOURCES = \
	$(libnss_vmail_so_2_SOURCES) $(module_sources) \
	tests/unit/nss_scratch.c tests/unit/nss_scratch.h
tests_unit_libnss_a_CPPFLAGS = $(nss_test_cppflags) $(module_cppflags)

tests_unit_test_nss_aliases_CPPFLAGS = $(nss_test_cppflags)
tests_unit_test_nss_aliases_LDADD = $(nss_test_libs)

tests_unit_test_nss_answer_CPPFLAGS = $(nss_test_cppflags)
tests_unit_test_nss_answer_LDADD = $(nss_test_libs)

tests_unit_test_nss_group_CPPFLAGS = $(nss_test_cppflags)
tests_unit_test_nss_group_LDADD = $(nss_test_libs)

tests_unit_test_nss_passwd_CPPFLAGS = $(nss_test_cppflags)
tests_unit_test_nss_passwd_LDFLAGS = \
	$(AM_LDFLAGS) -Wl,--wrap=getauxval -Wl,--wrap=vmail_file_state_settled -Wl,--wrap=vmail_tick
tests_unit_test_nss_passwd_LDADD = $(nss_test_libs)

tests_unit_test_nss_shadow_CPPFLAGS = $(nss_test_cppflags)
tests_unit_test_nss_shadow_LDADD = $(nss_test_libs)

# What libpam loads: it calls the code in the program.
tests_unit_pam_bridge_so_SOURCES = tests/unit/pam_bridge.c
tests_unit_pam_bridge_so_CPPFLAGS = $(pam_test_cppflags)
tests_unit_pam_bridge_so_LDFLAGS = -shared
tests_unit_pam_bridge_so_LDADD =

# The module's world: other users and processes, the log, and what NSS says (pam_scratch.h).
pam_test_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/pam_vmail
pam_test_ldflags = \
	$(AM_LDFLAGS) -rdynamic -Wl,--wrap=pam_syslog -Wl,--wrap=getpwnam_r -Wl,--wrap=getauxval \
	-Wl,--wrap=getuid -Wl,--wrap=getresuid -Wl,--wrap=setresuid -Wl,--wrap=setresgid \
	-Wl,--wrap=crypt_rn -Wl,--wrap=strdup -Wl,--wrap=free
pam_test_libs = tests/unit/libpam.a $(LDADD) $(PAM_LIBS)

tests_unit_libpam_a_SOURCES = \
	$(pam_vmail_so_SOURCES) $(module_sources) \
	tests/unit/pam_scratch.c tests/unit/pam_scratch.h
tests_unit_libpam_a_CPPFLAGS = \
	$(pam_test_cppflags) $(module_cppflags) -DBRIDGE='"$(abs_builddir)/tests/unit/pam_bridge.so"'

tests_unit_test_pam_account_CPPFLAGS = $(pam_test_cppflags)
tests_unit_test_pam_account_LDFLAGS = $(pam_test_ldflags)
tests_unit_test_pam_account_LDADD = $(pam_test_libs)

tests_unit_test_pam_auth_CPPFLAGS = $(pam_test_cppflags)
tests_unit_test_pam_auth_LDFLAGS = $(pam_test_ldflags)
tests_unit_test_pam_auth_LDADD = $(pam_test_libs)

# to lock the account at the worst moment, and to wait for no lock
tests_unit_test_pam_password_CPPFLAGS = $(pam_test_cppflags)
tests_unit_test_pam_password_LDFLAGS = $(pam_test_ldflags) -Wl,--wrap=vmail_set_password
tests_unit_test_pam_password_LDADD = $(pam_test_libs)

# --- tests of vmailctl; those of its commands on a pretended host (host.h)

ctl_test_cppflags = $(ctl_commands_cppflags) $(CMOCKA_CFLAGS) -DMODULE='"$(abs_builddir)/libnss_vmail.so.2"'
ctl_test_libs = tests/unit/libscratch.a $(ctl_libs) $(CMOCKA_LIBS)

host = tests/unit/host.c tests/unit/host.h
well_host = $(host) tests/unit/well_host.c tests/unit/well_host.h
host_ldflags = $(AM_LDFLAGS) \
	-Wl,--wrap=open -Wl,--wrap=__open_2 -Wl,--wrap=fopen -Wl,--wrap=opendir -Wl,--wrap=scandir \
	-Wl,--wrap=access -Wl,--wrap=posix_spawn -Wl,--wrap=geteuid -Wl,--wrap=getuid -Wl,--wrap=stat \
	-Wl,--wrap=lstat -Wl,--wrap=fstat -Wl,--wrap=fstatat -Wl,--wrap=fchown -Wl,--wrap=unlinkat \
	-Wl,--wrap=getpwnam -Wl,--wrap=getpwuid -Wl,--wrap=getgrgid -Wl,--wrap=syslog \
	-Wl,--wrap=__syslog_chk -Wl,--wrap=connect -Wl,--wrap=getifaddrs -Wl,--wrap=freeifaddrs \
	-Wl,--wrap=res_nsend -Wl,--wrap=pam_start -Wl,--wrap=dlopen

tests_unit_test_ctl_change_SOURCES = tests/unit/test_ctl_change.c $(host)
tests_unit_test_ctl_change_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_change_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_change_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_check_SOURCES = tests/unit/test_ctl_check.c $(well_host)
tests_unit_test_ctl_check_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_check_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_check_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_check_ftp_SOURCES = tests/unit/test_ctl_check_ftp.c $(well_host)
tests_unit_test_ctl_check_ftp_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_check_ftp_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_check_ftp_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_check_host_SOURCES = tests/unit/test_ctl_check_host.c $(well_host)
tests_unit_test_ctl_check_host_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_check_host_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_check_host_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_check_network_SOURCES = tests/unit/test_ctl_check_network.c $(well_host)
tests_unit_test_ctl_check_network_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_check_network_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_check_network_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_check_servers_SOURCES = tests/unit/test_ctl_check_servers.c $(well_host)
tests_unit_test_ctl_check_servers_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_check_servers_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_check_servers_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_check_system_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_check_system_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_diff_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_diff_LDADD = $(ctl_test_libs)

tests_unit_test_file_quota_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_file_quota_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=syscall
tests_unit_test_file_quota_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_import_SOURCES = tests/unit/test_ctl_import.c $(host)
tests_unit_test_ctl_import_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_import_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_import_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_prompt_SOURCES = tests/unit/test_ctl_prompt.c $(host)
tests_unit_test_ctl_prompt_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_prompt_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_prompt_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_safe_path_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_safe_path_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_setup_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_setup_LDADD = $(ctl_test_libs)

# with pam_bridge.so as every module of PAM, and the files of examples/
tests_unit_test_ctl_setup_parts_SOURCES = \
	tests/unit/test_ctl_setup_parts.c tests/unit/setup_host.c tests/unit/setup_host.h $(well_host)
tests_unit_test_ctl_setup_parts_CPPFLAGS = \
	$(ctl_test_cppflags) -DBRIDGE='"$(abs_builddir)/tests/unit/pam_bridge.so"' \
	-DEXAMPLES_SOURCE='"$(abs_top_srcdir)/examples"'
tests_unit_test_ctl_setup_parts_LDFLAGS = \
	$(host_ldflags) -rdynamic -Wl,--wrap=mkdir -Wl,--wrap=mkdtemp -Wl,--wrap=unlink \
	-Wl,--wrap=rmdir -Wl,--wrap=pam_start_confdir
tests_unit_test_ctl_setup_parts_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_show_SOURCES = tests/unit/test_ctl_show.c $(host)
tests_unit_test_ctl_show_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_show_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_show_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_suggest_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_suggest_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_text_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_text_LDADD = $(ctl_test_libs)

tests_unit_test_ctl_unfinished_SOURCES = tests/unit/test_ctl_unfinished.c $(well_host)
tests_unit_test_ctl_unfinished_CPPFLAGS = $(ctl_test_cppflags)
tests_unit_test_ctl_unfinished_LDFLAGS = $(host_ldflags)
tests_unit_test_ctl_unfinished_LDADD = $(ctl_test_libs)
