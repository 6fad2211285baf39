/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/readers.h"

const struct import_reader import_readers[] = {
    { "dovecot", "Dovecot passwd-file", false, read_dovecot },
    { "vpopmail", "vpopmail's vpasswd file or domains directory", false, read_vpopmail },
    { "mailutils", "GNU Mailutils passwd-dir", false, read_mailutils },
    { "htpasswd", "user:hash lines, as in htpasswd and pam_pwdfile", false, read_htpasswd },
    { "virtuald", "virtuald's directory of domains or configuration", false, read_virtuald },
    { "host", "/etc/passwd of another host", true, read_host },
    { "legacy", "a directory like /etc/vmail, with any ids", false, read_legacy },
    { "json", "output of `vmailctl export json'", false, read_json },
    { 0 },
};
