import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConsoleContent } from '../../../lib/console/content.ts';
import { LiveState } from '../../../lib/console/live-state.ts';
import { StreamHub } from '../../../lib/console/stream-hub.ts';
import { Watcher } from '../../fixtures/console-system.ts';

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('LiveState', () => {
  const refreshed = { quick: 0, stuck: 0 };
  const content: ConsoleContent = {
    refreshes: [
      async () => {
        refreshed.quick += 1;
      },
      // A ledger that does not respond.
      () => {
        refreshed.stuck += 1;
        return new Promise(() => undefined);
      },
    ],
    routes: {},
    snapshot: () => ({ places: [], runs: [], sets: [] }),
    close: () => undefined,
  };

  it('refreshes only while a page is open, and one place that hangs holds nothing up', async () => {
    const hub = new StreamHub({ redact: (text) => text });
    const state = new LiveState(content, hub);
    const server = createServer((_, response) => void state.watch(response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect(refreshed).toEqual({ quick: 0, stuck: 0 });

    const watcher = await Watcher.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await watcher.next('snapshot');
    await until(() => refreshed.quick >= 3);
    expect(refreshed.stuck).toBe(1);
    watcher.close();
    await until(() => hub.size === 0);
    // One that was due may still come.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { quick } = refreshed;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(refreshed.quick).toBe(quick);

    state.close();
    server.close();
  });
});
