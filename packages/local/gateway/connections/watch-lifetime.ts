import { IDLE_CONNECTION_SECONDS, MAX_CONNECTION_SECONDS } from '../../../../schemas/quotas.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Connection } from './connection.ts';

/**
 * Closes a connection with 1001 after ten minutes without a message in either direction, and after two hours in any
 * case. Each connection has one timer. When it fires, it checks the deadline again, so that messages need not reset it.
 *
 * @returns A function that ends the watch.
 */
export const watchLifetime = (connection: Connection, clock: Clock): (() => void) => {
  const endOfLife = connection.facts.connectedAt + MAX_CONNECTION_SECONDS * 1_000;
  const deadline = (): number => Math.min(endOfLife, connection.lastActiveAt + IDLE_CONNECTION_SECONDS * 1_000);
  const check = (): void => {
    const left = deadline() - clock.now();
    if (left > 0) cancel = clock.after(left, check);
    else connection.close({ code: 1001, reason: 'Going away' });
  };
  let cancel = clock.after(deadline() - clock.now(), check);
  return () => cancel();
};
