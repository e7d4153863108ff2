/** An interface whose every member is an asynchronous method. */
type AsyncMethods<T> = { [K in keyof T]: (...parameters: never[]) => Promise<unknown> };

/**
 * A stand-in that loads the real thing when one of its methods is first called, so that a function's cold start pays
 * only for the clients that its events need. An implementation that the function imports itself is loaded already.
 */
export const loadOnFirstUse = <T extends AsyncMethods<T>>(load: () => Promise<T>): T => {
  let loaded: Promise<T> | undefined;
  const call =
    (name: keyof T) =>
    async (...parameters: never[]): Promise<unknown> => {
      loaded ??= load();
      return (await loaded)[name](...parameters);
    };
  // Without a `then`, or whoever awaits it would load it.
  return new Proxy({} as T, { get: (_, name) => (name === 'then' ? undefined : call(name as keyof T)) });
};
