import type { IncomingMessage, Server } from 'node:http';
import { MAX_MESSAGE_BYTES } from '../../../../schemas/quotas.ts';
import type { GatewayLog } from '../../model/local-event.ts';
import { readBody } from '../../runtime/read-body.ts';
import { answerCall, answerText } from './answer-call.ts';
import type { CallAnswer } from './call-answer.ts';
import { type Call, type CallbackApi, type CallbackOptions, callbackApi } from './callback-api.ts';
import { readPostsAhead } from './read-posts-ahead.ts';

/** What a caller did wrong. 410 and 429 are answers like any other. */
const REFUSALS = new Set([400, 403, 413, 426]);
/** Characters of a path that are shown. */
const MOST_OF_A_PATH = 100;

export interface ServeCallsOptions extends CallbackOptions {
  log: GatewayLog;
}

/** Answers a server's requests that are no upgrades: plain posts ahead of `node:http`, all others through it. */
export const serveCalls = (server: Server, options: ServeCallsOptions): void => {
  const { clock, log } = options;
  const api = callbackApi(options);
  // The error's name alone: the body of a wrong signature holds the caller's session token.
  const note = (request: RequestLine, { statusCode, errorType = '' }: CallAnswer): void => {
    if (REFUSALS.has(statusCode)) log({ type: 'call-refused', call: nameOf(request), statusCode, why: errorType });
  };
  const noteFailure = (call: string, error: Error): void =>
    log({ type: 'call-refused', call, statusCode: 500, why: error.message });

  server.on('request', (request, response) => {
    answerRequest(api, request).then(
      (answer) => {
        if (!answer) return;
        answerCall(response, answer, clock.now());
        note(request, answer);
      },
      (error: Error) => {
        response.destroy();
        noteFailure(nameOf(request), error);
      },
    );
  });

  const toText = (post: Call, answer: CallAnswer | undefined): string | undefined => {
    if (answer) note(post, answer);
    return answer && answerText(answer, clock.now());
  };
  const answerPost = (post: Call): string | undefined | Promise<string | undefined> => {
    const answer = api.answer(post);
    return answer instanceof Promise ? answer.then((late) => toText(post, late)) : toText(post, answer);
  };
  readPostsAhead(server, answerPost, (error) => noteFailure('a call of @connections', error));
};

interface RequestLine {
  method?: string | undefined;
  url?: string | undefined;
}

/** Without the query string, which may hold a token, and without the connection id, which lets its holder post. */
const nameOf = ({ method, url = '' }: RequestLine): string => {
  const path = (url.split('?', 1)[0] as string).replace(/(\/(?:@|%40)connections\/).*/i, '$1…');
  return `${method} ${path.slice(0, MOST_OF_A_PATH)}`;
};

/** `undefined`: the caller broke off, or a fault wants no answer. */
const answerRequest = async (api: CallbackApi, request: IncomingMessage): Promise<CallAnswer | undefined> => {
  const { method = '', url = '', headers } = request;
  const early = api.answerHead({ method, url, headers });
  if (early) return early;
  const body = await readBody(request, MAX_MESSAGE_BYTES);
  return body === 'aborted' ? undefined : api.answer({ method, url, headers, body });
};
