import { type } from 'arktype';
import { webSocketRoute } from '../../middleware/web-socket-route.ts';

const wave = type({ action: "'wave'", name: '1 <= string <= 40', '+': 'reject' });
export const judge = (body: unknown) => wave.allows(body);
export const handler = webSocketRoute(wave).handler(() => {});
