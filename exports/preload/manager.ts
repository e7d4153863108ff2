// `import 'middy-fanout/preload/manager'` loads the client of `@connections` with the function, for a route that needs
// it for every event (`services.manager`). Otherwise the first event loads it.
import '../../aws/connections/sdk-connection-manager.ts';
