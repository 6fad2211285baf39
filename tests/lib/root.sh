# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sourced by lib/enter, which runs in a mount namespace of its own: puts a private root directory together out of
# overlays. The machine's own directories are only ever lower (read-only) sides of them.
#
# One overlay a directory, not one over "/": overlayfs refuses sides that lie inside each other, and the cached layers
# live below /var/cache of the same machine.

# The machine's directories that the sandbox sees, one a line.
shown_directories() {
    local entry
    for entry in /bin /sbin /lib /lib32 /lib64 /libx32 /usr /etc /opt /var/* /var/cache/*; do
        if [ ! -d "$entry" ] || [ -L "$entry" ]; then
            continue
        fi
        case $entry in
        /var/cache | /var/cache/nss-pam-vmail | /var/cache/vmail | /var/mail | /var/tmp | /var/lost+found) ;;
        *) printf '%s\n' "$entry" ;;
        esac
    done
}

# The bare tree that the overlays are mounted on: links as the machine has them, everything else empty.
make_skeleton() {
    local base=$1 entry
    for entry in bin dev etc home media mnt opt proc root run sbin src srv sys tmp usr var var/cache var/mail var/tmp; do
        [ -L "/$entry" ] || mkdir -p "$base/$entry"
    done
    for entry in /* /var/* /var/cache/*; do
        if [ -L "$entry" ]; then
            cp -P "$entry" "$base$entry"
        fi
    done
    shown_directories | while read -r entry; do
        mkdir -p "$base$entry"
    done
    chmod 700 "$base/root"
    chmod 1777 "$base/tmp" "$base/var/tmp"
    chgrp mail "$base/var/mail"
    chmod 2775 "$base/var/mail"
}

# overlay TARGET NAME HOST UPPER LAYER...: the layers over HOST, changes go to UPPER. NAME is the directory that a layer
# keeps this overlay's side in.
overlay() {
    local target=$1 name=$2 host=$3 upper=$4 lower='' layer
    shift 4
    for layer; do
        if [ -d "$layer/$name" ]; then
            lower=$lower$layer/$name:
        fi
    done
    if [ ! -d "$upper/$name" ]; then
        mkdir -p "$upper/$name"
        # The top of an overlay has the owner and mode of its upper side.
        chown --reference="$host" "$upper/$name"
        chmod --reference="$host" "$upper/$name"
    fi
    mkdir -p "$upper/work/$name"
    mount -t overlay -o "lowerdir=$lower$host,upperdir=$upper/$name,workdir=$upper/work/$name" vmail-sandbox "$target"
}

# A /dev of our own: no /dev/log and no disk of the machine is in it.
make_dev() {
    local dev=$1 node
    mount -t tmpfs -o mode=755,nosuid dev "$dev"
    for node in null zero full random urandom tty; do
        : >"$dev/$node"
        mount --bind "/dev/$node" "$dev/$node"
    done
    mkdir "$dev/pts" "$dev/shm"
    mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$dev/pts"
    mount -t tmpfs -o mode=1777 shm "$dev/shm"
    ln -s pts/ptmx "$dev/ptmx"
    ln -s /proc/self/fd "$dev/fd"
    ln -s /proc/self/fd/0 "$dev/stdin"
    ln -s /proc/self/fd/1 "$dev/stdout"
    ln -s /proc/self/fd/2 "$dev/stderr"
}

# assemble_root PLACE UPPER LAYER...: afterwards PLACE/root can be entered. PLACE is an empty private tmpfs; the layers
# are given topmost first.
assemble_root() {
    local place=$1 upper=$2 root=$1/root dir name
    shift 2
    mkdir "$place/base" "$root"
    make_skeleton "$place/base"
    overlay "$root" root "$place/base" "$upper" "$@"
    shown_directories | while read -r dir; do
        name=$(printf '%s' "$dir" | tr / %)
        [ -d "$root$dir" ] || mkdir -p "$root$dir"
        overlay "$root$dir" "$name" "$dir" "$upper" "$@"
    done
    make_dev "$root/dev"
    mount -t proc proc "$root/proc"
    # Read-only: nothing in there belongs to the sandbox.
    mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || true
    mount -t tmpfs -o mode=755 run "$root/run"
    mkdir -p "$root/run/lock" "$root/run/vmail-sandbox"
    chmod 1777 "$root/run/lock"
    mount -t tmpfs -o mode=1777 tmp "$root/tmp"
}
