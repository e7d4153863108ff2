import type { IncomingMessage, Server } from 'node:http';
import { MAX_MESSAGE_BYTES } from '../../../../schemas/quotas.ts';
import type { GatewayLog } from '../../model/local-event.ts';
import { readBody } from '../../runtime/read-body.ts';
import { answerCall, answerText } from './answer-call.ts';
import type { CallAnswer } from './call-answer.ts';
import { type Call, type CallbackApi, type CallbackOptions, callbackApi } from './callback-api.ts';
import { readPostsAhead } from './read-posts-ahead.ts';

/** The statuses that show a mistake of the caller, and are logged. 410 and 429 are ordinary answers. */
const REFUSALS = new Set([400, 403, 413, 426]);
/** Longest path in the log, in characters. */
const MAX_PATH_LENGTH = 100;

export interface ServeCallsOptions extends CallbackOptions {
  log: GatewayLog;
}

/** Answers the requests of a server that are not upgrades: plain posts ahead of `node:http`, all others through it. */
export const serveCalls = (server: Server, options: ServeCallsOptions): void => {
  const { clock, log } = options;
  const api = callbackApi(options);
  // Logs only the error's name: the body for a wrong signature contains the caller's session token.
  const logRefusal = (request: RequestLine, { statusCode, errorType = '' }: CallAnswer): void => {
    if (REFUSALS.has(statusCode)) log({ type: 'call-refused', call: nameOf(request), statusCode, why: errorType });
  };
  const logFailure = (call: string, error: Error): void =>
    log({ type: 'call-refused', call, statusCode: 500, why: error.message });

  server.on('request', (request, response) => {
    answerRequest(api, request).then(
      (answer) => {
        if (!answer) return;
        answerCall(response, answer, clock.now());
        logRefusal(request, answer);
      },
      (error: Error) => {
        response.destroy();
        logFailure(nameOf(request), error);
      },
    );
  });

  const toText = (post: Call, answer: CallAnswer | undefined): string | undefined => {
    if (answer) logRefusal(post, answer);
    return answer && answerText(answer, clock.now());
  };
  const answerPost = (post: Call): string | undefined | Promise<string | undefined> => {
    const answer = api.answer(post);
    return answer instanceof Promise ? answer.then((late) => toText(post, late)) : toText(post, answer);
  };
  readPostsAhead(server, answerPost, (error) => logFailure('a call to @connections', error));
};

interface RequestLine {
  method?: string | undefined;
  url?: string | undefined;
}

/** Leaves out the query string, which may hold a token, and the connection id, which lets its holder post. */
const nameOf = ({ method, url = '' }: RequestLine): string => {
  const path = (url.split('?', 1)[0] as string).replace(/(\/(?:@|%40)connections\/).*/i, '$1…');
  return `${method} ${path.slice(0, MAX_PATH_LENGTH)}`;
};

/** `undefined` if the caller broke off, or if a fault leaves the call without an answer. */
const answerRequest = async (api: CallbackApi, request: IncomingMessage): Promise<CallAnswer | undefined> => {
  const { method = '', url = '', headers } = request;
  const early = api.answerHead({ method, url, headers });
  if (early) return early;
  const body = await readBody(request, MAX_MESSAGE_BYTES);
  return body === 'aborted' ? undefined : api.answer({ method, url, headers, body });
};
