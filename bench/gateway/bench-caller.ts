import type { Credentials } from '../../packages/local/model/application.ts';

export const REGION = 'eu-central-1';
export const CREDENTIALS: Credentials = {
  accessKeyId: 'AKIABENCH',
  secretAccessKey: 'bench-secret',
  sessionToken: 'bench-token',
};
