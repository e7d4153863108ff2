import { describe, expect, it } from '@jest/globals';
import { ENVIRONMENT, type EnvironmentName, readEnvironment } from '../../schemas/environment.ts';

describe.each(Object.keys(ENVIRONMENT) as EnvironmentName[])('%s', (name) => {
  it('is read from the environment', () => {
    expect(readEnvironment(name, { [name]: 'value' })).toBe('value');
  });

  it.each([{}, { [name]: '' }])('is named with its meaning if it is missing', (environment) => {
    expect(() => readEnvironment(name, environment)).toThrow(
      `The environment variable ${name} is not set: ${ENVIRONMENT[name]}`,
    );
  });
});
