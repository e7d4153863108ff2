#!/usr/bin/env bash
# Besides npm, the slow tests need Java 17 (DynamoDB Local) and Chromium (the pages). On Debian, root installs them.
# Elsewhere the script prints their names.
set -eu
packages=()
command -v java >/dev/null || packages+=(default-jre-headless)
[ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || packages+=(chromium)
[ "${#packages[@]}" -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
else
  echo "The slow tests need Java 17 and Chromium. These Debian packages are missing: ${packages[*]}. Install them, or set CHROMIUM to the path of a Chromium or Chrome." >&2
  exit 1
fi
