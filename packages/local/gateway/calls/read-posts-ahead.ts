import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Call } from './callback-api.ts';
import { HEADERS_TIMEOUT_MS, KEEP_ALIVE_MS, MAX_HEADER_BYTES } from './http-limits.ts';
import { parsePost } from './parse-post.ts';

/** Returns the text for the wire, or `undefined` if the post is never answered. */
type AnswerPost = (post: Call) => string | undefined | Promise<string | undefined>;

/**
 * Reads plain posts ahead of `node:http`, because a broadcast sends thousands a second. Without it a post costs 27 to
 * 30 µs of CPU instead of 21 to 24 (`npm run bench -- gateway`, 16 pairs), and at 10,000 deliveries a second on two
 * busy cores the last client waits three seconds instead of half a second (`npm run load`). The first chunk that is not
 * a plain post, or has more than 14 KB, goes to `node:http` unread, and `node:http` keeps the socket from then on.
 *
 * @param onFailure Called with the error that `answerPost` threw, after the socket was destroyed.
 */
export const readPostsAhead = (server: Server, answerPost: AnswerPost, onFailure: (error: Error) => void): void => {
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    readPosts(socket, {
      answerPost,
      passToNodeHttp: () => {
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
  passToNodeHttp(): void;
  fail(error: Error): void;
}

const readPosts = (socket: Socket, { answerPost, passToNodeHttp, fail }: PostReading): void => {
  const write = (answer: string | undefined): void => {
    if (answer === undefined || socket.write(answer)) return;
    socket.pause();
    socket.once('drain', () => socket.resume());
  };
  const handle = (post: Call): void => {
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
  const stopReadingAt = (chunk: Buffer): void => {
    for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
    socket.setTimeout(0);
    socket.pause().unshift(chunk);
    passToNodeHttp();
    socket.resume();
  };
  const listeners = {
    data: (chunk: Buffer): void => {
      const post = chunk.length <= MAX_HEADER_BYTES ? parsePost(chunk) : undefined;
      try {
        if (post) handle(post);
        else stopReadingAt(chunk);
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
