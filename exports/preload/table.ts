// `import 'middy-fanout/preload/table'`: loads the connection table with the function, for a route whose every event
// needs it (`keepConnection`, `services.connections`). Without it the first event waits for it.
import '../../aws/connections/dynamo-connection-table.ts';
