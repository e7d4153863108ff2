import { rmSync } from 'node:fs';

export default (): void => {
  // Not what the system calls its temporary folder: without the set-up that would be everybody's.
  const { TESTS_FOLDER: folder } = process.env;
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
};
