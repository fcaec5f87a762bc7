import type { FunctionContext } from './worker-context.ts';

type Callback = (error: unknown, result?: unknown) => void;
type Export = (...args: unknown[]) => unknown;

/**
 * Runs a handler as the platform does: a real `async` function is awaited, and is told apart by its constructor's name. Any other
 * function answers through `callback(error, result)`, or by what it returns, which is **not** awaited: a promise becomes `{}`
 * (emulator `serverless-huawei-functions`, `resources/app.js`; developer guide functiongraph_02_0501).
 *
 * @returns what the handler gave
 * @throws what the handler threw, or gave to `callback` as its error
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
      warn(
        'The handler is not an async function: the promise that it returned is not awaited, and its result is lost.',
      );
      // Wrapped, for resolve() would await it.
      resolve({});
      return;
    }
    resolve(returned);
  });
}

/**
 * Runs an initializer: it is over when it calls `callback`. What it returns does not count: that an async one is awaited is
 * documented nowhere.
 *
 * @throws what it threw, or gave to `callback` as its error
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
