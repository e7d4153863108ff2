import type { IncomingMessage, Server } from 'node:http';
import { MAX_MESSAGE_BYTES } from '../../schemas/quotas.ts';
import { answerCall, answerText } from './answer-call.ts';
import type { CallAnswer } from './call-answer.ts';
import { type Call, type CallbackApi, type CallbackOptions, callbackApi } from './callback-api.ts';
import { readBody } from './read-body.ts';
import { readPostsAhead } from './read-posts-ahead.ts';
import type { RunningApi } from './running-api.ts';

/** What a caller did wrong. 410 and 429 are answers like any other. */
const REFUSALS = new Set([400, 403, 413, 426]);

/** Answers a server's requests that are no upgrades: plain posts ahead of `node:http`, all others through it. */
export const serveCalls = (server: Server, running: RunningApi, options: CallbackOptions): void => {
  const { clock, log } = running;
  const api = callbackApi(running, options);
  // The error's name alone: the body of a wrong signature holds the caller's session token.
  const note = ({ statusCode, errorType = '' }: CallAnswer): void => {
    if (REFUSALS.has(statusCode)) log({ type: 'call-refused', statusCode, why: errorType });
  };
  const noteFailure = (error: Error): void => log({ type: 'call-refused', statusCode: 500, why: error.message });

  server.on('request', (request, response) => {
    answerRequest(api, request).then(
      (answer) => {
        if (!answer) return;
        answerCall(response, answer, clock.now());
        note(answer);
      },
      (error: Error) => {
        response.destroy();
        noteFailure(error);
      },
    );
  });

  const toText = (answer: CallAnswer | undefined): string | undefined => {
    if (answer) note(answer);
    return answer && answerText(answer, clock.now());
  };
  const answerPost = (post: Call): string | undefined | Promise<string | undefined> => {
    const answer = api.answer(post);
    return answer instanceof Promise ? answer.then(toText) : toText(answer);
  };
  readPostsAhead(server, answerPost, noteFailure);
};

/** `undefined`: the caller broke off, or a fault wants no answer. */
const answerRequest = async (api: CallbackApi, request: IncomingMessage): Promise<CallAnswer | undefined> => {
  const { method = '', url = '', headers } = request;
  const early = api.answerHead({ method, url, headers });
  if (early) return early;
  const body = await readBody(request, MAX_MESSAGE_BYTES);
  return body === 'aborted' ? undefined : api.answer({ method, url, headers, body });
};
