/**
 * The entry point for tests of routes: events, a context, and fakes for AWS.
 * @module middy-fanout/testing
 */
export * from '../testing/index.ts';
