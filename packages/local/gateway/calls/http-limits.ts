/** Largest request line and headers, in bytes: API Gateway's 10,240 for headers, plus its longest URL. */
export const MAX_HEADER_BYTES = 10_240 + 4_096;
/** Longest time to send the headers, in milliseconds from the first byte (our choice). */
export const HEADERS_TIMEOUT_MS = 10_000;
/** Longest idle time of a keep-alive connection, in milliseconds. Clients wait less, so they close it first. */
export const KEEP_ALIVE_MS = 350_000;
