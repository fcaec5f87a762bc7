import { promiseHooks } from 'node:v8';

/**
 * Counts the continuations of awaits (and of `then` callbacks) in this process. Code runs uninterrupted between these points, so killing the
 * process at each of them covers every place where it can be interrupted.
 *
 * The same work has the same count if it awaits the same things; a response that arrives in more chunks may add some.
 *
 * @param onCount called before each continuation runs, with its number from 1
 */
export function countAwaits(onCount: (awaits: number) => void): { stop(): number } {
  let awaits = 0;
  const stop = promiseHooks.onBefore(() => {
    awaits += 1;
    onCount(awaits);
  });
  return {
    stop: () => {
      stop();
      return awaits;
    },
  };
}
