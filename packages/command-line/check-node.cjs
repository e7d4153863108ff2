// Plain CommonJS on purpose: an old Node must be able to read it. In this repository npm puts Node 24 first in PATH (see
// packages/node); this speaks up if there is none. Help needs no particular Node.
const [major, minor] = process.versions.node.split('.').map(Number);
const asksForHelp = process.argv.some((argument) => argument === '--help' || argument === '-h');
if (!asksForHelp && (major < 22 || (major === 22 && minor < 22))) {
  process.stderr.write(
    `middy-fanout needs Node 22.22 or newer and found ${process.versions.node}. Install Node 24. In a checkout, npm start, npm run and npx bring their own unless "npm ci" was told --omit=optional.\n`,
  );
  process.exit(1);
}
