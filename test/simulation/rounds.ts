/** Counts the rounds of requests of one invocation: give `turn` to it, and read `count` afterwards. */
export interface Rounds {
  readonly turn: (what: string) => Promise<void>;
  /** So many requests waited for one another: the longest chain of them. */
  readonly count: number;
}

/**
 * All requests take equally long: those that are sent while others are under way share their round, and whatever is sent after an answer belongs to the
 * next one.
 */
export function countRounds(): Rounds {
  let count = 0;
  let underWay: Promise<void> | undefined;
  const begin = () => {
    count += 1;
    return new Promise<void>((resolve) => {
      setImmediate(() => {
        underWay = undefined;
        resolve();
      });
    });
  };
  return {
    get count() {
      return count;
    },
    turn: async (what) => {
      if (what.startsWith('sleep')) return;
      underWay ??= begin();
      await underWay;
    },
  };
}
