// The entry point for tests of routes: `middy-fanout/testing`.
export * from '../testing/index.ts';
