import { broadcastRecordSchema } from './broadcast-record.ts';
import { compileValidator } from './compile-validator.ts';

export const broadcastRecord = compileValidator(broadcastRecordSchema);
