// This file is CommonJS because an old Node must be able to read it. In this repository npm puts Node 24 first in PATH
// (see packages/node). This check fails if npm did not. Help works on any Node. The package exports it: applications that
// init makes run it too.
const [major, minor] = process.versions.node.split('.').map(Number);
const asksForHelp = process.argv.some((argument) => argument === '--help' || argument === '-h');
if (!asksForHelp && (major < 22 || (major === 22 && minor < 22))) {
  const isInstalled = __dirname.includes('node_modules');
  const ofCheckout =
    ' npm start, npm run and npx use their own Node 24 in this checkout, unless "npm ci" ran with --omit=optional.';
  process.stderr.write(
    `middy-fanout needs Node 22.22 or newer, got ${process.versions.node}. Install Node 24: "nvm install 24", or https://nodejs.org.${isInstalled ? '' : ofCheckout}\n`,
  );
  process.exit(1);
}
