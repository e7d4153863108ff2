/** The file of a handler, without its ending: `folder/fan-out` of `folder/fan-out.handler`. */
export const handlerModule = (handler: string): string => handler.replace(/\.[^/]*$/, '');
