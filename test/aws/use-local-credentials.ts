/** What the SDK needs of the environment, beside an endpoint. Each test file has an environment of its own. */
export const useLocalCredentials = (endpoints: Readonly<Record<string, string>> = {}): void => {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...endpoints,
  });
};
