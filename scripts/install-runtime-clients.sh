#!/usr/bin/env bash
# Installs versions 4 and 3 of AWS's Lambda runtime client into the folder $1. Tests compare the local run with them.
# Both use the same native part, which only transfers bytes. This script compiles it in seconds with Debian's curl and
# the headers of the current Node. `npm install` would build its own curl with cmake, which takes minutes.
set -eu
node_headers="$(dirname "$(dirname "$(node -p process.execPath)")")/include/node"
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT

for package in aws-lambda-ric@4.0.2 aws-lambda-ric@3.3.0 node-addon-api@8.9.2; do
  mkdir "$parts/$package"
  tarball=$(npm pack --loglevel=error --pack-destination "$parts" "$package")
  tar -xzf "$parts/$tarball" -C "$parts/$package" --strip-components=1
done
v4="$parts/aws-lambda-ric@4.0.2"
mkdir "$parts/cpp"
tar -xJf "$v4/deps/aws-lambda-cpp.tar.xz" -C "$parts/cpp" --warning=no-unknown-keyword
sed 's/@PROJECT_VERSION[A-Z_]*@/0/' "$parts/cpp/src/version.cpp.in" >"$parts/cpp/version.cpp"

mkdir "$parts/client"
g++ -shared -fPIC -std=gnu++20 -O1 -o "$parts/client/rapid-client.node" \
  -I "$node_headers" -I "$parts/node-addon-api@8.9.2" -I "$parts/cpp/include" \
  "$v4/src/native/rapid-client.cc" "$parts/cpp/src/runtime.cpp" "$parts/cpp/src/logging.cpp" "$parts/cpp/version.cpp" -lcurl
cp "$v4/index.mjs" "$parts/client/client-4.mjs"
cp "$parts/aws-lambda-ric@3.3.0/dist/index.mjs" "$parts/client/run-3.mjs"
cat >"$parts/client/client-3.mjs" <<'EOF'
import { run } from './run-3.mjs';
await run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
EOF
mkdir -p "$(dirname "$1")"
mv "$parts/client" "$1"
