import * as v from 'valibot';
import { webSocketRoute } from '../../middleware/web-socket-route.ts';

const wave = v.strictObject({ action: v.literal('wave'), name: v.pipe(v.string(), v.minLength(1), v.maxLength(40)) });
export const judge = (body: unknown) => v.safeParse(wave, body).success;
export const handler = webSocketRoute(wave).handler(() => {});
