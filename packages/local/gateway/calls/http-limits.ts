/** Most bytes of a request's line and headers: API Gateway's 10,240 for headers, and its longest URL. */
export const MAX_HEADER_BYTES = 10_240 + 4_096;
/** From the first byte on. Ours. */
export const HEADERS_TIMEOUT_MS = 10_000;
/** Longer than any client's own, so that it is the client that lets go of an idle keep-alive connection. */
export const KEEP_ALIVE_MS = 350_000;
