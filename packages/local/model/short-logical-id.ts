/** The end that the CDK gives to a logical id. */
const HASH = /(?<=.)[0-9A-F]{8}$/;

/** A logical id as a person knows it: `ChatFanOut1A2B3C4D` is `ChatFanOut`. */
export const shortLogicalId = (logicalId: string): string => logicalId.replace(HASH, '');
