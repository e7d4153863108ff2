/** `403 ForbiddenException`, `ECONNREFUSED`: which error it was, without the service's text, which may echo the request. */
export const toDetail = (error: unknown): string => {
  const { $metadata, name, code } = (error ?? {}) as SdkError;
  return [$metadata?.httpStatusCode, code ?? name].filter(Boolean).join(' ');
};

interface SdkError {
  $metadata?: { httpStatusCode?: number };
  name?: string;
  code?: string;
}
