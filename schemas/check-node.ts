/** The oldest Node that each package works with: `engines` in package.json has the same one. */
const OLDEST = { major: 22, minor: 22 };

/**
 * Checks the version of Node, so that an old one is named before anything fails that it does not have.
 * @param who Begins the message: `bundle`.
 * @throws {Error} if Node is too old. The message has its version, the oldest that works, and what to do.
 */
export const checkNode = (who: string, version = process.versions.node): void => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return;
  const oldest = `${OLDEST.major}.${OLDEST.minor}`;
  throw new Error(
    `${who}: expected Node ${oldest} or newer, got ${version}. Install Node 24: "nvm install 24", or https://nodejs.org`,
  );
};
