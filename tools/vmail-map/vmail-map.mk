# SPDX-License-Identifier: LGPL-2.1-or-later

sbin_PROGRAMS += vmail-map

map_cppflags = $(mail_cppflags) $(EVENT_CFLAGS) -I$(top_srcdir)/tools/vmail-map

noinst_LIBRARIES += libvmail-map.a
libvmail_map_a_SOURCES = \
	tools/vmail-map/reply.c tools/vmail-map/reply.h \
	tools/vmail-map/maps.c tools/vmail-map/maps.h \
	tools/vmail-map/protocol.h \
	tools/vmail-map/server.c tools/vmail-map/server.h \
	tools/vmail-map/socketmap.c \
	tools/vmail-map/tcp_table.c
libvmail_map_a_CPPFLAGS = $(map_cppflags)

vmail_map_SOURCES = tools/vmail-map/main.c
vmail_map_CPPFLAGS = $(map_cppflags)
vmail_map_LDADD = libvmail-map.a libvmail-mail.a libvmail-alias.a $(store_libs) $(EVENT_LIBS) $(CDB_LIBS)
