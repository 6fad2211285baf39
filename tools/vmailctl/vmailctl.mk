# SPDX-License-Identifier: LGPL-2.1-or-later
# vmailctl. All of it but main() is a library, so that the unit tests can link with it. A new command
# is a line here and one in commands.def.

noinst_LTLIBRARIES += libvmailctl.la
sbin_PROGRAMS = vmailctl

libvmailctl_la_SOURCES = \
	tools/vmailctl/actor.c tools/vmailctl/actor.h \
	tools/vmailctl/argument.c tools/vmailctl/argument.h \
	tools/vmailctl/change_log.c tools/vmailctl/change_log.h \
	tools/vmailctl/command.c tools/vmailctl/command.h \
	tools/vmailctl/commands.def tools/vmailctl/commands.h \
	tools/vmailctl/complete.c \
	tools/vmailctl/context.c tools/vmailctl/context.h \
	tools/vmailctl/domain_list.c \
	tools/vmailctl/domain_rows.c tools/vmailctl/domain_rows.h \
	tools/vmailctl/exit_code.h \
	tools/vmailctl/groups.c \
	tools/vmailctl/help.c \
	tools/vmailctl/index.c \
	tools/vmailctl/message.c tools/vmailctl/message.h \
	tools/vmailctl/option_check.c tools/vmailctl/option_check.h \
	tools/vmailctl/options.c tools/vmailctl/options.h \
	tools/vmailctl/output.c tools/vmailctl/output.h \
	tools/vmailctl/progress.c tools/vmailctl/progress.h \
	tools/vmailctl/prompt.c tools/vmailctl/prompt.h \
	tools/vmailctl/suggest.c tools/vmailctl/suggest.h \
	tools/vmailctl/synopsis.c tools/vmailctl/synopsis.h \
	tools/vmailctl/terminal.c tools/vmailctl/terminal.h \
	tools/vmailctl/text.c tools/vmailctl/text.h \
	tools/vmailctl/tree.c \
	tools/vmailctl/user_list.c \
	tools/vmailctl/user_show.c
libvmailctl_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools/vmailctl
libvmailctl_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)

vmailctl_SOURCES = tools/vmailctl/main.c
vmailctl_CPPFLAGS = $(libvmailctl_la_CPPFLAGS)
vmailctl_CFLAGS = $(libvmailctl_la_CFLAGS)
vmailctl_LDADD = libvmailctl.la libvmail-secret.la libvmail-store.la $(JANSSON_LIBS) $(CRYPT_LIBS) $(CDB_LIBS)

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = tools/vmailctl/completion/vmailctl
