import { compileValidator } from '../../../schemas/compile-validator.ts';
import { reportSchema } from './report-schema.ts';

export const report = compileValidator(reportSchema);
