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

# quietly LOG WHAT COMMAND...: runs COMMAND with its output in LOG. A terminal sees the last line of it live; when the
# command fails, its last lines are shown.
quietly() {
    local log=$1 what=$2 start=$SECONDS status=0 pid
    shift 2
    if [ -t 2 ]; then
        "$@" >"$log" 2>&1 </dev/null &
        pid=$!
        while kill -0 "$pid" 2>/dev/null; do
            printf '\r\033[K%s: %s (%d s) %.60s' "$me" "$what" $((SECONDS - start)) "$(tail -n 1 "$log" | tr -cd '[:print:]')" >&2
            sleep 0.5
        done
        wait "$pid" || status=$?
        printf '\r\033[K' >&2
    else
        say "$what ..."
        "$@" >"$log" 2>&1 </dev/null || status=$?
    fi
    if [ "$status" -eq 0 ]; then
        say "$what: done in $((SECONDS - start)) s"
    else
        tail -n 40 "$log" >&2
        say "$what: failed (status $status); above are the last lines of $log"
    fi
    return "$status"
}
