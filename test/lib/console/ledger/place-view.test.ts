import { type ConsolePlace, LOCAL_PACE } from '../../../../lib/console/ledger/console-place.ts';
import { PlaceView } from '../../../../lib/console/ledger/place-view.ts';
import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import { makeProjectWithRuns, type ProjectWithRuns } from '../../../fixtures/project-with-runs.ts';

const nothing = () => undefined;

describe('what is shown of a place', () => {
  let project: ProjectWithRuns;
  beforeEach(async () => {
    project = await makeProjectWithRuns();
  });
  afterEach(() => project.remove());
  const viewOf = (parts: Partial<ConsolePlace>) => {
    const ledger = project.simulation.ledger();
    const { jobs } = project;
    const open = async () => ({ ledger, where: 'a folder', loadJobs: async () => jobs });
    const place = { name: 'a', pace: LOCAL_PACE, open, command: { before: '', flags: '' }, ...parts };
    return { ledger, view: new PlaceView(place, { onRows: nothing, onGone: nothing, onChange: nothing }) };
  };

  it('that cannot be opened is tried again at its pace, not at each refresh', async () => {
    let opened = 0;
    const open = async () => {
      opened += 1;
      throw new LedgerError('ledger: not there', { temporary: true });
    };
    const { view } = viewOf({ open, pace: { ...LOCAL_PACE, scanMs: 60_000 } });

    await view.refresh();
    await view.refresh();

    expect(opened).toBe(1);
    expect(view.info().trouble).toBe('ledger: not there');
  });

  it('that took long to fail is tried again at its pace', async () => {
    const { ledger, view } = viewOf({ pace: { ...LOCAL_PACE, scanMs: 0 } });
    const list = ledger.store.list;
    let lists = 0;
    ledger.store.list = async (...args) => {
      lists += 1;
      if (lists > 1) return list(...args);
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new LedgerError('ledger list: no response', { temporary: true });
    };

    await view.refresh();
    expect(view.info().trouble).toBe('ledger list: no response');
    await view.refresh();
    expect(view.info()).not.toHaveProperty('trouble');
  });

  it('is read again after a change that was made while it was being read', async () => {
    const { ledger, view } = viewOf({ pace: { ...LOCAL_PACE, scanMs: 60_000 } });
    const list = ledger.store.list;
    let lists = 0;
    ledger.store.list = async (...args) => {
      lists += 1;
      if (lists === 1) view.refreshSoon();
      return list(...args);
    };

    await view.refresh();
    const once = lists;
    await view.refresh();
    expect(lists).toBeGreaterThan(once);
    const twice = lists;
    await view.refresh();
    expect(lists).toBe(twice);
  });
});
