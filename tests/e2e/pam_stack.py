# SPDX-License-Identifier: LGPL-2.1-or-later
"""The lines of a PAM service with pam_vmail, as the tests write them."""

CONTROL = "[success=done new_authtok_reqd=done ignore=ignore default=die]"
IGNORED = "PAM_MAXTRIES"  # what the line after pam_vmail says where that was ignored
QUICK = "crypt=sha256 rounds=1000"  # hashing is not what is tested


def stack(*options, kinds=("auth", "account")):
    arguments = {"auth": "auth", "account": "acct", "password": "prechauthtok"}
    return [f"{kind} {CONTROL} pam_vmail.so {' '.join(options)}\n{kind} requisite pam_debug.so {arguments[kind]}=maxtries"
            for kind in kinds]
