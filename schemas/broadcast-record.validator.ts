import { broadcastRecordSchema } from './broadcast-record.ts';
import { compileValidator } from './validation/compile-validator.ts';

export const broadcastRecord = compileValidator(broadcastRecordSchema);
