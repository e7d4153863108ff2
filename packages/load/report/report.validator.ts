import { compileValidator } from '../../../schemas/ajv.ts';
import { reportSchema } from './report-schema.ts';

export const report = compileValidator(reportSchema);
