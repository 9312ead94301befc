#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
#
# check_selftest.sh ROOT: check_snippets.sh is silent about a good document and names a bad one.
set -eu
check=$(cd "$(dirname "$0")" && pwd)/check_snippets.sh
root=$1

scratch=$(mktemp -d "${TMPDIR:-/tmp}/howdah-docs.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/docs" "$scratch/tests/docs" "$scratch/examples" "$scratch/migrations" "$scratch/scripts"
printf '    // [a]\n    one();\n\n        two();\n    // [a-end]\n' > "$scratch/tests/docs/a.cpp"

# document TEXT...: what README.md says in this attempt.
document() { printf '%b' "$@" > "$scratch/README.md"; }
passes() { sh "$check" "$scratch" > "$scratch/said" || { echo "refused: $1"; cat "$scratch/said"; exit 1; }; }
refuses() {
    if sh "$check" "$scratch" > "$scratch/said"; then echo "passed: $1"; exit 1; fi
    grep -q "$2" "$scratch/said" || { echo "$1: does not say \"$2\""; cat "$scratch/said"; exit 1; }
}

good='```cpp\none();\n\n    two();\n```\n'
document "$good"
passes "the region without its indentation"
document '```cpp\none();\n\n    three();\n```\n'
refuses "another word" 'README.md:1: docs: this cpp block is no region'
document '```cpp\none();\n\ntwo();\n```\n'
refuses "another indentation inside" 'is no region'
document "$good"
mkdir -p "$scratch/tests/docs/starter" "$scratch/examples/starter"
printf '// [a-starter]\nint main() {}\n// [a-starter-end]\n' > "$scratch/tests/docs/starter/main.cpp"
printf 'int main() { return 1; }\n' > "$scratch/examples/starter/main.cpp"
refuses "a starter that is another one" 'is not what'
rm -r "$scratch/tests/docs/starter" "$scratch/examples/starter"
document "$good" '[more](docs/none.md)\n'
refuses "a dead link" 'the link to docs/none.md leads nowhere'
document "$good" '```sh\nscripts/none\n```\n'
refuses "a script that is not there" 'scripts/none cannot be run'
document 'words alone\n'
refuses "nothing to compare" 'no document shows this region'
document "$good" '```cpp\nopen();\n'
refuses "a block without end" 'this block has no end'
printf '// [b]\n' >> "$scratch/tests/docs/a.cpp"
document "$good"
refuses "a region without end" 'the region b has no end'
[ -f "$root/README.md" ]
