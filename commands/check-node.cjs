// Plain CommonJS on purpose: an old Node must be able to read it. npm puts the Node of optionalDependencies first in
// PATH where there is one; this speaks up where there is none.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(
    `middy-fanout needs Node 22.22 or newer and found ${process.versions.node}: install Node 24, or start it by npm (npm start, npm run, npx), which brings its own unless "npm ci" was told --omit=optional.\n`,
  );
  process.exit(1);
}
