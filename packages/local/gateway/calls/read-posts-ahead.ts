import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Call } from './callback-api.ts';
import { HEADERS_TIMEOUT_MS, KEEP_ALIVE_MS, MAX_HEADER_BYTES } from './http-limits.ts';
import { parsePost } from './parse-post.ts';

/** What goes on the wire; `undefined` is no answer, for good. */
type AnswerPost = (post: Call) => string | undefined | Promise<string | undefined>;

/**
 * Reads plain posts ahead of `node:http`, because a broadcast sends thousands a second: without this a post costs 27
 * to 30 µs of CPU instead of 21 to 24 (`npm run bench -- gateway`, 16 pairs), and at 10,000 deliveries a second on two busy
 * cores the last client waits three seconds instead of half a second (`npm run load`). From the first bytes on that are anything else, or more than 14 KB, a socket belongs to `node:http`, which gets
 * them as if nobody had looked at them.
 *
 * @param onFailure Told what `answerPost` threw. The socket is destroyed then.
 */
export const readPostsAhead = (server: Server, answerPost: AnswerPost, onFailure: (error: Error) => void): void => {
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    readPosts(socket, {
      answerPost,
      leave: () => {
        for (const listener of listeners) listener.call(server, socket);
      },
      fail: (error) => {
        socket.destroy();
        onFailure(error);
      },
    });
  });
};

interface PostReading {
  answerPost: AnswerPost;
  /** Takes the socket over. */
  leave(): void;
  fail(error: Error): void;
}

const readPosts = (socket: Socket, { answerPost, leave, fail }: PostReading): void => {
  const write = (answer: string | undefined): void => {
    if (answer === undefined || socket.write(answer)) return;
    socket.pause();
    socket.once('drain', () => socket.resume());
  };
  const take = (post: Call): void => {
    if (socket.timeout !== KEEP_ALIVE_MS) socket.setTimeout(KEEP_ALIVE_MS);
    const answer = answerPost(post);
    if (answer instanceof Promise) {
      socket.pause();
      answer.then((text) => {
        socket.resume();
        write(text);
      }, fail);
    } else write(answer);
  };
  const handOver = (chunk: Buffer): void => {
    for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
    socket.setTimeout(0);
    socket.pause().unshift(chunk);
    leave();
    socket.resume();
  };
  const listeners = {
    data: (chunk: Buffer): void => {
      const post = chunk.length <= MAX_HEADER_BYTES ? parsePost(chunk) : undefined;
      try {
        if (post) take(post);
        else handOver(chunk);
      } catch (error) {
        fail(error as Error);
      }
    },
    end: () => socket.end(),
    error: () => socket.destroy(),
    timeout: () => socket.destroy(),
  };
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
  socket.setTimeout(HEADERS_TIMEOUT_MS);
};
