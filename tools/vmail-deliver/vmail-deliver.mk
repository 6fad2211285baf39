# SPDX-License-Identifier: LGPL-2.1-or-later

sbin_PROGRAMS += vmail-deliver

deliver_cppflags = $(mail_cppflags) -I$(top_srcdir)/tools/vmail-deliver

noinst_LIBRARIES += libvmail-deliver.a
libvmail_deliver_a_SOURCES = \
	tools/vmail-deliver/command.c tools/vmail-deliver/command.h \
	tools/vmail-deliver/mbox.c tools/vmail-deliver/mbox.h \
	tools/vmail-deliver/message.c tools/vmail-deliver/message.h \
	tools/vmail-deliver/plan.c tools/vmail-deliver/plan.h \
	tools/vmail-deliver/run.c tools/vmail-deliver/run.h
libvmail_deliver_a_CPPFLAGS = $(deliver_cppflags)

vmail_deliver_SOURCES = tools/vmail-deliver/main.c
vmail_deliver_CPPFLAGS = $(deliver_cppflags)
vmail_deliver_LDADD = libvmail-deliver.a libvmail-mail.a libvmail-alias.a $(store_libs) $(CDB_LIBS)
