#!/usr/bin/env bash
# npm run release -- minor: raises the version of all packages with `npm version`, and closes the changelog's section
# "Unreleased". It neither commits nor publishes: read the difference, commit and tag it, then `npm run publish:all`.
set -euo pipefail
step=${1:?Give the step: patch, minor, major or a version}
npm version "$step" --workspaces --include-workspace-root --no-git-tag-version
version=$(node -p 'require("./package.json").version')
sed -i.old "s/^## Unreleased\$/## Unreleased\n\n## $version - $(date +%F)/" CHANGELOG.md
rm CHANGELOG.md.old
