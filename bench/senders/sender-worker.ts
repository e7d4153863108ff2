// The process of the sender: imports the bundled handler, warms it up, and sends the medians of its events.
import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { median } from '../timing.ts';

const WARM_UPS = 50;
const [, , file = '', messages = ''] = process.argv;
const { handler } = (await import(pathToFileURL(file).href)) as {
  handler: (event: unknown, context: unknown) => Promise<{ statusCode: number }>;
};

/** The medians of the events of a handler, in milliseconds. */
export interface Sent {
  /** How many events were handled. It includes the events that warm the function up. */
  sent: number;
  tookMs: number;
  /** CPU time of the process, user and system. */
  cpuMs: number;
}

const send = async (): Promise<Omit<Sent, 'sent'>> => {
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
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const { statusCode } = await handler({ requestContext, body, isBase64Encoded: false }, context);
  const tookMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (statusCode !== 200) throw new Error(`Expected the function to answer 200, got ${statusCode}`);
  return { tookMs, cpuMs: (user + system) / 1_000 };
};

const measured: Omit<Sent, 'sent'>[] = [];
for (let message = -WARM_UPS; message < Number(messages); message += 1) {
  const one = await send();
  if (message >= 0) measured.push(one);
}
const medians: Sent = {
  sent: WARM_UPS + Number(messages),
  tookMs: median(measured.map(({ tookMs }) => tookMs)),
  cpuMs: median(measured.map(({ cpuMs }) => cpuMs)),
};
process.send?.(medians, () => process.exit());
