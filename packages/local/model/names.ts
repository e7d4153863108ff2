/** The suffix that the CDK adds to a logical id. */
const HASH = /(?<=.)[0-9A-F]{8}$/;

/** A logical id without the CDK's suffix: `ChatFanOut` for `ChatFanOut1A2B3C4D`. */
export const shortLogicalId = (logicalId: string): string => logicalId.replace(HASH, '');

/** The file of a handler, without its extension: `folder/fan-out` for `folder/fan-out.handler`. */
export const handlerModule = (handler: string): string => handler.replace(/\.[^/]*$/, '');

/** 24 for `nodejs24.x`; NaN if the runtime is not a Node runtime. */
export const runtimeVersion = (runtime: string): number => Number(/^nodejs(\d+)/.exec(runtime)?.[1]);

/**
 * Whether a runtime has version 3 of Lambda's client (up to nodejs22.x). It supports callbacks, and loads all but ES
 * modules by `require`.
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
export const hasClient3 = (runtime: string): boolean => runtimeVersion(runtime) <= 22;
