#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
#
# check_snippets.sh ROOT: holds the documents to the code. Every cpp, cmake and sql block of README.md and docs/*.md is,
# save for its indentation, a tagged region of a file that the build compiles or the tests run:
#
#     // [name]          (# in CMake, -- in SQL)
#     ...
#     // [name-end]
#
# Scripts that a sh block names exist and can be run, and relative links lead somewhere. Prints a line per fault and
# exits 1 if there is any, or if there was nothing to check.
set -eu
LC_ALL=C
export LC_ALL
cd "$1"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/howdah-docs.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# The starter stands twice: to be copied, and to be shown. Save for comments that open a file and mark regions, both
# are the same.
program() { grep -vE '^ *(//|--) ?(\[|SPDX|A program to begin|Without DATABASE_URL|$)' "$1" | sed '/./,$!d'; }
for shown in tests/docs/starter/main.cpp tests/docs/starter/migrations/*.sql; do
    [ -f "$shown" ] || continue
    copied=examples/starter/${shown#tests/docs/starter/}
    program "$shown" > "$scratch/shown"
    program "$copied" 2> /dev/null | cmp -s - "$scratch/shown" || { echo "$copied: docs: is not what $shown shows"; exit 1; }
done
trap 'exit 130' INT TERM HUP

find tests/docs examples migrations -type f \( -name '*.cpp' -o -name '*.hpp' -o -name '*.sql' -o -name CMakeLists.txt \) |
    sort > "$scratch/sources"
find README.md docs -name '*.md' | sort > "$scratch/documents"

awk '
    BEGIN { played = "^docs/(commands/|coming_from/|lint[.]md$)" } # tests/cli runs the SQL of these
    function fault(text) { print text; ++faults }
    # The text without the indentation that all its lines share.
    function dedented(text,    lines, count, i, least, here, out) {
        count = split(text, lines, "\n") - 1
        least = 1000
        for (i = 1; i <= count; ++i)
            if (lines[i] ~ /[^ ]/) { here = match(lines[i], /[^ ]/) - 1; if (here < least) least = here }
        for (i = 1; i <= count; ++i) out = out substr(lines[i], lines[i] ~ /[^ ]/ ? least + 1 : 1) "\n"
        return out
    }
    function read_regions(path,    line, name, text, number, key) {
        for (number = 1; (getline line < path) > 0; ++number) {
            if (line ~ /^ *(\/\/|#|--) \[[a-z0-9_]+\]$/) {
                if (name != "") fault(path ":" number ": docs: the region " name " is still open")
                name = line; gsub(/^.*\[|\]$/, "", name); text = ""
            } else if (line ~ /^ *(\/\/|#|--) \[[a-z0-9_]+-end\]$/) {
                if (index(line, "[" name "-end]") == 0) fault(path ":" number ": docs: no such region is open")
                key = path "#" name
                known[dedented(text)] = key
                if (path ~ /^tests\/docs\//) shown[key] += 0
                name = ""
            } else if (name != "") text = text line "\n"
        }
        if (name != "") fault(path ": docs: the region " name " has no end")
        close(path)
    }
    function check_links(path, line, number,    rest, target) {
        for (rest = line; match(rest, /\]\([^)#: ]+[)#]/); rest = substr(rest, RSTART + RLENGTH)) {
            target = substr(rest, RSTART + 2, RLENGTH - 3)
            if (path ~ /\//) target = substr(path, 1, match(path, /[^\/]*$/) - 1) target
            if (system("test -e \"" target "\"") != 0) fault(path ":" number ": docs: the link to " target " leads nowhere")
        }
    }
    function check_scripts(path, line, number,    rest, script) {
        for (rest = line; match(rest, /scripts\/[a-z_]+/); rest = substr(rest, RSTART + RLENGTH)) {
            script = substr(rest, RSTART, RLENGTH)
            if (system("test -x \"" script "\"") != 0) fault(path ":" number ": docs: " script " cannot be run")
        }
    }
    function check_document(path,    line, kind, text, number, begin) {
        for (number = 1; (getline line < path) > 0; ++number) {
            if (kind == "" && line ~ /^```[a-z]/) { kind = substr(line, 4); text = ""; begin = number }
            else if (kind == "") check_links(path, line, number)
            else if (line != "```") { text = text line "\n"; if (kind == "sh") check_scripts(path, line, number) }
            else {
                if (kind ~ /^(cpp|cmake|sql)$/ && !(kind == "sql" && path ~ played)) {
                    ++blocks
                    if (!(text in known)) fault(path ":" begin ": docs: this " kind " block is no region of a compiled file")
                    else ++shown[known[text]]
                }
                kind = ""
            }
        }
        if (kind != "") fault(path ":" begin ": docs: this block has no end")
        close(path)
    }
    FILENAME ~ /sources$/ { read_regions($0) }
    FILENAME ~ /documents$/ { check_document($0) }
    END {
        for (name in shown) if (!shown[name]) fault(name ": docs: no document shows this region")
        print blocks + 0 " blocks compared"
        exit faults > 0 || !blocks
    }' "$scratch/sources" "$scratch/documents"
