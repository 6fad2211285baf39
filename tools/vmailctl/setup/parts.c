/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "parts.h"

#include <string.h>
#include <unistd.h>

#define SYSTEM_UNITS  "/etc/systemd/system/"
#define PACKAGE_UNITS "/usr/lib/systemd/system/"
#define SSHD_PAM      "/etc/pam.d/sshd"
#define DOVECOT       "/etc/dovecot/conf.d/"
#define UPDATE_LIMITS VMAIL_LIBEXEC_DIRECTORY "/update-limits"
#define UPDATE_MAPS   VMAIL_LIBEXEC_DIRECTORY "/update-maps"

#define PAM_STEP(service)                                                                          \
    {                                                                                              \
        SETUP_PAM, "pam.d/" service, "/etc/pam.d/" service, NULL, NULL                             \
    }
#define FILE_STEP(example, target)                                                                 \
    {                                                                                              \
        SETUP_FILE, example, target, NULL, NULL                                                    \
    }
#define UNIT_STEP(name)                                                                            \
    {                                                                                              \
        SETUP_FILE, "systemd/" name, SYSTEM_UNITS name, NULL, PACKAGE_UNITS name                   \
    }
#define INETD_STEP(example)                                                                        \
    {                                                                                              \
        SETUP_INETD, "inetd/" example, "/etc/inetd.conf", "/usr/sbin/inetd", NULL                  \
    }

static const struct setup_part sshd = {
    .name = "sshd",
    .summary = "OpenSSH: virtual users cannot log in",
    .program = "/usr/sbin/sshd",
    .step = { FILE_STEP("ssh/vmail.conf", "/etc/ssh/sshd_config.d/vmail.conf") },
    .trial = { "/usr/sbin/sshd", "-t" },
    .areas = "sshd",
    .restart = { "systemctl reload ssh" },
};

static const struct setup_part nsswitch = {
    .name = "nsswitch",
    .summary = "C library: all programs see the virtual users",
    .needs = { "sshd" },
    .step = { { SETUP_NSSWITCH, NULL, "/etc/nsswitch.conf", NULL, NULL } },
    .trial = { "/usr/bin/getent", "passwd", "root" },
    .areas = "nsswitch",
};

static const struct setup_part sftp = {
    .name = "sftp",
    .summary = "OpenSSH: virtual users can use SFTP and nothing else",
    .program = "/usr/sbin/sshd",
    .needs = { "nsswitch", "sshd" },
    .step = { FILE_STEP("ssh/vmail-sftp.conf", "/etc/ssh/sshd_config.d/vmail-sftp.conf"),
              { SETUP_PAM, "pam.d/sshd", SSHD_PAM, SSHD_PAM,
                NULL } /* the example is not complete */ },
    .trial = { "/usr/sbin/sshd", "-t" },
    .areas = "sshd,pam",
    .restart = { "systemctl reload ssh" },
};

static const struct setup_part passwd = {
    .name = "passwd",
    .summary = "passwd and chpasswd: passwords of virtual users",
    .program = "/usr/bin/passwd",
    .needs = { "nsswitch" },
    .step = { PAM_STEP("passwd"), PAM_STEP("chpasswd") },
    .areas = "pam",
};

static const struct setup_part dovecot = {
    .name = "dovecot",
    .summary = "Dovecot: POP3 and IMAP",
    .program = "/usr/sbin/dovecot",
    .needs = { "nsswitch" },
    .step = { PAM_STEP("dovecot"),
              FILE_STEP("dovecot/VERSION/vmail.conf", DOVECOT "90-vmail.conf") },
    .trial = { "/usr/bin/doveconf", "-n" },
    .areas = "pam,dovecot",
    .restart = { "systemctl restart dovecot" },
};

static const struct setup_part postfix = {
    .name = "postfix",
    .summary = "Postfix: mail in by Dovecot's LMTP, mail out by port 587",
    .program = "/usr/sbin/postfix",
    .needs = { "dovecot" },
    .requires = { { "/usr/lib/dovecot/lmtp", "dovecot-lmtpd" },
                  { "/usr/lib/dovecot/modules/lib90_sieve_plugin.so", "dovecot-sieve" } },
    .step = {
        { SETUP_POSTFIX, "postfix-dovecot-lmtp/main.cf", "/etc/postfix/main.cf", NULL, NULL },
        { SETUP_SERVICES, "postfix-dovecot-lmtp/master.cf", "/etc/postfix/master.cf", NULL, NULL },
        FILE_STEP("postfix-dovecot-lmtp/dovecot-VERSION.conf", DOVECOT "95-vmail-mail.conf"),
        FILE_STEP("dovecot/VERSION/limits.conf", DOVECOT "05-vmail-limits.conf"),
        UNIT_STEP("vmail-map.socket"),
        UNIT_STEP("vmail-map.service"),
        UNIT_STEP("vmail-update-limits.path"),
        UNIT_STEP("vmail-update-limits.service"),
    },
    .areas = "dovecot",
    .enable = { "systemctl daemon-reload", UPDATE_LIMITS,
                "systemctl enable --now vmail-map.socket vmail-update-limits.path" },
    .restart = { "systemctl restart dovecot postfix", "vmailctl check --area=postfix,dovecot" },
    .disable = "systemctl disable --now vmail-map.socket vmail-update-limits.path",
};

static const struct setup_part exim = {
    .name = "exim",
    .summary = "Exim: mail in by Dovecot's LMTP, mail out by port 587",
    .program = "/usr/sbin/exim4",
    .needs = { "dovecot" },
    .requires = { { "/usr/lib/dovecot/lmtp", "dovecot-lmtpd" } },
    .step = {
        FILE_STEP("exim/conf.d/main/000_vmail", "/etc/exim4/conf.d/main/000_vmail"),
        FILE_STEP("exim/conf.d/acl/40_vmail", "/etc/exim4/conf.d/acl/40_vmail"),
        FILE_STEP("exim/conf.d/auth/40_vmail", "/etc/exim4/conf.d/auth/40_vmail"),
        FILE_STEP("exim/conf.d/router/050_vmail", "/etc/exim4/conf.d/router/050_vmail"),
        FILE_STEP("exim/conf.d/transport/40_vmail", "/etc/exim4/conf.d/transport/40_vmail"),
        { SETUP_VALUES, "exim/update-exim4.conf.conf", "/etc/exim4/update-exim4.conf.conf", NULL,
          NULL },
        FILE_STEP("exim/dovecot.conf", DOVECOT "95-vmail-mail.conf"),
        FILE_STEP("dovecot/VERSION/limits.conf", DOVECOT "05-vmail-limits.conf"),
        UNIT_STEP("vmail-map.socket"),
        UNIT_STEP("vmail-map.service"),
        FILE_STEP("exim/vmail-map.conf", SYSTEM_UNITS "vmail-map.socket.d/exim.conf"),
        UNIT_STEP("vmail-update-limits.path"),
        UNIT_STEP("vmail-update-limits.service"),
    },
    .areas = "dovecot",
    .enable = { "systemctl daemon-reload", UPDATE_LIMITS,
                "systemctl enable --now vmail-map.socket vmail-update-limits.path" },
    .restart = { "update-exim4.conf", "systemctl restart dovecot exim4",
                 "vmailctl check --area=exim,dovecot" },
    .disable = "systemctl disable --now vmail-map.socket vmail-update-limits.path",
};

static const struct setup_part saslauthd = {
    .name = "saslauthd",
    .summary = "saslauthd: log-ins for sending without Dovecot",
    .program = "/usr/sbin/saslauthd",
    .needs = { "nsswitch" },
    .step = { PAM_STEP("smtp"),
              { SETUP_VALUES, "sasl/saslauthd", "/etc/default/saslauthd", NULL, NULL } },
    .areas = "pam",
    .enable = { "systemctl enable saslauthd" },
    .restart = { "systemctl restart saslauthd" },
};

static const struct setup_part postfix_virtual = {
    .name = "postfix-virtual",
    .summary = "Postfix without Dovecot: it writes the mailboxes itself",
    .program = "/usr/sbin/postfix",
    .needs = { "saslauthd" },
    .step = {
        { SETUP_POSTFIX, "postfix-virtual/main.cf", "/etc/postfix/main.cf", NULL, NULL },
        { SETUP_SERVICES, "postfix-dovecot-lmtp/master.cf", "/etc/postfix/master.cf", NULL, NULL },
        FILE_STEP("postfix/sasl-smtpd.conf", "/etc/postfix/sasl/smtpd.conf"),
        UNIT_STEP("vmail-map.socket"),
        UNIT_STEP("vmail-map.service"),
        UNIT_STEP("vmail-update-maps.path"),
        UNIT_STEP("vmail-update-maps.service"),
    },
    .areas = "pam",
    .enable = { "adduser postfix sasl", "systemctl daemon-reload",
                "systemctl enable --now vmail-map.socket vmail-update-maps.path", UPDATE_MAPS },
    .restart = { "systemctl restart saslauthd postfix", "vmailctl check --area=postfix" },
    .disable = "systemctl disable --now vmail-map.socket vmail-update-maps.path",
};

static const struct setup_part vsftpd = {
    .name = "vsftpd",
    .summary = "vsftpd: FTP",
    .program = "/usr/sbin/vsftpd",
    .needs = { "nsswitch" },
    .step = { PAM_STEP("vsftpd"), { SETUP_VALUES, "vsftpd.conf", "/etc/vsftpd.conf", NULL, NULL } },
    .areas = "pam,vsftpd",
    .restart = { "systemctl restart vsftpd" },
};

static const struct setup_part proftpd = {
    .name = "proftpd",
    .summary = "ProFTPD: FTP",
    .program = "/usr/sbin/proftpd",
    .needs = { "nsswitch" },
    .step = { PAM_STEP("proftpd"),
              FILE_STEP("proftpd/vmail.conf", "/etc/proftpd/conf.d/vmail.conf") },
    .trial = { "/usr/sbin/proftpd", "-t" },
    .areas = "pam,proftpd",
    .restart = { "systemctl restart proftpd" },
};

#define PURE_FTPD_STEP(name) FILE_STEP("pure-ftpd/" name, "/etc/pure-ftpd/conf/" name)

static const struct setup_part pure_ftpd = {
    .name = "pure-ftpd",
    .summary = "Pure-FTPd: FTP",
    .program = "/usr/sbin/pure-ftpd",
    .needs = { "nsswitch" },
    .step = { PAM_STEP("pure-ftpd"), PURE_FTPD_STEP("PAMAuthentication"),
              PURE_FTPD_STEP("UnixAuthentication"), PURE_FTPD_STEP("ChrootEveryone"),
              PURE_FTPD_STEP("NoAnonymous") },
    .areas = "pam,pure-ftpd",
    .restart = { "systemctl restart pure-ftpd" },
};

static const struct setup_part poppassd = {
    .name = "poppassd",
    .summary = "poppassd: passwords changed by mail programs",
    .program = "/usr/sbin/poppassd",
    .needs = { "nsswitch" },
    .step = { PAM_STEP("poppassd"), INETD_STEP("poppassd.conf") },
    .areas = "pam",
    .restart = { "systemctl restart inetd" },
};

static const struct setup_part pop3d = {
    .name = "pop3d",
    .summary = "POP3 daemon of GNU Mailutils, under inetd",
    .program = "/usr/sbin/pop3d",
    .needs = { "nsswitch" },
    .step = { PAM_STEP("pop3d"), FILE_STEP("mailutils.conf", "/etc/mailutils.conf"),
              INETD_STEP("mailutils-pop3d.conf") },
    .areas = "pam",
    .restart = { "systemctl restart inetd" },
};

static const struct setup_part popa3d = {
    .name = "popa3d",
    .summary = "popa3d, a POP3 daemon under inetd",
    .program = "/usr/sbin/popa3d",
    .needs = { "nsswitch" },
    .step = { PAM_STEP("popa3d"), INETD_STEP("popa3d.conf") },
    .areas = "pam",
    .restart = { "systemctl restart inetd" },
};

static const struct setup_part solid_pop3d = {
    .name = "solid-pop3d",
    .summary = "Solid POP3, under inetd",
    .program = "/usr/sbin/solid-pop3d",
    .needs = { "nsswitch" },
    .step = { PAM_STEP("solid-pop3d"), FILE_STEP("spop3d.conf", "/etc/spop3d.conf"),
              INETD_STEP("solid-pop3d.conf") },
    .areas = "pam",
    .restart = { "systemctl restart inetd" },
};

const struct setup_part *const setup_parts[] = {
    &sshd,      &nsswitch,        &sftp,   &passwd,  &dovecot,   &postfix,  &exim,
    &saslauthd, &postfix_virtual, &vsftpd, &proftpd, &pure_ftpd, &poppassd, &pop3d,
    &popa3d,    &solid_pop3d,     NULL,
};

const struct setup_part *setup_part_find(const char *name)
{
    size_t i = 0;
    while (setup_parts[i] != NULL && strcmp(setup_parts[i]->name, name) != 0)
        i++;
    return setup_parts[i];
}

bool setup_part_is_here(const struct setup_part *part)
{
    return part->program == NULL || access(part->program, X_OK) == 0;
}
