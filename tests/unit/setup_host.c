/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup_host.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "pam_scratch.h"

int setup_host_pam_vmail;

#define INCLUDES "#%PAM-1.0\n\n@include common-auth\n@include common-account\n"

static const char *const files[][2] = {
    { "etc/nsswitch.conf", "# a comment\npasswd:         files systemd\n"
                           "group:          files systemd   # why\nshadow:         files\n" },
    { "etc/pam.d/common-auth", "auth [success=1 default=ignore] pam_unix.so\nauth requisite "
                               "pam_deny.so\nauth required pam_permit.so\n" },
    { "etc/pam.d/common-account", UNIX_ACCOUNT },
    { "etc/pam.d/common-password", UNIX_PASSWORD },
    { "etc/pam.d/common-session", "session required pam_unix.so\n" },
    { "etc/pam.d/other", INCLUDES },
    { "etc/pam.d/passwd", "# of Debian\n@include common-password\n" },
    { "etc/pam.d/chpasswd", "@include common-password\n" },
    { "etc/pam.d/dovecot", INCLUDES },
    { "etc/pam.d/vsftpd", INCLUDES },
    { "etc/pam.d/proftpd", INCLUDES },
    { "etc/pam.d/sshd", "@include common-auth\naccount required pam_nologin.so\n"
                        "@include common-account\nsession optional pam_selinux.so close\n"
                        "@include common-session\n@include common-password\n" },
    { "etc/postfix/main.cf", "transport_maps = hash:/etc/postfix/one,\n# in between\n"
                             "  hash:/etc/postfix/two\nmydestination = mail.example\n" },
    { "etc/postfix/master.cf", "smtp      inet  n       -       y       -       -       smtpd\n"
                               "submission inet n       -       y       -       -       smtpd\n"
                               "  -o syslog_name=postfix/old\n" },
    { "etc/exim4/update-exim4.conf.conf", "dc_use_split_config='false'\n" },
    { "etc/default/saslauthd", "START=no\nMECHANISMS=\"pam\"\n" },
    { "etc/vsftpd.conf", "listen=NO\nlocal_enable=YES\n" },
    { "etc/pure-ftpd/conf/UnixAuthentication", "yes\n" },
    { "etc/inetd.conf", "#discard stream tcp nowait root internal\n" },
    { "usr/lib/dovecot/lmtp", "" },
    { "usr/lib/dovecot/modules/lib90_sieve_plugin.so", "" },
};

static const char *const programs[] = {
    "usr/bin/passwd",   "usr/sbin/postfix",   "usr/sbin/exim4",       "usr/sbin/saslauthd",
    "usr/sbin/vsftpd",  "usr/sbin/pure-ftpd", "usr/sbin/inetd",       "usr/sbin/poppassd",
    "usr/sbin/pop3d",   "usr/sbin/popa3d",    "usr/sbin/solid-pop3d", "usr/bin/getent",
    "usr/sbin/proftpd",
};

int setup_host(void **state)
{
    setup_host_pam_vmail = PAM_IGNORE;
    if (well_host_setup(state) != 0)
        return -1;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        put_file(files[i][0], files[i][1]);
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        put_program(programs[i], "#!/bin/sh\n");
    put_program("usr/sbin/dovecot", "#!/bin/sh\necho '2.3.19.1 (9b53102964)'\n");
    put_program("usr/bin/doveconf", "#!/bin/sh\n! grep -rs no_such_setting etc/dovecot\n");
    put_file("state/README", "");
    /* The tree may be writable by a group, or by nobody. */
    return system("cp -R " EXAMPLES_SOURCE " examples && chmod -R u+w,go-w examples") == 0 ? 0 : -1;
}

static void add_directory(FILE *to, const char *directory)
{
    struct dirent **list = NULL;
    const int count = scandir(directory, &list, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX], name[PATH_MAX + 3];
        struct stat status;
        snprintf(path, sizeof path, "%s/%s", directory, list[i]->d_name);
        snprintf(name, sizeof name, "../%s", path);
        assert_int_equal(lstat(path, &status), 0);
        if (S_ISDIR(status.st_mode) && list[i]->d_name[0] != '.') {
            add_directory(to, path);
        } else if (S_ISREG(status.st_mode)) {
            char *text = scratch_read(host.scratch, name, NULL);
            fprintf(to, "%s %o\n%s", path, (unsigned)status.st_mode, text);
            free(text);
        }
        free(list[i]);
    }
    free(list);
}

char *setup_host_snapshot(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    assert_non_null(to);
    add_directory(to, "etc");
    assert_int_equal(fclose(to), 0);
    return text;
}

/* --- all modules of PAM: BRIDGE calls this */

int pam_scratch_call(enum pam_scratch_function function, pam_handle_t *pamh, int flags, int argc,
                     const char **argv)
{
    (void)function;
    (void)pamh;
    (void)flags;
    const char *name = argc > 0 ? argv[0] : "";
    return strcmp(name, "permit") == 0 ? PAM_SUCCESS
           : strcmp(name, "deny") == 0 ? PAM_AUTH_ERR
                                       : setup_host_pam_vmail;
}

/* Prints TEXT with each FROM replaced by TO. */
static void replace(FILE *out, const char *text, const char *const from[], const char *const to[],
                    size_t count)
{
    while (*text != '\0') {
        size_t i = 0;
        while (i < count && strncmp(text, from[i], strlen(from[i])) != 0)
            i++;
        if (i < count)
            fputs(to[i], out);
        else
            fputc(*text, out);
        text += i < count ? strlen(from[i]) : 1;
    }
}

/* The files of DIRECTORY get the modules of this test, and the real path of PRETENDED, where they
 * include each other. */
static void give_modules(const char *pretended, const char *directory)
{
    const char *const from[] = { "pam_vmail.so", "pam_permit.so", "pam_deny.so", pretended };
    const char *const to[] = { BRIDGE, BRIDGE " permit", BRIDGE " deny", directory };
    struct dirent **list = NULL;
    const int count = scandir(directory, &list, NULL, NULL);
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX], text[1 << 14];
        snprintf(path, sizeof path, "%s/%s", directory, list[i]->d_name);
        FILE *file = list[i]->d_name[0] == '.' ? NULL : fopen(path, "r");
        free(list[i]);
        if (file == NULL)
            continue;
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
        file = fopen(path, "w");
        replace(file, text, from, to, sizeof from / sizeof *from);
        fclose(file);
    }
    free(list);
}

/* --- more functions that take paths */

#define WRAP(type, name, ...)                                                                      \
    type __real_##name(__VA_ARGS__);                                                               \
    type __wrap_##name(__VA_ARGS__);                                                               \
    type __wrap_##name(__VA_ARGS__)

WRAP(int, pam_start_confdir, const char *service, const char *user,
     const struct pam_conv *conversation, const char *directory, pam_handle_t **handle)
{
    const char *real = host_place(directory);
    if (real != directory)
        give_modules(directory, real);
    return __real_pam_start_confdir(service, user, conversation, real, handle);
}

/* What is above the pretended host exists. */
WRAP(int, mkdir, const char *path, mode_t mode)
{
    const char *real = host_place(path), *root = host.scratch == NULL ? "" : host.scratch->root;
    if (path[0] != '/' || real != path || strncmp(path, root, strlen(root)) == 0)
        return __real_mkdir(real, mode);
    errno = EEXIST;
    return -1;
}

WRAP(char *, mkdtemp, char *path)
{
    char real[PATH_MAX];
    snprintf(real, sizeof real, "%s", host_place(path));
    if (__real_mkdtemp(real) == NULL)
        return NULL;
    enum { RANDOM = 6 };
    memcpy(path + strlen(path) - RANDOM, real + strlen(real) - RANDOM, RANDOM);
    return path;
}

WRAP(int, unlink, const char *path)
{
    return __real_unlink(host_place(path));
}

WRAP(int, rmdir, const char *path)
{
    return __real_rmdir(host_place(path));
}
