import { WebSocket } from 'ws';

/** A WebSocket client as a person uses it: the test reads its output line by line. */
export interface Terminal {
  type(text: string): void;
  /** Waits for the next line. `undefined` if no line comes within `timeoutMs`. */
  next(timeoutMs: number): Promise<string | undefined>;
  /** Lines that were shown and not read. */
  unread(): readonly string[];
  close(): Promise<void>;
}

export interface OpenTerminalOptions {
  url: string;
  headers?: Readonly<Record<string, string>>;
  timeoutMs: number;
}

/**
 * Connects.
 * @throws {Error} if the handshake is refused, with its status and body.
 */
export const openTerminal = async ({ url, headers = {}, timeoutMs }: OpenTerminalOptions): Promise<Terminal> => {
  const socket = new WebSocket(url, { headers: { ...headers }, handshakeTimeout: timeoutMs });
  const shown: string[] = [];
  let arrived = () => {};
  socket.on('message', (data) => {
    shown.push(String(data));
    arrived();
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', (code) => {
      shown.push(`Disconnected (code: ${code})`);
      resolve();
      arrived();
    });
  });
  await handshake(socket, url);
  socket.on('error', (error) => shown.push(`error: ${error.message}`));
  let isClosing = false;
  return {
    type: (text) => socket.send(text),
    next: async (waitMs) => {
      if (shown.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, waitMs);
          arrived = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return shown.shift();
    },
    unread: () => (isClosing ? shown.filter((line) => !line.startsWith('Disconnected')) : shown),
    close: async () => {
      isClosing = true;
      socket.close();
      const timer = setTimeout(() => socket.terminate(), timeoutMs);
      await closed;
      clearTimeout(timer);
    },
  };
};

const handshake = (socket: WebSocket, url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', (error) =>
      reject(new Error(`Cannot connect to ${url}: ${error.message || (error as NodeJS.ErrnoException).code}`)),
    );
    socket.once('unexpected-response', (request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        request.destroy();
        reject(new Error(`${url} refused the handshake: ${response.statusCode} ${Buffer.concat(chunks)}`.trim()));
      });
    });
  });
