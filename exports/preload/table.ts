// `import 'middy-fanout/preload/table'` loads the connection table with the function, for a route that needs it for
// every event (`keepConnection`, `services.connections`). Otherwise the first event loads it.
import '../../aws/connections/dynamo-connection-table.ts';
