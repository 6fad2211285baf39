# SPDX-License-Identifier: LGPL-2.1-or-later
# vmailctl. All of it but main() is a library, so that the unit tests can link with it. A new command
# is a line here and one in commands.def.

noinst_LTLIBRARIES += libvmailctl.la
sbin_PROGRAMS = vmailctl

libvmailctl_la_SOURCES = \
	tools/vmailctl/account.c tools/vmailctl/account.h \
	tools/vmailctl/account_member.c \
	tools/vmailctl/actor.c tools/vmailctl/actor.h \
	tools/vmailctl/alias_left.c tools/vmailctl/alias_left.h \
	tools/vmailctl/argument.c tools/vmailctl/argument.h \
	tools/vmailctl/authority.c tools/vmailctl/authority.h \
	tools/vmailctl/change.c tools/vmailctl/change.h \
	tools/vmailctl/change_log.c tools/vmailctl/change_log.h \
	tools/vmailctl/command.c tools/vmailctl/command.h \
	tools/vmailctl/command_help.c tools/vmailctl/command_help.h \
	tools/vmailctl/commands.def tools/vmailctl/commands.h \
	tools/vmailctl/complete.c \
	tools/vmailctl/config_rows.c tools/vmailctl/config_rows.h \
	tools/vmailctl/context.c tools/vmailctl/context.h \
	tools/vmailctl/deleted_user.c tools/vmailctl/deleted_user.h \
	tools/vmailctl/diff.c tools/vmailctl/diff.h \
	tools/vmailctl/domain_list.c \
	tools/vmailctl/domain_rows.c tools/vmailctl/domain_rows.h \
	tools/vmailctl/exit_code.h \
	tools/vmailctl/export/alias_lines.c tools/vmailctl/export/alias_lines.h \
	tools/vmailctl/export/export.c \
	tools/vmailctl/export/form_dovecot.c \
	tools/vmailctl/export/form_json.c \
	tools/vmailctl/export/form_ldif.c \
	tools/vmailctl/export/form_postfix.c \
	tools/vmailctl/export/forms.c tools/vmailctl/export/forms.h \
	tools/vmailctl/export/json_form.h \
	tools/vmailctl/export/shadow_rows.c tools/vmailctl/export/shadow_rows.h \
	tools/vmailctl/group_add.c \
	tools/vmailctl/group_del.c \
	tools/vmailctl/group_facts.c tools/vmailctl/group_facts.h \
	tools/vmailctl/group_list.c \
	tools/vmailctl/group_member.c \
	tools/vmailctl/group_set.c \
	tools/vmailctl/groups.c \
	tools/vmailctl/hash_store.c tools/vmailctl/hash_store.h \
	tools/vmailctl/held_signals.c tools/vmailctl/held_signals.h \
	tools/vmailctl/help.c \
	tools/vmailctl/id_choice.c tools/vmailctl/id_choice.h \
	tools/vmailctl/id_map.c tools/vmailctl/id_map.h \
	tools/vmailctl/id_owners.c tools/vmailctl/id_owners.h \
	tools/vmailctl/import/decide.c tools/vmailctl/import/decide.h \
	tools/vmailctl/import/decide_ids.c \
	tools/vmailctl/import/domain_files.c tools/vmailctl/import/domain_files.h \
	tools/vmailctl/import/existing.c tools/vmailctl/import/existing.h \
	tools/vmailctl/import/ids.c tools/vmailctl/import/ids.h \
	tools/vmailctl/import/import.c \
	tools/vmailctl/import/json_walk.c tools/vmailctl/import/json_walk.h \
	tools/vmailctl/import/password.c tools/vmailctl/import/password.h \
	tools/vmailctl/import/plan.c tools/vmailctl/import/plan.h \
	tools/vmailctl/import/read_dovecot.c \
	tools/vmailctl/import/read_host.c \
	tools/vmailctl/import/read_htpasswd.c \
	tools/vmailctl/import/read_json.c \
	tools/vmailctl/import/read_legacy.c \
	tools/vmailctl/import/read_mailutils.c \
	tools/vmailctl/import/read_virtuald.c \
	tools/vmailctl/import/read_vpopmail.c \
	tools/vmailctl/import/readers.c tools/vmailctl/import/readers.h \
	tools/vmailctl/import/report.c tools/vmailctl/import/report.h \
	tools/vmailctl/import/source.c tools/vmailctl/import/source.h \
	tools/vmailctl/import/text_check.c tools/vmailctl/import/text_check.h \
	tools/vmailctl/import/unix_files.c tools/vmailctl/import/unix_files.h \
	tools/vmailctl/import/user_lines.c tools/vmailctl/import/user_lines.h \
	tools/vmailctl/import/write.c tools/vmailctl/import/write.h \
	tools/vmailctl/index.c \
	tools/vmailctl/index_scratch.c tools/vmailctl/index_scratch.h \
	tools/vmailctl/index_watch.c tools/vmailctl/index_watch.h \
	tools/vmailctl/made_files.c tools/vmailctl/made_files.h \
	tools/vmailctl/managed.c tools/vmailctl/managed.h \
	tools/vmailctl/message.c tools/vmailctl/message.h \
	tools/vmailctl/new_name.c tools/vmailctl/new_name.h \
	tools/vmailctl/options.c tools/vmailctl/options.h \
	tools/vmailctl/output.c tools/vmailctl/output.h \
	tools/vmailctl/output_rows.c tools/vmailctl/output_rows.h \
	tools/vmailctl/password_source.c tools/vmailctl/password_source.h \
	tools/vmailctl/progress.c tools/vmailctl/progress.h \
	tools/vmailctl/prompt.c tools/vmailctl/prompt.h \
	tools/vmailctl/rename_rest.c tools/vmailctl/rename_rest.h \
	tools/vmailctl/retired_ids.c tools/vmailctl/retired_ids.h \
	tools/vmailctl/safe_path.c tools/vmailctl/safe_path.h \
	tools/vmailctl/subordinate_ids.c tools/vmailctl/subordinate_ids.h \
	tools/vmailctl/suggest.c tools/vmailctl/suggest.h \
	tools/vmailctl/synopsis.c tools/vmailctl/synopsis.h \
	tools/vmailctl/terminal.c tools/vmailctl/terminal.h \
	tools/vmailctl/text.c tools/vmailctl/text.h \
	tools/vmailctl/tree.c \
	tools/vmailctl/tree_remove.c tools/vmailctl/tree_remove.h \
	tools/vmailctl/user_add.c \
	tools/vmailctl/user_del.c \
	tools/vmailctl/user_expire.c \
	tools/vmailctl/user_files.c tools/vmailctl/user_files.h \
	tools/vmailctl/user_list.c \
	tools/vmailctl/user_lock.c \
	tools/vmailctl/user_passwd.c \
	tools/vmailctl/user_policy.c tools/vmailctl/user_policy.h \
	tools/vmailctl/user_rename.c \
	tools/vmailctl/user_set.c \
	tools/vmailctl/user_show.c
libvmailctl_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools/vmailctl -DVMAIL_PAM_DIRECTORY='"$(pamdir)"'
libvmailctl_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(IDN2_CFLAGS)
libvmailctl_la_LIBADD = $(IDN2_LIBS) $(RESOLV_LIBS) $(PAM_LIBS)

# Domains, their addresses and aliases, mail aliases, relays.
libvmailctl_la_SOURCES += \
	tools/vmailctl/address_list.c \
	tools/vmailctl/address_suggest.c \
	tools/vmailctl/alias_change.c \
	tools/vmailctl/alias_list.c \
	tools/vmailctl/alias_set.c tools/vmailctl/alias_set.h \
	tools/vmailctl/alias_walk.c tools/vmailctl/alias_walk.h \
	tools/vmailctl/change_text.c tools/vmailctl/change_text.h \
	tools/vmailctl/dns.c tools/vmailctl/dns.h \
	tools/vmailctl/domain_add.c \
	tools/vmailctl/domain_alias.c \
	tools/vmailctl/domain_del.c \
	tools/vmailctl/domain_key.c tools/vmailctl/domain_key.h \
	tools/vmailctl/domain_name.c tools/vmailctl/domain_name.h \
	tools/vmailctl/domain_purge.c tools/vmailctl/domain_purge.h \
	tools/vmailctl/domain_set.c \
	tools/vmailctl/domain_show.c \
	tools/vmailctl/domain_table.c tools/vmailctl/domain_table.h \
	tools/vmailctl/id_block.c tools/vmailctl/id_block.h \
	tools/vmailctl/idn.c tools/vmailctl/idn.h \
	tools/vmailctl/interfaces.c tools/vmailctl/interfaces.h \
	tools/vmailctl/relay.c

# What `vmailctl check` looks at: a file an area.
libvmailctl_la_SOURCES += \
	tools/vmailctl/check/alias_graph.c tools/vmailctl/check/alias_graph.h \
	tools/vmailctl/check/alias_loops.c tools/vmailctl/check/alias_loops.h \
	tools/vmailctl/check/aliases.c \
	tools/vmailctl/check/areas.h \
	tools/vmailctl/check/check.c \
	tools/vmailctl/check/file_lines.c tools/vmailctl/check/file_lines.h \
	tools/vmailctl/check/files.c \
	tools/vmailctl/check/finding.c tools/vmailctl/check/finding.h \
	tools/vmailctl/check/findings_print.c \
	tools/vmailctl/check/foreign_ids.c tools/vmailctl/check/foreign_ids.h \
	tools/vmailctl/check/half_deleted.c tools/vmailctl/check/half_deleted.h \
	tools/vmailctl/check/homes.c tools/vmailctl/check/homes.h \
	tools/vmailctl/check/id_survey.c tools/vmailctl/check/id_survey.h \
	tools/vmailctl/check/ids.c \
	tools/vmailctl/check/ids_repeated.c tools/vmailctl/check/ids_repeated.h \
	tools/vmailctl/check/index.c \
	tools/vmailctl/check/leftovers.c tools/vmailctl/check/leftovers.h \
	tools/vmailctl/check/marks.c tools/vmailctl/check/marks.h \
	tools/vmailctl/check/name_set.c tools/vmailctl/check/name_set.h \
	tools/vmailctl/check/names.c \
	tools/vmailctl/check/reader.c tools/vmailctl/check/reader.h \
	tools/vmailctl/check/repair.c tools/vmailctl/check/repair.h \
	tools/vmailctl/check/repair_domain.c tools/vmailctl/check/repair_domain.h \
	tools/vmailctl/check/repair_shown.c tools/vmailctl/check/repair_shown.h \
	tools/vmailctl/check/shared_files.c tools/vmailctl/check/shared_files.h \
	tools/vmailctl/check/users.c

# The areas of the host, and the tries of --login and --connect.
libvmailctl_la_SOURCES += \
	pam_vmail/option_word.c pam_vmail/options.h \
	tools/vmailctl/check/addresses.c \
	tools/vmailctl/check/caches.c \
	tools/vmailctl/check/connect.c tools/vmailctl/check/connect.h \
	tools/vmailctl/check/dns.c \
	tools/vmailctl/check/greeting.c tools/vmailctl/check/greeting.h \
	tools/vmailctl/check/login.c tools/vmailctl/check/login.h \
	tools/vmailctl/check/login_nss.c tools/vmailctl/check/login_pam.c \
	tools/vmailctl/check/login_steps.h \
	tools/vmailctl/check/nsswitch.c \
	tools/vmailctl/check/nsswitch_line.c tools/vmailctl/check/nsswitch_line.h \
	tools/vmailctl/check/pam.c \
	tools/vmailctl/check/pam_access.c tools/vmailctl/check/pam_access.h \
	tools/vmailctl/check/pam_case.c tools/vmailctl/check/pam_case.h \
	tools/vmailctl/check/pam_control.c tools/vmailctl/check/pam_control.h \
	tools/vmailctl/check/pam_file.c tools/vmailctl/check/pam_file.h \
	tools/vmailctl/check/pam_line.c tools/vmailctl/check/pam_line.h \
	tools/vmailctl/check/pam_services.c tools/vmailctl/check/pam_services.h \
	tools/vmailctl/check/pam_shells.c tools/vmailctl/check/pam_shells.h \
	tools/vmailctl/check/sshd.c \
	tools/vmailctl/check/sshd_settings.c tools/vmailctl/check/sshd_settings.h

vmailctl_SOURCES = tools/vmailctl/main.c
vmailctl_CPPFLAGS = $(libvmailctl_la_CPPFLAGS)
vmailctl_CFLAGS = $(libvmailctl_la_CFLAGS)
vmailctl_LDADD = libvmailctl.la libvmail-secret.la libvmail-store.la $(JANSSON_LIBS) $(CRYPT_LIBS) $(CDB_LIBS)

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = tools/vmailctl/completion/vmailctl
