/**
 * Makes this thread's `Date` follow a movable clock. The main thread keeps the system's `Date`, because its code uses a
 * `Clock`. Timers do not move: a function or an engine takes real time.
 */
export const moveDate = (offset: SharedArrayBuffer | undefined): void => {
  if (!offset) return;
  const ahead = new Float64Array(offset);
  const systemNow = Date.now;
  const now = () => systemNow() + (ahead[0] as number);
  Date.now = now;
  globalThis.Date = new Proxy(Date, {
    construct: (target, parameters, newTarget) =>
      Reflect.construct(target, parameters.length === 0 ? [now()] : parameters, newTarget),
    apply: () => new Date(now()).toString(),
  });
};
