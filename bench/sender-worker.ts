// The process of the sender: imports the bundled handler, warms it up, and sends the median time of its events.
import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { median } from './timing.ts';

const WARM_UPS = 50;
const [, , file = '', messages = ''] = process.argv;
const { handler } = (await import(pathToFileURL(file).href)) as {
  handler: (event: unknown, context: unknown) => Promise<{ statusCode: number }>;
};

const send = async (): Promise<number> => {
  const id = `${randomBytes(11).toString('base64url')}=`;
  const requestContext = {
    connectionId: id,
    routeKey: 'send-message',
    eventType: 'MESSAGE',
    requestId: id,
    stage: 'production',
  };
  const body = JSON.stringify({ action: 'send-message', message: 'x'.repeat(1_000) });
  const context = { awsRequestId: id, functionName: 'bench', getRemainingTimeInMillis: () => 10_000 };
  const startedAt = performance.now();
  const { statusCode } = await handler({ requestContext, body, isBase64Encoded: false }, context);
  const tookMs = performance.now() - startedAt;
  if (statusCode !== 200) throw new Error(`Expected the function to answer 200, got ${statusCode}`);
  return tookMs;
};

const took: number[] = [];
for (let message = -WARM_UPS; message < Number(messages); message += 1) {
  const tookMs = await send();
  if (message >= 0) took.push(tookMs);
}
process.send?.(median(took), () => process.exit());
