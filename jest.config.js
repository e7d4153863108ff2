// No transformer: jest strips the types itself on Node >= 22.18 (it needs NODE_OPTIONS=--experimental-vm-modules).
const common = { transform: {}, extensionsToTreatAsEsm: ['.ts'], coverageProvider: 'v8', testEnvironment: 'node' };

export default {
  projects: [
    {
      ...common,
      displayName: 'fast',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.slow\\.test\\.ts$', '/test/fixtures/'],
    },
    {
      ...common,
      displayName: 'slow',
      testMatch: ['<rootDir>/test/**/*.slow.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '/test/fixtures/'],
    },
  ],
};
