#!/usr/bin/env bash
# The native libraries that JavaFX loads: "missing" lists those that are not here, "install" installs them where it may
# (root or passwordless sudo, by apt), "advice" prints the line that a person has to run.
set -euo pipefail

# library:Debian and Ubuntu package:Fedora package
libraries=(
  libgtk-3.so.0:libgtk-3-0:gtk3
  libGL.so.1:libgl1:mesa-libGL
  libXtst.so.6:libxtst6:libXtst
  libXxf86vm.so.1:libxxf86vm1:libXxf86vm
  libpangoft2-1.0.so.0:libpangoft2-1.0-0:pango
  libfreetype.so.6:libfreetype6:freetype
)

present() {
  local folder
  [[ $cache == *"$1 "* ]] && return 0
  for folder in ${LD_LIBRARY_PATH//:/ }; do
    [[ -e $folder/$1 ]] && return 0
  done
  return 1
}

missing() { # $1: which field to print
  local entry
  local -a fields
  for entry in "${libraries[@]}"; do
    IFS=: read -r -a fields <<<"$entry"
    present "${fields[0]}" || printf '%s ' "${fields[$1]}"
  done
}

advice() {
  if command -v apt-get >/dev/null; then
    echo "JavaFX needs native libraries that are missing; install them: sudo apt-get install -y $(missing 1)fonts-dejavu-core"
  elif command -v dnf >/dev/null; then
    echo "JavaFX needs native libraries that are missing; install them: sudo dnf install -y $(missing 2)dejavu-sans-fonts"
  else
    echo "JavaFX needs native libraries that are missing: $(missing 0)"
  fi
}

cache=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true)
LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}

case ${1:-} in
  missing) missing 0 ;;
  advice) advice ;;
  install)
    [[ -n $(missing 0) ]] || exit 0
    as=()
    if ((EUID != 0)); then
      as=(sudo -n)
      sudo -n true 2>/dev/null || as=(false)
    fi
    if ! command -v apt-get >/dev/null || [[ ${as[*]} == false ]]; then
      echo "slipstream: $(advice)" >&2
      exit 7
    fi
    read -r -a packages <<<"$(missing 1)fonts-dejavu-core"
    log=$(mktemp)
    echo "slipstream: installing native libraries for JavaFX by apt: ${packages[*]}" >&2
    install() {
      "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}" </dev/null >>"$log" 2>&1
    }
    if ! install && ! { "${as[@]}" apt-get update </dev/null >>"$log" 2>&1 && install; }; then
      tail -n 5 "$log" >&2
      echo "slipstream: apt could not install them (all of it: $log); do it by hand: sudo apt-get install -y ${packages[*]}" >&2
      exit 7
    fi
    rm -f "$log"
    ;;
  *)
    echo "usage: natives.sh missing|advice|install" >&2
    exit 2
    ;;
esac
