import * as z from 'zod';
import { webSocketRoute } from '../../middleware/web-socket-route.ts';

const wave = z.strictObject({ action: z.literal('wave'), name: z.string().min(1).max(40) });
export const judge = (body: unknown) => wave.safeParse(body).success;
export const handler = webSocketRoute(wave).handler(() => {});
