import { X509Certificate } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { createCertificate } from '../../bench/create-certificate.ts';

it('creates a self-signed certificate for this machine and today, with a new key each time', async () => {
  const [first, second] = await Promise.all([createCertificate(), createCertificate()]);
  const certificate = new X509Certificate(first.cert);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
  expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now());
  expect(first.key).not.toBe(second.key);
});
