#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
#
# Shows that a rule of lint.sh can fail: builds a small tree without fault, breaks the rule there, and expects the
# rule, and no other, to say so. selftest.sh DIRECTORY RULE
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$1/$2
rule=$2

rm -rf "$tree"
mkdir -p "$tree/include/howdah/detail" "$tree/src" "$tree/tools" "$tree/tests" "$tree/examples"
cd "$tree"
licence='// SPDX-License-Identifier: BSL-1.0'
header() { printf '%s\n#pragma once\n' "$licence" > "$1"; }
header include/howdah/error.hpp
header include/howdah/time.hpp
header include/howdah/pool.hpp
header include/howdah/detail/fields.hpp
echo '#include <boost/pfr.hpp>' >> include/howdah/detail/fields.hpp
echo '#include <howdah/error.hpp> // a lower floor' >> include/howdah/pool.hpp
echo '#include <howdah/error.hpp> // its own floor, listed earlier' >> include/howdah/time.hpp
printf '%s\n#include <date/date.h>\n#include <howdah/time.hpp>\n' "$licence" > src/time.cpp
printf '%s\n#include <libpq-fe.h>\nvoid close() { PQfinish(nullptr); }\n' "$licence" > src/connection.cpp
printf '%s\n// PQfinish() is called below\n' "$licence" > src/pool.cpp
printf '%s\n#include <howdah/pool.hpp>\n' "$licence" > examples/hello.cpp
cat > tools/layers.txt <<'LAYERS'
1 include/howdah/error.hpp
1 include/howdah/time.hpp
1 src/time.cpp
2 src/connection.cpp
3 include/howdah/detail/fields.hpp
5 include/howdah/pool.hpp
5 src/pool.cpp
LAYERS
printf '# SPDX-License-Identifier: BSL-1.0\n' > src/CMakeLists.txt
find include -name '*.hpp' | sed 's|^|  ../|' >> src/CMakeLists.txt

"$here/lint.sh" . || { echo "the tree without a fault is refused"; exit 1; }

# One line per fault: where it has to be found.
expected="$tree.expected"
fault() { echo "$1"; } >> "$expected"
: > "$expected"
case $rule in
    floors)
        echo '#include <howdah/pool.hpp>' >> include/howdah/error.hpp # up
        echo '#include <howdah/time.hpp>' >> include/howdah/error.hpp # later on its floor
        echo "$licence" > src/unlisted.cpp
        echo '7 src/gone.cpp' >> tools/layers.txt
        fault include/howdah/error.hpp:3
        fault include/howdah/error.hpp:4
        fault src/unlisted.cpp:1
        fault tools/layers.txt:8 ;;
    listed)
        sed -i '/error/d' src/CMakeLists.txt
        fault include/howdah/error.hpp:1 ;;
    public)
        echo '#include <iostream>' >> include/howdah/error.hpp
        fault include/howdah/error.hpp:3 ;;
    light)
        header include/howdah/howdah.hpp
        echo '#include <howdah/pool.hpp>' >> include/howdah/howdah.hpp
        echo '#include <memory>' >> include/howdah/error.hpp # by way of pool.hpp
        echo '#include <memory>' >> include/howdah/time.hpp  # not a part of it
        fault include/howdah/error.hpp:3 ;;
    pfr)
        echo '#include <boost/pfr/core.hpp>' >> src/pool.cpp
        fault src/pool.cpp:3 ;;
    date)
        echo '#include <date/date.h>' >> include/howdah/time.hpp
        fault include/howdah/time.hpp:4 ;;
    pq)
        echo 'void open() { PQconnectStart(""); }' >> src/pool.cpp
        echo '#include <libpq-fe.h>' >> include/howdah/pool.hpp
        fault src/pool.cpp:3
        fault include/howdah/pool.hpp:4 ;;
    spdx)
        sed -i 1d src/pool.cpp
        echo '#!/bin/sh' > tests/bare.sh
        fault src/pool.cpp:1
        fault tests/bare.sh:1 ;;
    marks)
        echo '// TO''DO: later' >> src/pool.cpp
        fault src/pool.cpp:3 ;;
    size)
        yes // | head -n 249 >> include/howdah/error.hpp
        yes // | head -n 348 >> src/pool.cpp # exactly as many as are allowed
        fault include/howdah/error.hpp:251 ;;
    columns)
        { printf '//%0118d\n' 0; printf '//%0119d\n' 0; printf '//%0117dä\n' 0; } >> src/pool.cpp
        fault src/pool.cpp:4 ;;
    once)
        sed -i '/once/d' include/howdah/error.hpp
        fault include/howdah/error.hpp:1 ;;
    tools)
        echo '#include <howdah/detail/fields.hpp>' >> examples/hello.cpp
        fault examples/hello.cpp:3 ;;
    twins)
        mkdir tests/docs
        printf '%s\nnamespace {\nstruct hidden {};\n} // namespace\nstruct order {\n    int id;\n};\n' "$licence" > tests/docs/one_test.cpp
        cp tests/docs/one_test.cpp tests/docs/two_test.cpp
        cp tests/docs/one_test.cpp tests/other_test.cpp # another program
        fault tests/docs/two_test.cpp:5
        printf 'template <> struct codec<std::string> : text {\n};\nenum class order : int { first };\n' >> include/howdah/error.hpp
        printf 'class order {\n};\nstruct codec<std::vector> {};\n' >> src/pool.cpp # the library
        fault src/pool.cpp:3 ;;
    *) echo "no such rule: $rule"; exit 1 ;;
esac

if "$here/lint.sh" . "$rule" > "$tree.found"; then
    echo "the rule $rule does not see its fault"
    exit 1
fi
sed "s/: $rule: .*//" "$tree.found" | sort > "$tree.places"
sort "$expected" | diff - "$tree.places" || { echo "expected < but found >"; cat "$tree.found"; exit 1; }
