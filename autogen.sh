#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes ./configure and the Makefile.in from configure.ac and Makefile.am.
set -eu
cd "$(dirname "$0")"
for tool in autoreconf automake pkg-config; do
    command -v "$tool" >/dev/null || {
        echo "autogen.sh: $tool is missing; run: apt-get install autoconf automake pkg-config" >&2
        exit 1
    }
done
mkdir -p build-aux
exec autoreconf --install --force --warnings=all,no-obsolete
