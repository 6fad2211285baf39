/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/readers.h"

const struct import_reader import_readers[] = {
    { "dovecot", "a passwd-file of Dovecot", false, read_dovecot },
    { "vpopmail", "a vpasswd file, or vpopmail's directory domains", false, read_vpopmail },
    { "mailutils", "a passwd-dir of GNU Mailutils", false, read_mailutils },
    { "htpasswd", "lines user:hash, as of htpasswd and pam_pwdfile", false, read_htpasswd },
    { "virtuald", "a directory of domains, or virtuald's configuration", false, read_virtuald },
    { "host", "/etc/passwd of a host that is folded in", true, read_host },
    { "legacy", "a directory like /etc/vmail, of any ids", false, read_legacy },
    { "json", "what `vmailctl export json' wrote", false, read_json },
    { 0 },
};
