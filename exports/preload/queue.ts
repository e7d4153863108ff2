// `import 'middy-fanout/preload/queue'` loads the broadcast queue with the function, for a route that needs it for
// every event (`broadcast`). Otherwise the first event loads it.
import '../../aws/queue/sqs-broadcast-queue.ts';
