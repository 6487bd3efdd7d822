#!/usr/bin/env bash
# Builds the plug-in with the JDK alone.
#   ./build.sh PRODUCT   PRODUCT is the folder of Slipstream, the one with the folder "plugins"
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
core=("${1:?the folder of Slipstream is missing: ./build.sh PRODUCT}"/plugins/slipstream.core_*.jar)
[[ -e ${core[0]} ]] || { echo "build.sh: there is no slipstream.core in $1/plugins." >&2; exit 2; }

rm -rf "$here/target"
mkdir -p "$here/target/classes"
find "$here/src" -name '*.java' -print0 | xargs -0 javac --release 25 -Xlint:all -Werror -d "$here/target/classes" -cp "${core[0]}"
mkdir -p "$here/target/classes/META-INF"
cp -r "$here/src/META-INF/services" "$here/target/classes/META-INF/"
jar --create --file "$here/target/example.objectives_1.0.0.jar" --manifest "$here/src/META-INF/MANIFEST.MF" -C "$here/target/classes" .
echo "$here/target/example.objectives_1.0.0.jar"
