import { generate } from 'selfsigned';

export interface Certificate {
  /** PEM. */
  cert: string;
  /** PEM, PKCS #8. */
  key: string;
}

const DAY_MS = 86_400_000;

/**
 * Creates a self-signed certificate for `localhost` and 127.0.0.1, valid from a day before to a day after now. Each
 * user creates its own, so that no key is stored.
 */
export const createCertificate = async (): Promise<Certificate> => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + DAY_MS),
  });
  return { cert, key };
};
