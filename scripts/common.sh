# shellcheck shell=bash
# SPDX-License-Identifier: BSL-1.0
#
# What scripts/demo and scripts/test share: the packages they need, and running commands so that nothing outlives
# the script, however it ends. Sourced, not run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc 2>/dev/null || echo 2)

say() { printf '%s\n' "$*" >&2; }

# ---- packages ---------------------------------------------------------------------------------------------------------

has_command() { command -v "$1" > /dev/null 2>&1; }

has_header() {
    local place
    for place in /usr/include /usr/local/include ${CPATH:+${CPATH//:/ }} ${CMAKE_PREFIX_PATH:+"${CMAKE_PREFIX_PATH%%;*}/include"}; do
        [ ! -e "$place/$1" ] || return 0
    done
    return 1
}

has_cmake() {
    local version
    version=$(cmake --version 2>/dev/null | sed -n '1s/[^0-9]*//p')
    [ -n "$version" ] && [ "$(printf '%s\n' 3.25 "$version" | sort -V | head -n 1)" = 3.25 ]
}

has_server() {
    has_command initdb && has_command postgres && return
    local place
    for place in "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin; do
        [ ! -x "$place/initdb" ] || [ ! -x "$place/postgres" ] || return 0
    done
    return 1
}

has_clang_runtime() { [ -n "$(find "$(clang++-19 -print-resource-dir)/lib" -name 'libclang_rt.asan*.a' 2>/dev/null | head -n 1)" ]; }

# need PACKAGE DESCRIPTION COMMAND...: remembers what is missing, if the command says so.
missing_packages=()
missing_things=()
need() {
    local package=$1 thing=$2
    shift 2
    if ! "$@"; then
        missing_packages+=("$package")
        missing_things+=("$thing")
    fi
}

need_to_build() {
    need g++ "g++ 12 or newer" has_command g++
    need cmake "CMake 3.25 or newer" has_cmake
    need ninja-build "ninja" has_command ninja
    need libpq-dev "libpq 14 or newer, with its headers" has_command pg_config
    need libboost1.81-dev "Boost 1.75 or newer (headers)" has_header boost/pfr.hpp
    need libhowardhinnant-date-dev "Howard Hinnant's date (headers and CMake package)" has_header date/date.h
}

need_tools() {
    need libcli11-dev "CLI11 2.1 or newer (for the command howdah)" has_header CLI/CLI.hpp
    need nlohmann-json3-dev "nlohmann's JSON 3.9 or newer (for the command howdah)" has_header nlohmann/json.hpp
}

need_server() { need postgresql-15 "the PostgreSQL server's programs, 14 or newer (initdb, postgres)" has_server; }

is_debian_12() {
    # shellcheck disable=SC1091
    has_command apt-get && [ "$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${VERSION_ID:-}")" = "debian 12" ]
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs what need() found missing; with nothing missing, apt is not even asked. Exits with 2 where it cannot.
install_missing() {
    [ ${#missing_packages[@]} -gt 0 ] || return 0
    if ! is_debian_12 || { [ "$(id -u)" != 0 ] && ! has_command sudo; }; then
        say "Missing:"
        printf '  %s\n' "${missing_things[@]}" >&2
        say "On Debian 12, root or sudo would install: ${missing_packages[*]}"
        exit 2
    fi
    say "Installing Debian packages: ${missing_packages[*]}"
    # RUNLEVEL=1 and create_main_cluster keep the postgresql package from making and starting a server of its own;
    # --no-remove stops rather than take anything away.
    # shellcheck disable=SC2016
    as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 sh -c '
        set -e
        directory=/etc/postgresql-common/createcluster.d
        mkdir -p $directory
        trap "rm -f $directory/howdah.conf; rmdir $directory 2>/dev/null || :" EXIT
        echo "create_main_cluster = false" > $directory/howdah.conf
        apt-get update -qq
        apt-get install -qq -y --no-install-recommends --no-remove "$@"' sh "${missing_packages[@]}" >&2 || {
        say "apt-get could not install them; install them by hand and start again."
        exit 2
    }
}

# ---- processes --------------------------------------------------------------------------------------------------------

# The watchdog holds the reading end of a pipe whose writing end is held by this script alone (descriptor 9). It
# learns from it which process group runs, and, when the script is gone (SIGKILL included), ends that group.
watchdog() {
    trap '' INT TERM HUP
    exec > /dev/null 2>&1
    local group=0 word
    while read -r word; do group=$word; done
    [ "$group" = 0 ] || end_group "$group"
}

# Asks a process group to end, and makes it end when it has not after five seconds.
end_group() {
    kill -TERM -- "-$1" 2> /dev/null || return 0
    local tenth
    for tenth in $(seq 50); do
        kill -0 -- "-$1" 2> /dev/null || return 0
        sleep 0.1
    done
    kill -KILL -- "-$1" 2> /dev/null || true
}

start_watchdog() { exec 9> >(watchdog); }

# Runs a command in a process group of its own. A signal to the script ends the group first, then the script.
running=0
supervised() {
    set -m
    (
        echo "$BASHPID" >&9
        exec 9>&-
        exec "$@"
    ) < /dev/null &
    running=$!
    set +m
    local status=0
    wait "$running" || status=$?
    running=0
    echo 0 >&9
    return "$status"
}

interrupted() {
    trap '' INT TERM HUP
    [ "$running" = 0 ] || end_group "$running"
    exit "$1"
}
trap 'interrupted 130' INT
trap 'interrupted 143' TERM
trap 'interrupted 129' HUP

# ---- the build folder -------------------------------------------------------------------------------------------------

# Everything that a run leaves behind lies below build/: compiler cache, temporary files, throw-away servers.
prepare_build_folder() {
    mkdir -p "$root/build/tmp"
    find "$root/build/tmp" -mindepth 1 -mtime +1 -delete 2> /dev/null || true
    export TMPDIR="$root/build/tmp"
    if has_command ccache; then
        export CMAKE_CXX_COMPILER_LAUNCHER=ccache
        # What ccache asks for before it keeps what was compiled with precompiled headers.
        export CCACHE_SLOPPINESS="${CCACHE_SLOPPINESS:+$CCACHE_SLOPPINESS,}pch_defines,time_macros"
        export CCACHE_DIR="${CCACHE_DIR:-$root/build/ccache}" CCACHE_TEMPDIR="${CCACHE_TEMPDIR:-$root/build/tmp}"
    fi
}

# configure DIRECTORY PRESET [OPTION...]: once; afterwards ninja does it again when a CMakeLists.txt has changed.
configure() {
    local directory=$1 preset=$2
    shift 2
    [ -f "$directory/build.ninja" ] || supervised cmake -S "$root" --preset "$preset" -B "$directory" "$@" > /dev/null
}
