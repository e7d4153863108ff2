import { IDLE_CONNECTION_SECONDS, MAX_CONNECTION_SECONDS } from '../../../../schemas/quotas.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Connection } from './connection.ts';

/**
 * Closes a connection with 1001 after ten minutes without a message in either direction, and after two hours in any case.
 * One timer a connection, which looks again when it fires rather than being set anew by each message.
 *
 * @returns What ends the watch.
 */
export const watchLifetime = (connection: Connection, clock: Clock): (() => void) => {
  const endOfLife = connection.facts.connectedAt + MAX_CONNECTION_SECONDS * 1_000;
  const deadline = (): number => Math.min(endOfLife, connection.lastActiveAt + IDLE_CONNECTION_SECONDS * 1_000);
  const look = (): void => {
    const left = deadline() - clock.now();
    if (left > 0) cancel = clock.after(left, look);
    else connection.close({ code: 1001, reason: 'Going away' });
  };
  let cancel = clock.after(deadline() - clock.now(), look);
  return () => cancel();
};
