import { randomBytes } from 'node:crypto';
import type { Caller, Credentials, Keyring } from '../model/application.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The developer's own tools sign with these keys. They allow every action. */
export const DEVELOPER_CREDENTIALS: Credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Creates credentials in the form of a role's temporary credentials: the key id is `ASIA` and 16 letters or digits. */
const newCredentials = (): Credentials => ({
  accessKeyId: `ASIA${Array.from(randomBytes(16), (byte) => BASE32[byte % 32]).join('')}`,
  secretAccessKey: randomBytes(30).toString('base64'),
  sessionToken: randomBytes(96).toString('base64'),
});

/** Issues an access key to each caller, and finds the caller of a key. The developer's key and secret are `local`. */
export class FunctionKeyring implements Keyring {
  readonly #entries = new Map<string, { credentials: Credentials; caller: Caller }>([
    [DEVELOPER_CREDENTIALS.accessKeyId, { credentials: DEVELOPER_CREDENTIALS, caller: { kind: 'developer' } }],
  ]);
  readonly #accessKeyIds = new Map<string, string>();

  find(accessKeyId: string): { credentials: Credentials; caller: Caller } | undefined {
    return this.#entries.get(accessKeyId);
  }

  /** The credentials of a function with its role. All its instances have the same ones until its role changes. */
  credentialsOf(functionName: string, roleArn: string): Credentials {
    const name = `${functionName} ${roleArn}`;
    const known = this.#entries.get(this.#accessKeyIds.get(name) ?? '');
    if (known) return known.credentials;
    const credentials = newCredentials();
    this.#accessKeyIds.set(name, credentials.accessKeyId);
    this.#entries.set(credentials.accessKeyId, { credentials, caller: { kind: 'function', functionName, roleArn } });
    return credentials;
  }
}
