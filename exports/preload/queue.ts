// `import 'middy-fanout/preload/queue'`: loads the broadcast queue with the function, for a route whose every event
// needs it (`broadcast`). Without it the first event waits for it.
import '../../aws/queue/sqs-broadcast-queue.ts';
