/** What a route's function answers to API Gateway. It matters on `$connect`, and where a route has a route response. */
export interface RouteResponse {
  statusCode: number;
  headers?: Readonly<Record<string, string>>;
  /** Reaches the client only where the route has a route response. */
  body?: string;
}
