import { webSocketRoute } from '../../middleware/web-socket-route.ts';
import { wave } from './wave.validator.ts';

export const judge = (body: unknown) => wave(body);
export const handler = webSocketRoute(wave).handler(() => {});
