import { createHash, hash } from 'node:crypto';
import type { MessageAttribute } from './message.ts';

export const md5 = (text: string): string => hash('md5', text);

/** Puts the length of a value before it, in four bytes. */
const withLength = (value: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, value]);
};

/**
 * The digest of a message's attributes, which SDKs check; `undefined` if it has none.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export const md5OfAttributes = (attributes: Readonly<Record<string, MessageAttribute>>): string | undefined => {
  // Names are ASCII, so code units sort like bytes.
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const digest = createHash('md5');
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = attributes[name] as MessageAttribute;
    const isBinary = DataType.startsWith('Binary');
    digest.update(withLength(Buffer.from(name))).update(withLength(Buffer.from(DataType)));
    digest.update(Buffer.of(isBinary ? 2 : 1));
    digest.update(withLength(isBinary ? Buffer.from(BinaryValue ?? '', 'base64') : Buffer.from(StringValue ?? '')));
  }
  return digest.digest('hex');
};
