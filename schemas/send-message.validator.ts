import { compileValidator } from './ajv.ts';
import { sendMessageSchema } from './send-message.ts';

export const sendMessage = compileValidator(sendMessageSchema);
