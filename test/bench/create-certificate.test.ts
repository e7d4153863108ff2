import { X509Certificate } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { createCertificate } from '../../bench/create-certificate.ts';

it('makes a certificate that signs itself, for this machine and today, with a key that is new each time', async () => {
  const [one, other] = await Promise.all([createCertificate(), createCertificate()]);
  const certificate = new X509Certificate(one.cert);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
  expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now());
  expect(one.key).not.toBe(other.key);
});
