import type { Stage } from '../../model/application.ts';

/** Headers or query parameters as they came: in their order, repeated ones repeated. */
export type NameValues = readonly (readonly [name: string, value: string])[];

/** What a valid upgrade request said. */
export interface Handshake {
  stage: Stage;
  /** The API's own, or a custom one. */
  domainName: string;
  /** In the client's case. */
  headers: NameValues;
  /** Decoded; empty without a query string. */
  query: NameValues;
  sourceIp: string;
  userAgent?: string;
}
