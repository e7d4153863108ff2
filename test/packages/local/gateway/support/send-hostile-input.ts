import { randomInt } from 'node:crypto';
import { hostileInput } from './hostile-input.ts';
import { RawSocket } from './raw-socket.ts';

/** Sends one {@link hostileInput}, then closes the socket normally or by a reset. */
export const sendHostileInput = async (port: number): Promise<void> => {
  const raw = new RawSocket(port);
  if (randomInt(4) === 0) raw.socket.pause();
  for (const packet of hostileInput()) {
    raw.send(packet);
    await new Promise(setImmediate);
  }
  if (randomInt(2) === 0) raw.socket.end();
  else raw.socket.resetAndDestroy();
  setImmediate(() => raw.socket.destroy());
  await raw.ended;
};
