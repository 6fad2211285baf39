# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sourced: how the harness talks. Everything goes to standard error, so that a command's own output stays clean.

me=${me:-${0##*/}}

say() {
    printf '%s: %s\n' "$me" "$*" >&2
}

# die MESSAGE [WHAT-TO-DO]...
die() {
    say "$1"
    shift
    local hint
    for hint; do
        printf '    %s\n' "$hint" >&2
    done
    exit 1
}

# quietly LOG WHAT COMMAND...: runs COMMAND with its output in LOG. A terminal sees the last line of it live. When COMMAND
# fails, its last lines and $hints are shown, and the script ends. Never ask for the status of this (|| && if !): bash then
# would not stop at the first failure in a COMMAND that is a function.
hints=()
quietly() {
    local log=$1 what=$2 start=$SECONDS status=0 pid hint
    shift 2
    [ -t 2 ] || say "$what ..."
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    while [ -t 2 ] && kill -0 "$pid" 2>/dev/null; do
        printf '\r\033[K%s: %s (%d s) %.60s' "$me" "$what" $((SECONDS - start)) "$(tail -n 1 "$log" | tr -cd '[:print:]')" >&2
        sleep 0.5
    done
    wait "$pid" || status=$?
    [ ! -t 2 ] || printf '\r\033[K' >&2
    if [ "$status" -eq 0 ]; then
        say "$what: done in $((SECONDS - start)) s"
        return
    fi
    tail -n 40 "$log" >&2
    say "$what: failed (status $status); above are the last lines of $log"
    for hint in ${hints[@]+"${hints[@]}"}; do
        printf '    %s\n' "$hint" >&2
    done
    exit 1
}
