#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
#
# Nothing that scripts/common.sh starts outlives the script: ends_with_its_script.sh SIGNAL. Starts a script that
# runs a family of processes as scripts/test would, sends the signal to the script alone, and waits for the family
# to be gone.
set -uo pipefail
signal=$1
common=$(cd "$(dirname "$0")/../../scripts" && pwd)/common.sh
mark=$(mktemp "${TMPDIR:-/tmp}/howdah-family.XXXXXX")
trap 'rm -f "$mark"' EXIT

# Started in the background, a script would ignore SIGINT.
env --default-signal bash -c '
    . "$1"
    start_watchdog
    supervised bash -c "echo \$\$ >> $2; (echo \$BASHPID >> $2; exec sleep 600) & (trap \"\" INT HUP; echo \$BASHPID >> $2; exec sleep 600) & wait"
' script "$common" "$mark" &
script=$!
for _ in $(seq 1200); do
    [ "$(wc -l < "$mark")" = 3 ] && break
    sleep 0.05
done
mapfile -t family < "$mark"
[ ${#family[@]} = 3 ] || { echo "the family did not start"; exit 1; }

kill "-$signal" "$script"
wait "$script" 2> /dev/null
status=$?
for _ in $(seq 600); do
    left=()
    for member in "${family[@]}"; do kill -0 "$member" 2> /dev/null && left+=("$member"); done
    [ ${#left[@]} = 0 ] && break
    sleep 0.1
done
if [ ${#left[@]} -gt 0 ]; then
    echo "outlived the script: ${left[*]}"
    kill -KILL "${left[@]}"
    exit 1
fi
[ "$status" = $((128 + $(kill -l "$signal"))) ] || { echo "the script ended with status $status"; exit 1; }
