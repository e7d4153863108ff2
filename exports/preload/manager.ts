// `import 'middy-fanout/preload/manager'`: loads the client of `@connections` with the function, for a route whose every
// event needs it (`services.manager`). Without it the first event waits for it.
import '../../aws/connections/sdk-connection-manager.ts';
