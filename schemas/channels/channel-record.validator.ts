import { compileValidator } from '../validation/compile-validator.ts';
import { channelRecordSchema } from './channel-record.ts';

export const channelRecord = compileValidator(channelRecordSchema);
