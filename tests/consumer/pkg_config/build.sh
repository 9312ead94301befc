#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
#
# A user without CMake: build.sh COMPILER PREFIX DIRECTORY [FLAG...] builds the program with what pkg-config says.
set -eu
compiler=$1 prefix=$2 directory=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
description=$(find "$prefix" -name howdah.pc)
PKG_CONFIG_PATH=$(dirname "$description")${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
mkdir -p "$directory"
pkg-config --exists --print-errors 'howdah >= 0.1'
# shellcheck disable=SC2046
"$compiler" -std=c++20 "$@" "$here/../program/main.cpp" -o "$directory/consumer" $(pkg-config --cflags --libs howdah)
"$directory/consumer"
