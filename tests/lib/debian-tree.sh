# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sourced, after say.sh: minimal Debians below /var/cache/nss-pam-vmail/debian.

debian_cache=/var/cache/nss-pam-vmail/debian

# debootstrap is a shell script: unpacked it is as good as installed.
fetch_debootstrap() {
    local into=$1
    command -v wget >/dev/null || command -v curl >/dev/null ||
        die "debootstrap needs wget" "apt-get install wget"
    (cd "$into" && apt-get -q download debootstrap && dpkg -x debootstrap_*.deb .)
}

# run_debootstrap SUITE DIRECTORY
run_debootstrap() {
    local work
    work=$(mktemp -d)
    chmod 755 "$work"
    if command -v debootstrap >/dev/null; then
        debootstrap --variant=minbase "$@"
    else
        fetch_debootstrap "$work"
        DEBOOTSTRAP_DIR=$work/usr/share/debootstrap "$work/usr/sbin/debootstrap" --variant=minbase "$@"
    fi
    rm -rf "$work"
}

# make_tree SUITE: makes the Debian unless it is there. Sets $tree to its directory.
make_tree() {
    local log=${debian_cache%/*}/debootstrap-$1.log
    tree=$debian_cache/$1
    mkdir -p "$debian_cache"
    if [ ! -e "$tree/.complete" ]; then
        rm -rf "$tree"
        mkdir -p /var/log
        quietly "$log" "making a Debian $1 (the log is $log)" run_debootstrap "$1" "$tree"
        touch "$tree/.complete"
    fi
}

# copy_source FROM TO: all tracked and not ignored files; without git, all.
copy_source() {
    rm -rf "$2"
    mkdir -p "$2"
    if git -C "$1" rev-parse >/dev/null 2>&1; then
        (cd "$1" && git ls-files -z --cached --others --exclude-standard | tar -c --null -T -) | tar -x -C "$2"
    else
        tar -c -C "$1" . | tar -x -C "$2"
    fi
}
