// What a test of a route imports: `middy-fanout/testing`.
export * from '../testing/index.ts';
