import { rmSync } from 'node:fs';

export default (): void => {
  // Not TMPDIR: without the set-up, that is the system's own temporary folder.
  const { TESTS_FOLDER: folder } = process.env;
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
};
