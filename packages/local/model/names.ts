/** The end that the CDK gives to a logical id. */
const HASH = /(?<=.)[0-9A-F]{8}$/;

/** A logical id without the CDK's suffix: `ChatFanOut` for `ChatFanOut1A2B3C4D`. */
export const shortLogicalId = (logicalId: string): string => logicalId.replace(HASH, '');

/** The file of a handler, without its ending: `folder/fan-out` of `folder/fan-out.handler`. */
export const handlerModule = (handler: string): string => handler.replace(/\.[^/]*$/, '');

/** 24 of `nodejs24.x`; NaN for what is no Node runtime. */
export const runtimeVersion = (runtime: string): number => Number(/^nodejs(\d+)/.exec(runtime)?.[1]);

/**
 * Whether Lambda runs version 3 of its client, up to nodejs22.x: it takes callbacks and requires what is no ES module.
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
export const hasClient3 = (runtime: string): boolean => runtimeVersion(runtime) <= 22;
