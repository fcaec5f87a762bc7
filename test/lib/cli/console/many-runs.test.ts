import type { PlaceView } from '../../../../lib/console/ledger/place-view.ts';
import { Clock } from '../../../../packages/local-cloud/src/cloud/clock.ts';
import { type LedgerConsoles, startLedgerConsoles } from '../../../fixtures/ledger-console.ts';
import { ManyRuns } from '../../../fixtures/many-runs.ts';

const SETTLED = 2_480;
const OPEN = 20;
/** `open...`, three pages of `runs/`, and the two of a control that nobody has written yet. */
const EMPTY_REFRESH = 1 + 3 + 2;
/** The jobs of the file, each with a limit. */
const LIMITS = 9;

describe('a console on a ledger of very many runs', () => {
  let here: LedgerConsoles;
  let runs: ManyRuns;
  let view: PlaceView;
  // Everything was written long ago, and nothing is read twice because it may have been written just now.
  const clock = new Clock({ frozenAt: Date.now() - 3 * 3_600_000 });
  beforeAll(async () => {
    here = await startLedgerConsoles(['ops-ledger'], { clock });
    expect(here.jobs.jobs.size).toBe(LIMITS);
    runs = new ManyRuns(here.cloud, 'ops-ledger');
    // The open ones are the oldest.
    await runs.putOpen(SETTLED, SETTLED + OPEN);
    clock.advance(3_600_000);
    await runs.putSettled(0, SETTLED);
    view = await here.view();
  });
  afterAll(() => here.close());
  const refresh = async (): Promise<number> => {
    here.proxy.forget();
    view.refreshSoon();
    await view.refresh();
    return here.proxy.reads;
  };

  it('reads the open runs and the last two hundred at first, and no others', async () => {
    expect(await refresh()).toBe(EMPTY_REFRESH + OPEN + 200 + LIMITS);
    expect(view.rows()).toHaveLength(OPEN + 200);
    expect(view.rows().filter(({ state }) => state === 'waiting')).toHaveLength(OPEN);
    expect(view.info()).toMatchObject({ runs_left: SETTLED - 200 });
    expect(view.info()).not.toHaveProperty('trouble');
  });

  it('lists names when nothing has changed, and reads only what has', async () => {
    expect(await refresh()).toBe(EMPTY_REFRESH);

    clock.advance(60_000);
    await runs.putSettled(100, 103);
    expect(await refresh()).toBe(EMPTY_REFRESH + 3);
    expect(view.rows()).toHaveLength(OPEN + 200);
  });

  it('reads two hundred more when told to', async () => {
    view.more();

    expect(await refresh()).toBe(EMPTY_REFRESH + 200);
    expect(view.rows()).toHaveLength(OPEN + 400);
  });

  it('has sent nothing that could change anything', () => {
    expect(here.proxy.changes).toEqual([]);
  });
});
