/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The functions that the C library calls by name; see "NSS Modules Interface" in the glibc manual.
 * The module exports only these (nss_vmail.map).
 *
 * NAME or an id is the input. The output is RESULT; its strings are in the LENGTH bytes at BUFFER.
 * See answer.h for status and errno.
 */
#ifndef NSS_VMAIL_ENTRY_POINTS_H
#define NSS_VMAIL_ENTRY_POINTS_H

#include <aliases.h> /* the C library's, not common/mail/aliases.h */
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <shadow.h>
#include <stddef.h>

#pragma GCC visibility push(default)

enum nss_status _nss_vmail_getpwnam_r(const char *name, struct passwd *result, char *buffer,
                                      size_t length, int *errnop);
enum nss_status _nss_vmail_getpwuid_r(uid_t uid, struct passwd *result, char *buffer, size_t length,
                                      int *errnop);
enum nss_status _nss_vmail_setpwent(int stay_open);
enum nss_status _nss_vmail_endpwent(void);
enum nss_status _nss_vmail_getpwent_r(struct passwd *result, char *buffer, size_t length,
                                      int *errnop);

enum nss_status _nss_vmail_getspnam_r(const char *name, struct spwd *result, char *buffer,
                                      size_t length, int *errnop);
enum nss_status _nss_vmail_setspent(int stay_open);
enum nss_status _nss_vmail_endspent(void);
enum nss_status _nss_vmail_getspent_r(struct spwd *result, char *buffer, size_t length,
                                      int *errnop);

enum nss_status _nss_vmail_getgrnam_r(const char *name, struct group *result, char *buffer,
                                      size_t length, int *errnop);
enum nss_status _nss_vmail_getgrgid_r(gid_t gid, struct group *result, char *buffer, size_t length,
                                      int *errnop);
enum nss_status _nss_vmail_setgrent(int stay_open);
enum nss_status _nss_vmail_endgrent(void);
enum nss_status _nss_vmail_getgrent_r(struct group *result, char *buffer, size_t length,
                                      int *errnop);

/** Adds the gids of USER's supplementary groups other than PRIMARY to the array at *GIDS. */
enum nss_status _nss_vmail_initgroups_dyn(const char *user, gid_t primary, long *start, long *size,
                                          gid_t **gids, long limit, int *errnop);

enum nss_status _nss_vmail_getaliasbyname_r(const char *name, struct aliasent *result, char *buffer,
                                            size_t length, int *errnop);
enum nss_status _nss_vmail_setaliasent(void);
enum nss_status _nss_vmail_endaliasent(void);
enum nss_status _nss_vmail_getaliasent_r(struct aliasent *result, char *buffer, size_t length,
                                         int *errnop);

#pragma GCC visibility pop

#endif
