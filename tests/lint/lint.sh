#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
#
# The rules of the house that a compiler does not hold: lint.sh ROOT [RULE]. Without a rule: all of them.
# Prints a line per fault, "path:line: rule: what is wrong", and exits 1 if there is any.
set -eu
LC_ALL=C
export LC_ALL

root=$1
cd "$root"
rules="floors listed public light pfr date pq spdx marks size columns once tools twins"

# Every file of these kinds below the given directories that exist, sorted.
files() {
    kinds=$1
    shift
    for place in "$@"; do
        [ ! -d "$place" ] || find "$place" -type f
    done | grep -E "\.($kinds)\$" | sort
}
sources() { files 'hpp|cpp' include src; }
all_code() {
    files 'hpp|cpp' include src tests examples tools bench
    files 'cmake|txt|sh' src tests examples tools cmake bench | grep -E '\.(cmake|sh)$|CMakeLists\.txt$' || true
    for script in CMakeLists.txt scripts/* .ci/*; do [ ! -f "$script" ] || echo "$script"; done
}

# True if tools/lint_exceptions.txt excuses the rule $1 for the file $2; every line there gives its reason.
excused() { grep -q "^$1  *$2  *[^ ]" tools/lint_exceptions.txt 2>/dev/null; }

# Runs an awk program over files named on standard input. The program prints "path:line: text" per fault.
scan() {
    tr '\n' '\0' | xargs -0 -r awk "
        FNR == 1 { comment = 0 }
        function fault(text) { print FILENAME \":\" FNR \": $rule: \" text }
        function code(line) { sub(/\\/\\/.*/, \"\", line); return line }
        $1"
}

# A file includes its own floor as far as it is listed earlier, and any lower floor: tools/layers.txt.
rule_floors() {
    sources > "$scratch/files"
    awk '
        function fault(where, text) { print where ": floors: " text }
        function floor_of(path,    place) {
            if (path in floor) return floor[path]
            for (place in tree) if (index(path, place) == 1) return tree[place]
            return 0
        }
        FILENAME == "tools/layers.txt" {
            if ($0 ~ /^ *(#|$)/) next
            if ($2 in floor || $2 in tree) fault(FILENAME ":" FNR, $2 " is listed twice")
            if ($1 < last) fault(FILENAME ":" FNR, $2 " stands below a higher floor")
            last = $1
            if ($2 ~ /\/$/) tree[$2] = $1; else { floor[$2] = $1; place_in_list[$2] = ++count }
            line_of[$2] = FNR
            next
        }
        { here[$0] = 1; order[++total] = $0 }
        END {
            for (path in floor) if (!(path in here)) fault("tools/layers.txt:" line_of[path], path " does not exist")
            for (i = 1; i <= total; ++i) check(order[i])
        }
        function check(path,    line, number, named, target, own) {
            own = floor_of(path)
            if (!own) { fault(path ":1", "is not listed in tools/layers.txt"); return }
            for (number = 1; (getline line < path) > 0; ++number) {
                if (line !~ /^[ \t]*#[ \t]*include[ \t]*(<howdah\/|")/) continue
                named = line
                sub(/^[^<"]*[<"]/, "", named)
                sub(/[>"].*$/, "", named)
                target = "src/" named
                if (line ~ /</) target = "include/" named
                else if (!(target in here)) { target = path; sub(/[^\/]*$/, "", target); target = target named }
                if (!(target in here)) fault(path ":" number, target " does not exist")
                else if (floor_of(target) > own)
                    fault(path ":" number, "floor " own " includes floor " floor_of(target) ": " target)
                else if (floor_of(target) == own && target in place_in_list && path in place_in_list &&
                         place_in_list[target] >= place_in_list[path])
                    fault(path ":" number, "includes a file of its own floor that is listed later: " target)
            }
            close(path)
        }' tools/layers.txt "$scratch/files"
}

# Every public header is installed: it stands in a FILE_SET of src/CMakeLists.txt.
rule_listed() {
    files hpp include | while read -r header; do
        cat src/CMakeLists.txt tools/*/CMakeLists.txt 2> /dev/null | grep -qE "(^|[ /])$header *\$" ||
            echo "$header:1: listed: is not in a file set of src/CMakeLists.txt or tools/"
    done
}

# What a public header may not drag into the user's program.
rule_public() {
    files hpp include | scan '
        /^[ \t]*#[ \t]*include[ \t]*<(libpq-fe\.h|iostream|regex|format|fstream|locale)>/ { fault("a public header includes " $0) }
        /^[ \t]*#[ \t]*include[ \t]*"/ { fault("a public header includes a private one: " $0) }'
}

# What <howdah/howdah.hpp> may not drag into every file of a program: headers that compile for longer than ours.
rule_light() {
    awk '
        function visit(path,    line, number, named) {
            if (path in seen) return
            seen[path] = 1
            for (number = 1; (getline line < path) > 0; ++number) {
                if (line !~ /^[ \t]*#[ \t]*include[ \t]*</) continue
                named = line
                sub(/^[^<]*</, "", named)
                sub(/>.*$/, "", named)
                if (named ~ /^(atomic|functional|map|memory|mutex|stop_token|thread|unordered_map|variant)$/)
                    print path ":" number ": light: what howdah.hpp consists of includes <" named ">"
                if (named ~ /^howdah\//) visit("include/" named)
            }
            close(path)
        }
        BEGIN { visit("include/howdah/howdah.hpp") }'
}

# Boost.PFR is in one header, so that it can be replaced.
rule_pfr() {
    all_code | grep -vx 'include/howdah/detail/fields\.hpp' | grep -E '\.[ch]pp$' | scan '
        /^[ \t]*#[ \t]*include[ \t]*<boost\/pfr/ { fault("only include/howdah/detail/fields.hpp includes Boost.PFR") }'
}

# date.h costs 0.6 s a compilation.
rule_date() {
    sources | grep -vE '^src/time[^/]*\.cpp$' | scan '
        /^[ \t]*#[ \t]*include[ \t]*<date\// { fault("only src/time*.cpp include date") }'
}

# libpq is called on floor 2 alone, from compiled files.
rule_pq() {
    awk '$1 == 2 && $2 ~ /^src\// { print $2 }' tools/layers.txt > "$scratch/pq"
    sources | grep -vxF -f "$scratch/pq" | scan '
        /^[ \t]*#[ \t]*include[ \t]*<libpq/ { fault("libpq is included outside floor 2") }
        code($0) ~ /(^|[^A-Za-z0-9_])PQ[a-z][A-Za-z]*[ \t]*\(/ { fault("libpq is called outside floor 2") }'
}

# The licence, in the first lines.
rule_spdx() {
    all_code | while read -r path; do
        head -n 3 "$path" | grep -q 'SPDX-License-Identifier: BSL-1\.0' ||
            echo "$path:1: spdx: has no SPDX-License-Identifier: BSL-1.0 in its first three lines"
    done
}

# Nothing is left for later.
rule_marks() {
    all_code | scan '/(^|[^A-Za-z])(TO''DO|FIX''ME|XX''X)([^A-Za-z]|$)/ { fault("left for later: " $0) }'
}

# A file holds one concept.
rule_size() {
    all_code | grep -E '\.[ch]pp$' | while read -r path; do
        case $path in
            *.hpp) most=250 ;;
            tests/*) most=400 ;;
            *) most=350 ;;
        esac
        lines=$(wc -l < "$path")
        [ "$lines" -le $most ] || excused size "$path" || echo "$path:$lines: size: more than $most lines"
    done
}

# Characters, not bytes: the continuation bytes of UTF-8 do not count.
rule_columns() {
    all_code | grep -E '\.[ch]pp$' | while read -r path; do excused columns "$path" || echo "$path"; done | scan '
        { line = $0; gsub(/[\200-\277]/, "", line); if (length(line) > 120) fault(length(line) " columns, at most 120") }'
}

# Every header guards itself.
rule_once() {
    files hpp include src tests examples | while read -r path; do
        grep -qx '#pragma once' "$path" || echo "$path:1: once: has no #pragma once"
    done
}

# Programs know the public headers only (floor 9).
rule_tools() {
    files 'hpp|cpp' examples tools | scan '
        /^[ \t]*#[ \t]*include[ \t]*(<howdah\/detail\/|".*src\/)/ { fault("a program includes what is not public: " $0) }
        code($0) ~ /howdah::detail::/ { fault("a program names what is not public") }'
}

# A type has one definition in a program ([basic.def.odr]/15). Neither compiler nor linker says so when two sources of one
# test program, or of the library, define different ones under one name: the program then mixes their templates.
rule_twins() {
    { sources; files cpp tests | grep '_test\.cpp$'; } | scan '
        function within(    i, path) { for (i = 1; i <= depth; ++i) path = path space[i] "::"; return path }
        FNR == 1 { depth = hidden = 0 }
        /^(inline )?namespace .*\{$/ { space[++depth] = $(NF - 1); hidden += $(NF - 1) == "namespace" }
        /^} *\/\/ namespace/ { hidden -= space[depth--] == "namespace" }
        !hidden && /^(struct|class|enum|union) [^;]*\{/ {
            name = $0
            sub(/^(enum +)?(struct|class|enum|union) +/, "", name)
            sub(/( final)? +[:{].*$/, "", name)
            program = FILENAME
            sub(/^(include|src)\/.*/, "library", program)
            if (program != "library") sub(/[^\/]*$/, "", program)
            name = within() name
            if ((program, name) in first && first[program, name] != FILENAME)
                fault(name " is defined in " first[program, name] " as well")
            else first[program, name] = FILENAME
        }'
}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/howdah-lint.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
for rule in ${2:-$rules}; do
    "rule_$rule"
done > "$scratch/faults"
cat "$scratch/faults"
[ ! -s "$scratch/faults" ]
