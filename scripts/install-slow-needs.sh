#!/usr/bin/env bash
# Besides npm, the slow tests need Java 17 (DynamoDB Local), Chromium (the pages), and AWS's own runtime clients with what
# compiles them. On Debian, root installs them. Elsewhere the script prints their names.
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
    echo "The slow tests need programs that are missing here. These Debian packages have them: ${packages[*]}. Install them, or set CHROMIUM to the path of a Chromium or Chrome." >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

[ -d "$clients" ] && exit 0
if [ "$(uname)" != Linux ]; then
  echo "AWS's runtime client can only be built on Linux. The tests in test/packages/local/functions/real-client will fail here." >&2
elif ! bash "$(dirname "$0")/install-runtime-clients.sh" "$clients"; then
  echo "AWS's runtime client could not be built, and the slow tests need it. The lines above say why." >&2
  exit 1
fi
