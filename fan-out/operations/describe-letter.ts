import { DEAD_LETTER_REASONS } from '../../schemas/dead-letter.ts';
import type { RedrivenLetter, RedriveOutcome } from './redrive.ts';

const OUTCOMES: Readonly<Record<RedriveOutcome, string>> = {
  sent: 'sent',
  'would-be-sent': 'would be sent',
  left: 'left',
  refused: 'NOT SENT: the queue refused it',
  'sent-not-deleted': 'sent, but NOT DELETED: redriven again, it is sent twice',
};

const WHY = {
  ...DEAD_LETTER_REASONS,
  unfinished: 'functions received it and none finished it, so SQS put it there',
} as const;

/** A line about a letter, for a person: what it was, why it died and what became of it. Never its text or an id to post to. */
export const describeLetter = ({ messageId, outcome, reason, diedAt, record }: RedrivenLetter): string => {
  const died = diedAt === undefined ? '' : ` on ${new Date(diedAt).toISOString()}`;
  return `${OUTCOMES[outcome]}: ${whatIs(record, messageId)}; died${died}: ${reason} (${WHY[reason]})`;
};

const whatIs = (record: RedrivenLetter['record'], messageId: string): string => {
  if (record === undefined) return `message ${messageId}, no broadcast record`;
  const { id = messageId, data, connections, cursor } = record;
  const of = connections ? `${Object.keys(connections).length} connections of ` : cursor ? 'the rest of ' : '';
  return `${of}broadcast ${id}, ${Buffer.byteLength(data)} bytes`;
};
