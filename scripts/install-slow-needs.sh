#!/usr/bin/env bash
# Installs the programs that the slow tests need besides npm: Java 17 (DynamoDB Local), Chromium (the pages), AWS's own
# runtime clients, and the tools that compile them. Only root on Debian can install the programs. For other users and
# systems the script prints the names of the Debian packages.
set -eu
clients="${XDG_CACHE_HOME:-$HOME/.cache}/middy-fanout/aws-lambda-ric-4.0.2"
packages=()
command -v java >/dev/null || packages+=(default-jre-headless)
[ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || packages+=(chromium)
if [ ! -d "$clients" ] && [ "$(uname)" = Linux ]; then
  command -v g++ >/dev/null || packages+=(g++)
  command -v xz >/dev/null || packages+=(xz-utils)
  echo '#include <curl/curl.h>' | g++ -E -x c++ - >/dev/null 2>&1 || packages+=(libcurl4-openssl-dev)
fi

if [ "${#packages[@]}" -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "The slow tests need programs that are not installed. Install these Debian packages: ${packages[*]}. For Chromium or Chrome, you can set CHROMIUM to its path instead." >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

[ -d "$clients" ] && exit 0
if [ "$(uname)" != Linux ]; then
  echo "AWS's runtime client can only be built on Linux. On this system the tests in test/packages/local/functions/real-client will fail." >&2
elif ! bash "$(dirname "$0")/install-runtime-clients.sh" "$clients"; then
  echo "Building AWS's runtime client failed, and the slow tests need it. The lines above show the reason." >&2
  exit 1
fi
