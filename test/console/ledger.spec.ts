import type { Browser, Page } from 'playwright-core';
import type { LedgerSnapshot, PlaceInfo } from '../../lib/console/wire.ts';
import { launchBrowser, type OpenPage, openPage } from './browser.ts';
import { takePicture } from './picture.ts';
import { makeRun, ScriptedConsole } from './scripted-console.ts';

const EU: PlaceInfo = {
  name: 'eu-prod',
  ledger: 'obs://eu-ledger/prod/migrations/',
  jobs: ['restore-staging'],
  read_at: '2026-03-01T10:00:05.000Z',
  heartbeat: { late: true, last_tick_at: '2026-03-01T09:00:00.000Z', message: 'reconcile has not run for 60 minutes' },
  allows_changes: false,
  pauses: [
    { job: 'restore-staging', since: '2026-03-01T09:30:00.000Z', by: 'anna.1f', why: 'the cache is being resized' },
  ],
  budgets: [
    {
      job: 'restore-staging',
      limit: { runs: 20, per_seconds: 3600 },
      used: 20,
      used_up: true,
      resets_at: '2026-03-01T11:00:00.000Z',
      waiting: 2,
    },
  ],
  unreadable: [],
  runs_left: 12,
};
const ASIA: PlaceInfo = {
  name: 'asia',
  jobs: [],
  allows_changes: false,
  pauses: [],
  budgets: [],
  unreadable: [],
  trouble: 'ledger listObjects obs://asia-ledger/: 403 AccessDenied; give the function’s agency obs:bucket:ListBucket',
  runs_left: 0,
};
const SNAPSHOT: LedgerSnapshot = {
  places: [EU, ASIA],
  sets: [],
  runs: [
    makeRun(1, {
      place: 'eu-prod',
      state: 'waiting',
      reason: { code: 'paused', message: 'job restore-staging is paused' },
    }),
    makeRun(1, { place: 'asia', state: 'succeeded' }),
  ],
};

let browser: Browser;
let server: ScriptedConsole;
let opened: OpenPage;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});
beforeEach(async () => {
  server = new ScriptedConsole();
  server.only = SNAPSHOT;
  await server.start();
  opened = await openPage(browser, server.url, { timezoneId: 'Asia/Singapore' });
  page = opened.page;
  await page.locator('#connection[data-word="connected"]').waitFor();
});
afterEach(async () => {
  await opened?.close();
  await server.stop();
});

const places = () => page.locator('#places > li');

describe('the page of ledgers', () => {
  it('has nothing that belongs to a local system', async () => {
    for (const id of ['#drop-form', '#faults', '#timers', '#again', '#events', '#tab-tasks', '#tab-jobs']) {
      expect(await page.locator(id).isVisible()).toBe(false);
    }
    expect(await page.locator('#runs tbody tr:not(.spacer)').count()).toBe(2);
    expect(opened.errors).toEqual([]);
  });

  it('says for each place whether it can be read, whether reconcile runs, what is paused, and which limit is used up', async () => {
    const [eu, asia] = await places().allTextContents();

    expect(eu).toContain('obs://eu-ledger/prod/migrations/');
    expect(eu).toContain('reconcile has not run for 60 minutes');
    expect(eu).toContain('Job restore-staging is paused since 1 Mar, 17:30 by anna.1f: the cache is being resized');
    expect(eu).toContain(
      'Limit of restore-staging: 20 of 20 runs per 1 h used; the next may start 1 Mar, 19:00; 2 runs waiting for it',
    );
    expect(asia).toContain('Cannot be read: ledger listObjects obs://asia-ledger/: 403 AccessDenied');
    expect(await page.getByText('12 older runs not shown.').isVisible()).toBe(true);
  });

  it('filters by place, and opens a run of the chosen one with its advice, in full and with its time zone', async () => {
    const { job, run } = makeRun(1);
    server.answers[`GET /api/places/eu-prod/runs/${job}/${run}`] = {
      place: 'eu-prod',
      view: {
        job,
        run,
        state: 'waiting',
        received_at: '2026-03-01T10:00:00.000Z',
        reason: { code: 'paused', message: 'paused' },
      },
      source: 'x',
      origin: { region: 'eu-west-101', stage: 'prod' },
      advice: { code: 'paused', meaning: 'The job is paused.', remedy: 'Resume it.' },
      history: [{ at: '2026-03-01T10:00:00.000Z', event: 'received', by: 'w' }],
      next_steps: [{ command: 'npx migrations resume', what: 'allow creating again, for all jobs' }],
    };
    await page.locator('#filter-place').selectOption('eu-prod');
    expect(await page.locator('#runs tbody tr:not(.spacer)').count()).toBe(1);
    expect(await page.locator('#runs tbody .column-place').textContent()).toBe('eu-prod');
    await page.locator('#runs .open').click();
    await page.locator('.timeline li').waitFor();

    const facts = await page.locator('#detail dl').textContent();
    expect(facts).toContain('eu-prod');
    expect(facts).toContain('Resume it.');
    expect(facts).toContain('1 Mar 2026, 18:00:00 (Asia/Singapore), 2026-03-01T10:00:00Z');
    expect(facts).toContain('region eu-west-101, stage prod');
    expect(await page.locator('#detail').textContent()).toContain('Times in Asia/Singapore');
    expect(await page.getByRole('button', { name: 'Do it here' }).count()).toBe(0);
    expect(opened.errors).toEqual([]);
    await page.locator('#filter-place').selectOption('');
    await takePicture(page, 'places');
  });

  it('gives each of many places one line until it is unfolded, so that all are in view', async () => {
    const many = Array.from({ length: 6 }, (_, at) => ({ ...EU, name: `eu-${at}` }));
    server.only = { ...SNAPSHOT, places: [...many, ASIA] };
    await page.reload();
    await places().nth(6).waitFor();

    for (const place of await places().all()) expect((await place.boundingBox())?.height).toBeLessThan(40);
    const list = await page.locator('#places').evaluate((one) => one.scrollHeight - one.clientHeight);
    expect(list).toBeLessThanOrEqual(1);
    expect(await page.getByText('Cannot be read').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'eu-3: 1 pause, 1 limit' }).click();
    expect(await places().nth(3).getByText('Job restore-staging is paused').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'asia: Details' }).click();
    expect(await page.getByText('Cannot be read').isVisible()).toBe(true);
    server.send('places', [...many.map((one) => ({ ...one, runs_left: 1 })), ASIA]);
    await page.getByText('6 older runs not shown.').waitFor();
    expect(await places().nth(3).getByText('Job restore-staging is paused').isVisible()).toBe(true);
  });

  it('names the place of an open set', async () => {
    const set = {
      place: 'asia',
      job: 'import-set',
      prefix: 'day-1/',
      state: 'waiting',
      files: 1,
      waits_for: [],
    } as const;
    server.send('sets', [{ ...set, message: 'a file is missing', hints: [] }]);
    await page.locator('#sets-list li').waitFor();

    expect(await page.locator('#sets-list strong').textContent()).toBe('asia import-set');
  });

  it.each([
    [1280, 350],
    [800, 300],
    [400, 320],
  ])('gives reasons room at a width of %i, cuts no state, and says which place it is', async (width, least) => {
    await page.setViewportSize({ width, height: 800 });
    const row = page.locator('#runs tbody tr:not(.spacer)', { hasText: 'paused' });
    const reason = row.locator('.what');

    await page.waitForFunction((pixels) => (document.querySelector('#runs .what')?.clientWidth ?? 0) >= pixels, least);
    expect(await reason.evaluate((cell) => cell.scrollHeight <= cell.clientHeight)).toBe(true);
    for (const chip of await page.locator('#runs .chip').all()) {
      const { right, cell } = await chip.evaluate((one) => ({
        right: one.getBoundingClientRect().right,
        cell: one.parentElement?.getBoundingClientRect().right ?? 0,
      }));
      expect(right).toBeLessThanOrEqual(cell);
    }
    const named = await row.locator('.column-place:visible, .where:visible').allTextContents();
    expect(named).toEqual(['eu-prod']);
    const [first, second] = await page.locator('#runs tbody tr:not(.spacer)').all();
    const [top, next] = [await first?.boundingBox(), await second?.boundingBox()];
    expect(next?.y).toBe((top?.y ?? 0) + (top?.height ?? 0));
  });

  it('removes runs that are no longer shown, and asks for more when told to', async () => {
    server.answers['POST /api/more'] = {};
    server.send('gone', [`asia/${makeRun(1).job}/${makeRun(1).run}`]);
    await page.waitForFunction(() => document.querySelectorAll('#runs tbody tr:not(.spacer)').length === 1);

    const asked = page.waitForRequest((request) => request.url().endsWith('/api/more'));
    await page.getByRole('button', { name: 'Show more' }).click();
    expect((await asked).headers()['x-console']).toBe('1');
  });
});

describe('changes on the page of ledgers', () => {
  const { job, run } = makeRun(1);
  beforeEach(async () => {
    server.send('places', [{ ...EU, allows_changes: true }]);
    server.answers[`GET /api/places/eu-prod/runs/${job}/${run}`] = {
      place: 'eu-prod',
      view: { job, run, state: 'waiting' },
      source: 'x',
      history: [],
      next_steps: [{ command: 'npx migrations runs park', what: 'hold it back', change: { kind: 'park' } }],
    };
    server.answers['POST /api/places/eu-prod/changes/plan'] = {
      question: `Park job ${job}, run ${run}?`,
      notes: ['a note'],
    };
    server.answers['POST /api/places/eu-prod/changes'] = { done: true, lines: ['parked it'] };
  });
  const bodies = () => server.bodies.map((text) => JSON.parse(text));

  it('are made only after the question of the server, which the dialog shows with the place, was answered with yes', async () => {
    await page.locator('#runs .open').first().click();
    await page.getByRole('button', { name: 'Do it here: hold it back' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('it is being checked');
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.getByText(`Park job ${job}, run ${run}?`).waitFor();
    expect(await dialog.textContent()).toContain('Place: eu-prod, obs://eu-ledger/prod/migrations/');
    expect(await dialog.textContent()).toContain('a note');
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('it is being checked');
    expect(await dialog.getByLabel('Reason').isEnabled()).toBe(false);
    await takePicture(page, 'change');
    const change = { kind: 'park', job, run, why: 'it is being checked' };
    expect(bodies()).toEqual([change]);

    await dialog.getByRole('button', { name: 'Yes' }).click();
    await dialog.getByText('parked it').waitFor();
    expect(bodies()).toEqual([change, { change, question: `Park job ${job}, run ${run}?`, notes: ['a note'] }]);
    await page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(false);
    expect(await page.locator('#detail').isVisible()).toBe(true);
    expect(opened.errors).toEqual([]);
  });

  it('are not made by the second click of a double click, which the question has only just come under', async () => {
    await page.getByRole('button', { name: 'Resume restore-staging' }).click();
    const yes = page.getByRole('dialog').getByRole('button', { name: 'Yes' });
    const { x, y, width, height } = (await yes.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down({ clickCount: 2 });
    await page.mouse.up({ clickCount: 2 });
    expect(bodies()).toEqual([{ kind: 'resume', job: 'restore-staging' }]);

    await yes.click();
    await page.getByRole('dialog').getByText('parked it').waitFor();
    expect(bodies()).toHaveLength(2);
  });

  it('are not made if the answer is no', async () => {
    await page.getByRole('button', { name: 'Resume restore-staging' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`Park job ${job}, run ${run}?`).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('No');
    await page.keyboard.press('Enter');

    expect(await dialog.isVisible()).toBe(false);
    expect(bodies()).toEqual([{ kind: 'resume', job: 'restore-staging' }]);
  });

  it('show no answer to a question that was asked before the dialog was closed', async () => {
    let answer = () => undefined as unknown;
    const isAsked = new Promise<void>((asked) => {
      void page.route(
        '**/changes/plan',
        (route) => {
          answer = () => route.fulfill({ json: { question: 'Resume the wrong one?', notes: [] } });
          asked();
        },
        { times: 1 },
      );
    });
    await page.getByRole('button', { name: 'Resume restore-staging' }).click();
    await isAsked;
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Pause jobs of eu-prod' }).click();
    const isAnswered = page.waitForResponse('**/changes/plan');
    await answer();
    await isAnswered;

    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.getByText(`Park job ${job}, run ${run}?`).waitFor();
    expect(await dialog.textContent()).not.toContain('wrong one');
    expect(bodies()).toEqual([{ kind: 'pause' }]);
  });

  it('ask again after a refusal', async () => {
    delete server.answers['POST /api/places/eu-prod/changes'];
    await page.getByRole('button', { name: 'Resume restore-staging' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Yes' }).click();
    await dialog.getByText('Nothing exists at this path.').waitFor();
    await dialog.getByRole('button', { name: 'Ask again' }).click();
    await dialog.getByRole('button', { name: 'Yes' }).waitFor();

    const asked = { kind: 'resume', job: 'restore-staging' };
    expect(bodies()).toEqual([asked, { change: asked, question: expect.anything(), notes: ['a note'] }, asked]);
  });

  it('show why the server refuses', async () => {
    delete server.answers['POST /api/places/eu-prod/changes/plan'];
    await page.getByRole('button', { name: 'Pause jobs of eu-prod' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Job').selectOption('restore-staging');
    await dialog.getByRole('button', { name: 'Continue' }).click();

    await dialog.getByText('Nothing exists at this path.').waitFor();
    expect(bodies()).toEqual([{ kind: 'pause', job: 'restore-staging' }]);
  });
});
