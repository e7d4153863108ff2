import { generate } from 'selfsigned';

export interface Certificate {
  /** PEM. */
  cert: string;
  /** PEM, PKCS #8. */
  key: string;
}

const DAY_MS = 86_400_000;

/**
 * Makes a self-signed certificate for `localhost` and 127.0.0.1, valid for a day before and after now. It is made when it
 * is needed, so that no key is ever kept.
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
