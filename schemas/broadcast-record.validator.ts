import { compileValidator } from './ajv.ts';
import { broadcastRecordSchema } from './broadcast-record.ts';

export const broadcastRecord = compileValidator(broadcastRecordSchema);
