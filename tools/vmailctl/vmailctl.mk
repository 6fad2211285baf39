# SPDX-License-Identifier: LGPL-2.1-or-later
# vmailctl: one library for each folder, as in common/, compiled with -I for the folders above it and its own. All of it but main() is a library,
# so that the unit tests can link with it. A new command is a file in commands/ and a line in cli/commands.def.

ctl_archives = libvmailctl-commands.a libvmailctl-setup.a libvmailctl-check.a libvmailctl-import.a libvmailctl-export.a libvmailctl-change.a \
	libvmailctl-host.a libvmailctl-cli.a
sbin_PROGRAMS =
if GLIBC
noinst_LIBRARIES += $(ctl_archives)
sbin_PROGRAMS += vmailctl
endif

ctl = $(top_srcdir)/tools/vmailctl
ctl_cli_cppflags = $(mail_cppflags) $(JANSSON_CFLAGS) $(IDN2_CFLAGS) -I$(ctl)/cli -DVMAIL_PAM_DIRECTORY='"$(pamdir)"' \
	-DVMAIL_EXAMPLES_DIRECTORY='"$(examplesdir)"'
ctl_host_cppflags = $(ctl_cli_cppflags) -I$(ctl)/host
ctl_change_cppflags = $(ctl_host_cppflags) -I$(ctl)/change
ctl_export_cppflags = $(ctl_change_cppflags) -I$(ctl)
ctl_import_cppflags = $(ctl_export_cppflags)
ctl_check_cppflags = $(ctl_change_cppflags) -I$(ctl)/check -I$(ctl)/check/pam -I$(ctl)/check/servers -I$(ctl)/check/try
ctl_setup_cppflags = $(ctl_check_cppflags) -I$(ctl)/setup -DVMAIL_STATE_DIRECTORY='"$(localstatedir)/lib/vmail"' \
	-DVMAIL_LIBEXEC_DIRECTORY='"$(pkglibexecdir)"'
ctl_commands_cppflags = $(ctl_setup_cppflags)

# the command line and the person: commands, options, help, prompts, output; who the actor is and what they may do
libvmailctl_cli_a_SOURCES = \
	tools/vmailctl/cli/actor.c tools/vmailctl/cli/actor.h \
	tools/vmailctl/cli/argument.c tools/vmailctl/cli/argument.h \
	tools/vmailctl/cli/authority.c tools/vmailctl/cli/authority.h \
	tools/vmailctl/cli/change_log.c tools/vmailctl/cli/change_log.h \
	tools/vmailctl/cli/command.c tools/vmailctl/cli/command.h \
	tools/vmailctl/cli/command_help.c \
	tools/vmailctl/cli/commands.def tools/vmailctl/cli/commands.h \
	tools/vmailctl/cli/complete.c \
	tools/vmailctl/cli/context.c tools/vmailctl/cli/context.h \
	tools/vmailctl/cli/exit_code.h \
	tools/vmailctl/cli/held_signals.c tools/vmailctl/cli/held_signals.h \
	tools/vmailctl/cli/help.c \
	tools/vmailctl/cli/idn.c tools/vmailctl/cli/idn.h \
	tools/vmailctl/cli/managed.c tools/vmailctl/cli/managed.h \
	tools/vmailctl/cli/message.c tools/vmailctl/cli/message.h \
	tools/vmailctl/cli/options.c tools/vmailctl/cli/options.h \
	tools/vmailctl/cli/output.c tools/vmailctl/cli/output.h \
	tools/vmailctl/cli/output_rows.c tools/vmailctl/cli/output_rows.h \
	tools/vmailctl/cli/password_source.c tools/vmailctl/cli/password_source.h \
	tools/vmailctl/cli/progress.c tools/vmailctl/cli/progress.h \
	tools/vmailctl/cli/prompt.c tools/vmailctl/cli/prompt.h \
	tools/vmailctl/cli/records.c tools/vmailctl/cli/records.h \
	tools/vmailctl/cli/suggest.c tools/vmailctl/cli/suggest.h \
	tools/vmailctl/cli/synopsis.c tools/vmailctl/cli/synopsis.h \
	tools/vmailctl/cli/text.c tools/vmailctl/cli/text.h \
	tools/vmailctl/cli/tree.c
libvmailctl_cli_a_CPPFLAGS = $(ctl_cli_cppflags)

# what this machine says: its interfaces, its ids, its name servers
libvmailctl_host_a_SOURCES = \
	tools/vmailctl/host/dns.c tools/vmailctl/host/dns.h \
	tools/vmailctl/host/file_quota.c tools/vmailctl/host/file_quota.h \
	tools/vmailctl/host/foreign_ids.c tools/vmailctl/host/foreign_ids.h \
	tools/vmailctl/host/id_map.c tools/vmailctl/host/id_map.h \
	tools/vmailctl/host/interfaces.c tools/vmailctl/host/interfaces.h
libvmailctl_host_a_CPPFLAGS = $(ctl_host_cppflags)

# one change on this host, undone if it fails: ids, homes, passwords, files
libvmailctl_change_a_SOURCES = \
	tools/vmailctl/change/account.c tools/vmailctl/change/account.h \
	tools/vmailctl/change/account_member.c \
	tools/vmailctl/change/alias_change.c \
	tools/vmailctl/change/alias_left.c tools/vmailctl/change/alias_left.h \
	tools/vmailctl/change/change.c tools/vmailctl/change/change.h \
	tools/vmailctl/change/change_config.c tools/vmailctl/change/change_config.h \
	tools/vmailctl/change/config_rows.c tools/vmailctl/change/config_rows.h \
	tools/vmailctl/change/deleted_user.c tools/vmailctl/change/deleted_user.h \
	tools/vmailctl/change/diff.c tools/vmailctl/change/diff.h \
	tools/vmailctl/change/domain_key.c tools/vmailctl/change/domain_key.h \
	tools/vmailctl/change/domain_name.c tools/vmailctl/change/domain_name.h \
	tools/vmailctl/change/domain_purge.c tools/vmailctl/change/domain_purge.h \
	tools/vmailctl/change/domain_rows.c tools/vmailctl/change/domain_rows.h \
	tools/vmailctl/change/group_facts.c tools/vmailctl/change/group_facts.h \
	tools/vmailctl/change/hash_store.c tools/vmailctl/change/hash_store.h \
	tools/vmailctl/change/id_block.c tools/vmailctl/change/id_block.h \
	tools/vmailctl/change/id_choice.c tools/vmailctl/change/id_choice.h \
	tools/vmailctl/change/id_owners.c tools/vmailctl/change/id_owners.h \
	tools/vmailctl/change/id_pool.c tools/vmailctl/change/id_pool.h \
	tools/vmailctl/change/index_scratch.c tools/vmailctl/change/index_scratch.h \
	tools/vmailctl/change/mailbox_use.c tools/vmailctl/change/mailbox_use.h \
	tools/vmailctl/change/made_files.c tools/vmailctl/change/made_files.h \
	tools/vmailctl/change/new_name.c tools/vmailctl/change/new_name.h \
	tools/vmailctl/change/retired_ids.c tools/vmailctl/change/retired_ids.h \
	tools/vmailctl/change/safe_path.c tools/vmailctl/change/safe_path.h \
	tools/vmailctl/change/tree_remove.c tools/vmailctl/change/tree_remove.h \
	tools/vmailctl/change/user_files.c tools/vmailctl/change/user_files.h \
	tools/vmailctl/change/user_policy.c tools/vmailctl/change/user_policy.h
libvmailctl_change_a_CPPFLAGS = $(ctl_change_cppflags)

# what others read
libvmailctl_export_a_SOURCES = \
	tools/vmailctl/export/alias_lines.c \
	tools/vmailctl/export/export.c \
	tools/vmailctl/export/form_dovecot.c \
	tools/vmailctl/export/form_json.c \
	tools/vmailctl/export/form_ldif.c \
	tools/vmailctl/export/form_postfix.c \
	tools/vmailctl/export/forms.c tools/vmailctl/export/forms.h \
	tools/vmailctl/export/json_form.h \
	tools/vmailctl/export/shadow_rows.c tools/vmailctl/export/shadow_rows.h
libvmailctl_export_a_CPPFLAGS = $(ctl_export_cppflags)

# what others wrote
libvmailctl_import_a_SOURCES = \
	tools/vmailctl/import/decide.c \
	tools/vmailctl/import/decide_ids.c \
	tools/vmailctl/import/existing.c \
	tools/vmailctl/import/import.c \
	tools/vmailctl/import/json_walk.c tools/vmailctl/import/json_walk.h \
	tools/vmailctl/import/password.c \
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
	tools/vmailctl/import/report.c \
	tools/vmailctl/import/source.c tools/vmailctl/import/source.h \
	tools/vmailctl/import/steps.h \
	tools/vmailctl/import/unix_files.c tools/vmailctl/import/unix_files.h \
	tools/vmailctl/import/write.c
libvmailctl_import_a_CPPFLAGS = $(ctl_import_cppflags)

# the doctor
libvmailctl_check_a_SOURCES = \
	pam_vmail/option_word.c pam_vmail/options.h \
	tools/vmailctl/check/addresses.c \
	tools/vmailctl/check/alias_graph.c tools/vmailctl/check/alias_graph.h \
	tools/vmailctl/check/alias_loops.c \
	tools/vmailctl/check/aliases.c \
	tools/vmailctl/check/areas.h \
	tools/vmailctl/check/caches.c \
	tools/vmailctl/check/ask_program.c tools/vmailctl/check/ask_program.h \
	tools/vmailctl/check/check.c tools/vmailctl/check/check.h \
	tools/vmailctl/check/try/connect.c tools/vmailctl/check/try/connect.h \
	tools/vmailctl/check/dns.c \
	tools/vmailctl/check/dns_look.c tools/vmailctl/check/dns_look.h \
	tools/vmailctl/check/file_lines.c \
	tools/vmailctl/check/files.c \
	tools/vmailctl/check/finding.c tools/vmailctl/check/finding.h \
	tools/vmailctl/check/findings_print.c \
	tools/vmailctl/check/homes.c tools/vmailctl/check/homes.h \
	tools/vmailctl/check/id_survey.c tools/vmailctl/check/id_survey.h \
	tools/vmailctl/check/ids.c \
	tools/vmailctl/check/ids_repeated.c \
	tools/vmailctl/check/index.c \
	tools/vmailctl/check/leftovers.c tools/vmailctl/check/leftovers.h \
	tools/vmailctl/check/limits.c \
	tools/vmailctl/check/try/login.c tools/vmailctl/check/try/login.h \
	tools/vmailctl/check/try/login_nss.c \
	tools/vmailctl/check/try/login_pam.c \
	tools/vmailctl/check/try/login_steps.h \
	tools/vmailctl/check/mail.c \
	tools/vmailctl/check/marks.c tools/vmailctl/check/marks.h \
	tools/vmailctl/check/names.c \
	tools/vmailctl/check/nsswitch.c \
	tools/vmailctl/check/nsswitch_line.c tools/vmailctl/check/nsswitch_line.h \
	tools/vmailctl/check/nsswitch_rules.c tools/vmailctl/check/nsswitch_rules.h \
	tools/vmailctl/check/pam/pam.c \
	tools/vmailctl/check/pam/pam_access.c \
	tools/vmailctl/check/pam/pam_case.c tools/vmailctl/check/pam/pam_case.h \
	tools/vmailctl/check/pam/pam_control.c tools/vmailctl/check/pam/pam_control.h \
	tools/vmailctl/check/pam/pam_file.c tools/vmailctl/check/pam/pam_file.h \
	tools/vmailctl/check/pam/pam_line.c tools/vmailctl/check/pam/pam_line.h \
	tools/vmailctl/check/pam/pam_services.c tools/vmailctl/check/pam/pam_services.h \
	tools/vmailctl/check/pam/pam_shells.c \
	tools/vmailctl/check/reader.c tools/vmailctl/check/reader.h \
	tools/vmailctl/check/relays.c \
	tools/vmailctl/check/repair.c tools/vmailctl/check/repair.h \
	tools/vmailctl/check/repair_domain.c \
	tools/vmailctl/check/servers/dovecot.c \
	tools/vmailctl/check/servers/dovecot_format.c tools/vmailctl/check/servers/dovecot_format.h \
	tools/vmailctl/check/servers/exim.c \
	tools/vmailctl/check/servers/ftp_rules.c tools/vmailctl/check/servers/ftp_rules.h \
	tools/vmailctl/check/servers/postfix.c \
	tools/vmailctl/check/servers/postfix_smtpd.c tools/vmailctl/check/servers/postfix_smtpd.h \
	tools/vmailctl/check/servers/proftpd.c \
	tools/vmailctl/check/servers/pure_ftpd.c \
	tools/vmailctl/check/servers/server.c tools/vmailctl/check/servers/server.h \
	tools/vmailctl/check/servers/settings.c tools/vmailctl/check/servers/settings.h \
	tools/vmailctl/check/servers/vsftpd.c \
	tools/vmailctl/check/shared_files.c tools/vmailctl/check/shared_files.h \
	tools/vmailctl/check/sshd.c \
	tools/vmailctl/check/sshd_settings.c tools/vmailctl/check/sshd_settings.h \
	tools/vmailctl/check/users.c
libvmailctl_check_a_CPPFLAGS = $(ctl_check_cppflags)

# makes daemons use the modules
libvmailctl_setup_a_SOURCES = \
	tools/vmailctl/setup/apply.c tools/vmailctl/setup/apply.h \
	tools/vmailctl/setup/nsswitch_lines.c tools/vmailctl/setup/nsswitch_lines.h \
	tools/vmailctl/setup/pam_lines.c tools/vmailctl/setup/pam_lines.h \
	tools/vmailctl/setup/parts.c tools/vmailctl/setup/parts.h \
	tools/vmailctl/setup/plan.c tools/vmailctl/setup/plan.h \
	tools/vmailctl/setup/record.c tools/vmailctl/setup/record.h \
	tools/vmailctl/setup/root_trial.c tools/vmailctl/setup/root_trial.h \
	tools/vmailctl/setup/setting_lines.c tools/vmailctl/setup/setting_lines.h \
	tools/vmailctl/setup/target.c tools/vmailctl/setup/target.h
libvmailctl_setup_a_CPPFLAGS = $(ctl_setup_cppflags)

# a file for each command, named NOUN_VERB
libvmailctl_commands_a_SOURCES = \
	tools/vmailctl/commands/address_list.c \
	tools/vmailctl/commands/address_suggest.c \
	tools/vmailctl/commands/alias_list.c \
	tools/vmailctl/commands/domain_add.c \
	tools/vmailctl/commands/domain_alias.c \
	tools/vmailctl/commands/domain_del.c \
	tools/vmailctl/commands/domain_list.c \
	tools/vmailctl/commands/domain_set.c \
	tools/vmailctl/commands/domain_show.c \
	tools/vmailctl/commands/domain_table.c tools/vmailctl/commands/domain_table.h \
	tools/vmailctl/commands/group_add.c \
	tools/vmailctl/commands/group_del.c \
	tools/vmailctl/commands/group_list.c \
	tools/vmailctl/commands/group_member.c \
	tools/vmailctl/commands/group_set.c \
	tools/vmailctl/commands/groups.c \
	tools/vmailctl/commands/index.c \
	tools/vmailctl/commands/mail_limits.c \
	tools/vmailctl/commands/mail_trace.c \
	tools/vmailctl/commands/relay.c \
	tools/vmailctl/commands/setup.c \
	tools/vmailctl/commands/user_add.c \
	tools/vmailctl/commands/user_del.c \
	tools/vmailctl/commands/user_expire.c \
	tools/vmailctl/commands/user_list.c \
	tools/vmailctl/commands/user_lock.c \
	tools/vmailctl/commands/user_passwd.c \
	tools/vmailctl/commands/user_rename.c \
	tools/vmailctl/commands/user_set.c \
	tools/vmailctl/commands/user_show.c
libvmailctl_commands_a_CPPFLAGS = $(ctl_commands_cppflags)

# cli/ comes first, too: its list of commands names what is in commands/.
ctl_libs = libvmailctl-cli.a $(ctl_archives) $(secret_libs) \
	$(IDN2_LIBS) $(RESOLV_LIBS) $(PAM_LIBS) $(JANSSON_LIBS) $(CRYPT_LIBS) $(CDB_LIBS)

vmailctl_SOURCES = tools/vmailctl/main.c
vmailctl_CPPFLAGS = $(ctl_commands_cppflags)
vmailctl_LDADD = $(ctl_libs)

bashcompletiondir = $(datadir)/bash-completion/completions
EXTRA_DIST += tools/vmailctl/completion/vmailctl
if GLIBC
bashcompletion_DATA = tools/vmailctl/completion/vmailctl
endif
