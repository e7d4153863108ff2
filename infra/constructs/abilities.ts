/**
 * What a route may do beyond answering its caller:
 * - `broadcast`: send to the broadcast queue (`context.broadcast`).
 * - `keep`: write its caller's row, so that activity keeps it (`keepConnection`).
 * - `inspect`: ask what API Gateway knows of a connection.
 * - `disconnect`: close a connection from the server.
 */
export const ABILITIES = ['broadcast', 'keep', 'inspect', 'disconnect'] as const;

export type Ability = (typeof ABILITIES)[number];
