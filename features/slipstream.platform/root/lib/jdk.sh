# shellcheck shell=bash
# Finds a JDK 25 or newer. Sourced by the launcher and by the build.

slipstream_jdk_minimum=25

# Prints the major version of the JDK at $1 (its "release" file says so without starting a JVM); fails when there is none.
slipstream_jdk_version() {
  local line
  [[ -x $1/bin/java && -r $1/release ]] || return 1
  while IFS= read -r line; do
    if [[ $line =~ ^JAVA_VERSION=\"(1\.)?([0-9]+) ]]; then
      printf '%s\n' "${BASH_REMATCH[2]}"
      return 0
    fi
  done <"$1/release"
  return 1
}

# Sets JAVA_HOME to a JDK that is new enough, from JAVA_HOME, PATH or /usr/lib/jvm/*, in this order; one of exactly the minimum, with
# which we test, goes before newer ones wherever it is. Fails when there is none.
# $1: "compiler" where it must hold javac too (a bare runtime cannot build), else "runtime".
slipstream_find_jdk() {
  local candidate version best='' best_version=0 java
  local -a candidates=()
  [[ -n ${JAVA_HOME:-} ]] && candidates+=("$JAVA_HOME")
  if java=$(command -v java) && java=$(readlink -f "$java"); then
    candidates+=("${java%/bin/java}")
  fi
  candidates+=(/usr/lib/jvm/*)
  for candidate in "${candidates[@]}"; do
    if version=$(slipstream_jdk_version "$candidate") &&
      ((version >= slipstream_jdk_minimum)) &&
      [[ $1 != compiler || -x $candidate/bin/javac ]] &&
      ((best_version == 0 || (best_version > slipstream_jdk_minimum && version < best_version))); then
      best=$candidate
      best_version=$version
    fi
  done
  [[ -n $best ]] || return 1
  export JAVA_HOME=$best
}

slipstream_no_jdk() {
  echo "slipstream: needs a JDK $slipstream_jdk_minimum or newer, and JAVA_HOME, PATH and /usr/lib/jvm hold none;" \
    "install one (Debian, Ubuntu: apt install openjdk-$slipstream_jdk_minimum-jdk; Fedora: dnf install java-$slipstream_jdk_minimum-openjdk-devel;" \
    "any: https://adoptium.net) or set JAVA_HOME." >&2
}
