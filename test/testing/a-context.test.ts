import { expect, it } from '@jest/globals';
import { aContext, fakeServices } from '../../testing/index.ts';

it('has fakes and a silent logger by default', () => {
  const services = fakeServices();
  expect(aContext().services).not.toBe(services);
  expect(aContext({ services }).services).toBe(services);
  expect(aContext().logger.getLevelName()).toBe('SILENT');
});
