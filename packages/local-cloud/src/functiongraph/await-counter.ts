import { promiseHooks } from 'node:v8';

/**
 * Counts the continuations of awaits (and of `then` callbacks) in this process from now on: the points between which code of a
 * function runs undisturbed, so that ending the process at each of them is ending it at every place where it can be interrupted.
 *
 * The same work has the same number, as far as it awaits the same things: replies that come in more pieces may add some.
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
