import { expect, it } from '@jest/globals';
import { aContext, fakeServices } from '../../testing/index.ts';

it('brings fakes and a logger that says nothing, unless it is given others', () => {
  const services = fakeServices();
  expect(aContext().services).not.toBe(services);
  expect(aContext({ services }).services).toBe(services);
  expect(aContext().logger.getLevelName()).toBe('SILENT');
});
