import { groupedFiles } from './test/support/together/groups.ts';

/** Below Node 24.9 jest cannot require an ES module, and so not put the files of a folder into one: each runs alone. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const grouped = major > 24 || (major === 24 && minor >= 9) ? groupedFiles() : undefined;

// No transformer: jest strips the types itself on Node >= 22.18 (it needs NODE_OPTIONS=--experimental-vm-modules).
const common = {
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  coverageProvider: 'v8',
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/support/temporary-folder.setup.ts',
  globalTeardown: '<rootDir>/test/support/temporary-folder.teardown.ts',
};

export default {
  // All cores: nothing else runs beside the tests, and one worker less would be half of two.
  maxWorkers: '100%',
  // Tells a test that hangs. How fast anything is, no test says: a busy machine takes ten times as long.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'fast',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '\\.slow\\.test\\.ts$',
        '/test/support/fixtures/',
        '/test/support/together/',
      ],
    },
    {
      ...common,
      // What `npm test` runs: every test of `fast`, those of most folders in one jest file each.
      displayName: 'together',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '\\.slow\\.test\\.ts$',
        '/test/support/fixtures/',
        ...(grouped ? grouped.map((file) => `<rootDir>/${file}$`) : ['/test/support/together/']),
      ],
    },
    {
      ...common,
      displayName: 'slow',
      testMatch: ['<rootDir>/test/**/*.slow.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '/test/support/fixtures/'],
    },
  ],
};
