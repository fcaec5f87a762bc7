/** The clock of a process whose `Date` can be moved. */
export interface MovedDate {
  /** Epoch ms, moved. It stays the same function when somebody replaces `Date`. */
  readonly now: () => number;
  /** @param offsetMs how far it is ahead of real time from now on */
  setOffset(offsetMs: number): void;
}

/**
 * Lets `Date` of this process be moved: `Date.now()`, `new Date()` and `Date()` then have the moved time, everything else stays as it is. Until an
 * offset is set, `Date` is untouched. Timers, and what the operating system says of files, keep real time.
 */
export function moveDate(): MovedDate {
  const RealDate = Date;
  const realNow = Date.now;
  let offset = 0;
  let isReplaced = false;
  const now = () => realNow() + offset;

  function replace(): void {
    const replaced: DateConstructor = new Proxy(RealDate, {
      apply: () => new RealDate(now()).toString(),
      construct: (target, args: unknown[], newTarget): Date =>
        Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === replaced ? target : newTarget),
      get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
    });
    RealDate.prototype.constructor = replaced;
    globalThis.Date = replaced;
  }

  return {
    now,
    setOffset(offsetMs) {
      offset = offsetMs;
      if (offset === 0 || isReplaced) return;
      isReplaced = true;
      replace();
    },
  };
}
