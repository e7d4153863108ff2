import { validateBody } from '../../middleware/body/validate-body.ts';
import { webSocketRoute } from '../../middleware/web-socket-route.ts';

export const judge = (body: unknown) => typeof body === 'object';
export const handler = webSocketRoute()
  .use(validateBody((body): body is object => typeof body === 'object'))
  .handler(() => {});
