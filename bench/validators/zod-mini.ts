import * as z from 'zod/mini';
import { webSocketRoute } from '../../middleware/web-socket-route.ts';

const wave = z.strictObject({
  action: z.literal('wave'),
  name: z.string().check(z.minLength(1), z.maxLength(40)),
});
export const judge = (body: unknown) => wave.safeParse(body).success;
export const handler = webSocketRoute(wave).handler(() => {});
