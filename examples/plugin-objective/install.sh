#!/usr/bin/env bash
# Puts the plug-in that build.sh has made into Slipstream, in place of an earlier version of it.
#   ./install.sh PRODUCT   PRODUCT is the folder of Slipstream, the one with the folder "plugins"
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
product=${1:?the folder of Slipstream is missing: ./install.sh PRODUCT}
info=$product/configuration/org.eclipse.equinox.simpleconfigurator/bundles.info
jar=$here/target/example.objectives_1.0.0.jar
[[ -e $info ]] || { echo "install.sh: $product is not the folder of Slipstream." >&2; exit 2; }
[[ -e $jar ]] || { echo "install.sh: run build.sh first." >&2; exit 2; }

cp "$jar" "$product/plugins/"
# A line a bundle: name, version, place, start level, whether to start it. Slipstream finds plug-ins in bundles that are not started.
{
  grep -v '^example\.objectives,' "$info"
  echo "example.objectives,1.0.0,plugins/${jar##*/},4,false"
} >"$info.new"
mv "$info.new" "$info"
