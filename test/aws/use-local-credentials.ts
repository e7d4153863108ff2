/** Sets the environment variables that the SDK needs, and endpoints. Each test file has its own environment. */
export const useLocalCredentials = (endpoints: Readonly<Record<string, string>> = {}): void => {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...endpoints,
  });
};
