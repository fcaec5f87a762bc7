import { REAL_TIMERS } from '../fixtures/real-timers.ts';

/** Replaces the time of this process, and only that: sockets and timers go on. */
export function useVirtualTime(): void {
  beforeAll(() => {
    jest.useFakeTimers({ doNotFake: [...REAL_TIMERS] });
  });
  afterAll(() => {
    jest.useRealTimers();
  });
}
