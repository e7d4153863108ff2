#!/usr/bin/env bash
# npm run mutate -- 'fan-out/pacing/*.ts': changes these files in a copy, one place at a time, and lists the changes
# that no test detects. The tests of the framework run for each change, so a file of 100 lines takes about ten minutes.
set -euo pipefail
pattern=${1:?Name the files to change, such as 'fan-out/pacing/*.ts'}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

git ls-files --cached --others --exclude-standard | while read -r file; do [ -f "$file" ] && echo "$file"; done | tar -cf - -T - | tar -xf - -C "$copy"
cd "$copy"
npm ci --loglevel=error --no-audit --no-fund
npm install --loglevel=error --no-audit --no-fund --no-save @stryker-mutator/core@9.6.1 @stryker-mutator/jest-runner@9.6.1
node node_modules/@stryker-mutator/core/bin/stryker.js run --mutate "$pattern"
