// `import 'middy-fanout/preload/channels'` loads the channel table and the channel queue with the function, for a route
// that needs them for every event (`publish`, `subscribe`). Otherwise the first event loads them.
import '../../aws/channels/dynamo-channel-table.ts';
import '../../aws/channels/sqs-channel-queue.ts';
