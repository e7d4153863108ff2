/** The stage and the connection id in `/{stage}/@connections/{id}`, decoded; `%40` is an `@`. `undefined` for another path. */
export const connectionsPath = (url: string): { stageName: string; connectionId: string } | undefined => {
  const [stageName, resource, connectionId, more] = (url.split('?', 1)[0] as string).slice(1).split('/').map(decode);
  if (!stageName || resource !== '@connections' || connectionId === undefined || more !== undefined) return undefined;
  return { stageName, connectionId };
};

/** A part that cannot be decoded stays as it is: it matches nothing. */
const decode = (part: string): string => {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
