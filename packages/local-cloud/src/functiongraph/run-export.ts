import type { FunctionContext } from './worker-context.ts';

type Callback = (error: unknown, result?: unknown) => void;
type Export = (...args: unknown[]) => unknown;

/**
 * Runs a handler as the platform does: a real `async` function, recognized by its constructor's name, is awaited. Any other function responds
 * through `callback(error, result)` or by its return value, which is **not** awaited: a promise becomes `{}` (emulator `serverless-huawei-functions`, `resources/app.js`; developer guide functiongraph_02_0501).
 *
 * @returns the handler's result
 * @throws what the handler threw or passed to `callback` as the error
 */
export async function runHandler(
  handler: Export,
  event: unknown,
  context: FunctionContext,
  warn: (text: string) => void,
): Promise<unknown> {
  if (handler.constructor.name === 'AsyncFunction') return handler(event, context);

  return new Promise((resolve, reject) => {
    const callback: Callback = (error, result) => (isError(error) ? reject(error) : resolve(result));
    const returned = handler(event, context, callback);
    if (returned === undefined) return;
    if (returned instanceof Promise) {
      returned.catch(() => undefined);
      warn('The handler is not an async function: the promise it returned is not awaited, and its result is lost.');
      // Not `returned`, because resolve() would await it.
      resolve({});
      return;
    }
    resolve(returned);
  });
}

/**
 * Runs an initializer: it ends when it calls `callback`. Its return value is ignored, because it is not documented that an async initializer is
 * awaited.
 *
 * @throws what it threw or passed to `callback` as the error
 */
export async function runInitializer(initializer: Export, context: FunctionContext): Promise<void> {
  return new Promise((resolve, reject) => {
    const callback: Callback = (error) => (isError(error) ? reject(error) : resolve());
    const returned = initializer(context, callback);
    if (returned instanceof Promise) returned.catch(reject);
  });
}

function isError(error: unknown): boolean {
  return error !== null && error !== undefined;
}
