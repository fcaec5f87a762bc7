import type { Browser, Page } from 'playwright-core';
import type { RunViewState } from '../../lib/runs/report/run-view.ts';
import { launchBrowser, type OpenPage, openPage } from './browser.ts';
import { contrast } from './contrast.ts';
import { longestTask } from './long-tasks.ts';
import { makeRun, makeRuns, ScriptedConsole } from './scripted-console.ts';

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
  await server.start();
});
afterEach(async () => {
  await opened?.close();
  await server.stop();
});

async function open(options: Parameters<typeof openPage>[2] = {}): Promise<void> {
  opened = await openPage(browser, server.url, options);
  page = opened.page;
  await page.locator('#connection[data-word="connected"]').waitFor();
}

const rowTexts = () => page.locator('#runs tbody tr:not(.spacer) .name').allTextContents();

describe('the page', () => {
  it('says what to do first if there is nothing to show', async () => {
    await open();

    expect(await page.locator('#runs .empty').textContent()).toMatch(/^No runs yet\. Drop a file on a bucket/);
    expect(await page.locator('#events-empty').textContent()).toMatch(/^No events yet/);
    await page.getByRole('tab', { name: 'Tasks' }).click();
    expect(await page.locator('#tasks .empty').textContent()).toMatch(/^No tasks yet/);
    expect(opened.errors).toEqual([]);
  });

  it('shows a run, its new state and an event as they arrive, without a reload', async () => {
    await open();
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));

    server.send('runs', [makeRun(1, { state: 'waiting' })]);
    await page.locator('#runs [data-word="waiting"]').waitFor();
    server.send('runs', [makeRun(1, { state: 'succeeded', progress: { text: '12 keys', percent: 100 } })]);
    server.send('event', { id: 1, at: '2026-03-01T10:00:05.000Z', topic: 'object', text: 'landed', tone: 'plain' });
    await page.locator('#runs [data-word="succeeded"]').waitFor();
    await page.getByText('landed').waitFor();

    expect(await page.locator('#runs tbody tr').count()).toBe(1);
    expect(await page.locator('#runs progress').evaluate((bar) => (bar as HTMLProgressElement).value)).toBe(100);
    expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true);
  });

  it('shows the open sets while there are any', async () => {
    await open({ timezoneId: 'Asia/Singapore' });
    expect(await page.locator('#sets').isVisible()).toBe(false);

    server.send('sets', [
      {
        place: 'local',
        job: 'import-set',
        bucket: 'backups',
        prefix: 'prod/day-1/',
        state: 'waiting',
        files: 1,
        waits_for: [{ condition: 'marker', name: '_SUCCESS' }],
        message: '1 file found, but _SUCCESS is missing',
        hints: ['prod/day-1/_success is not the marker _SUCCESS: the name must match exactly'],
        deadline: '2026-03-14T18:00:00.000Z',
      },
    ]);
    await page.locator('#sets-list li').waitFor();

    expect(await page.locator('#sets-list li').allTextContents()).toEqual([
      'import-set backups/prod/day-1/: waiting until 15 Mar, 02:001 file found, but _SUCCESS is missingprod/day-1/_success is not the marker _SUCCESS: the name must match exactly',
    ]);
    server.send('sets', []);
    await page.locator('#sets').waitFor({ state: 'hidden' });
    expect(opened.errors).toEqual([]);
  });

  it('shows hostile names as text', async () => {
    const hostile = '<img src=x onerror="window.hacked = true"><script>window.hacked = true</script>';
    server.snapshot = {
      ...server.snapshot,
      runs: [makeRun(1, { source: hostile, reason: { code: 'task_failed', message: hostile } })],
      tasks: [
        {
          kind: 'DCS',
          id: 'a',
          name: hostile,
          status: hostile,
          target: hostile,
          created_at: '2026-03-01T10:00:00.000Z',
          updated_at: '2026-03-01T10:00:00.000Z',
        },
      ],
      sets: [
        {
          place: 'local',
          job: hostile,
          prefix: hostile,
          bucket: hostile,
          state: 'waiting',
          waits_for: [],
          message: hostile,
          hints: [hostile],
        },
      ],
      events: [{ id: 1, at: '2026-03-01T10:00:00.000Z', topic: 'object', text: hostile, tone: 'bad' }],
      buckets: [{ name: hostile, watched: [{ job: hostile, key: hostile }], sample_key: hostile }],
      timers: [{ name: hostile, function: 'schedule', schedule: hostile }],
      requests: [{ job: hostile, accepts: [hostile], auth: 'bearer', sample_body: { a: hostile } }],
      faults: [{ id: 1, fault: hostile, remaining: 1, text: hostile }],
      messages: [{ id: 'm', at: '2026-03-01T10:00:00.000Z', topic: hostile, subject: hostile, text: hostile }],
      cloud_eye: {
        alarms: [{ id: 'a', name: hostile, watches: hostile, condition: hostile, state: 'ok', changed_at: hostile }],
        metrics: [{ name: hostile, value: 1, unit: hostile, at: hostile }],
        events: [{ id: 'e', at: hostile, name: hostile, level: hostile, content: hostile }],
      },
      jobs_file: {
        path: hostile,
        text: hostile,
        problems: [{ line: 1, path: hostile, message: hostile, level: 'error' }],
        changed_since_start: true,
      },
    };
    const { job, run } = makeRun(1);
    server.answers[`GET /api/places/local/runs/${job}/${run}`] = {
      view: { job, run, state: 'failed' },
      source: hostile,
      history: [{ at: '2026-03-01T10:00:00.000Z', event: hostile, by: hostile, details: { [hostile]: hostile } }],
      next_steps: [{ command: hostile, what: hostile }],
    };
    await open();
    await page.locator('#runs .open').click();
    await page.locator('.timeline li').waitFor();
    for (const tab of ['Tasks', 'Jobs file', 'Messages', 'Cloud Eye'])
      await page.getByRole('tab', { name: tab }).click();

    expect(await page.locator('img, body script').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    for (const place of [
      '#runs',
      '#tasks',
      '#events',
      '#detail',
      '#drop-watched',
      '#timers',
      '#faults',
      '#jobs-text',
      '#messages',
      '#cloud-eye-alarms',
      '#cloud-eye-metrics',
      '#cloud-eye-events',
    ]) {
      expect(await page.locator(place).textContent()).toContain(hostile);
    }
  });

  it('filters runs by state, job or text, and shows all again', async () => {
    server.snapshot = {
      ...server.snapshot,
      runs: [
        makeRun(1, { job: 'move-web-01', state: 'failed', reason: { code: 'task_failed', message: 'No Space left' } }),
        makeRun(2, { state: 'parked' }),
        makeRun(3, { state: 'succeeded' }),
      ],
    };
    await open();
    expect(await page.locator('#summary button').allTextContents()).toEqual([
      '3 All',
      '0 In progress',
      '0 Waiting',
      '1 Need attention',
      '1 Succeeded',
      '1 Failed or rejected',
      '0 Set aside',
    ]);
    expect(await page.title()).toBe('(1 need attention) Migrations console');

    await page.getByRole('button', { name: '1 Need attention' }).click();
    expect(await page.locator('#runs [data-word]').allTextContents()).toEqual(['parked']);
    expect(await page.locator('#filter-count').textContent()).toBe('1 of 3');
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await rowTexts()).toEqual(['restore-staging', 'restore-staging', 'move-web-01']);
    await page.locator('#filter-job').selectOption('move-web-01');
    expect(await rowTexts()).toEqual(['move-web-01']);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.locator('#filter-text').fill('no space');
    expect(await rowTexts()).toEqual(['move-web-01']);
    await page.locator('#filter-text').fill('no such');
    expect(await page.locator('#runs .empty').textContent()).toMatch(/^No runs match/);
  });

  it('keeps the focus and position of a row while runs are added above it', async () => {
    server.snapshot = { ...server.snapshot, runs: makeRuns(100) };
    await open();
    await page.locator('#runs .open').first().focus();
    for (let step = 0; step < 30; step++) await page.keyboard.press('ArrowDown');
    const focused = () =>
      page.evaluate(() => {
        const { activeElement } = document;
        const top = Math.round(activeElement?.getBoundingClientRect().top ?? 0);
        return { text: activeElement?.textContent, top };
      });
    const before = await focused();
    expect(before.text).toContain('restore-staging 00000046');

    for (let number = 101; number <= 160; number++) server.send('runs', [makeRun(number)]);
    server.send('runs', [makeRun(70, { state: 'succeeded' })]);
    await page.locator('#summary button', { hasText: '160 All' }).waitFor();

    expect(await focused()).toEqual(before);
    await page.keyboard.press('ArrowDown');
    expect((await focused()).text).toContain('00000045');
    await page.keyboard.press('Home');
    expect((await focused()).text).toContain('000000a0');
    await page.keyboard.press('End');
    expect((await focused()).text).toContain('00000001');
  });

  it('keeps the focus on a row that moves', async () => {
    const timer = (name: string) => ({ name, function: 'schedule', schedule: 'every 1h' });
    server.snapshot = { ...server.snapshot, timers: [timer('one'), timer('two'), timer('three')] };
    await open();
    await page.getByRole('button', { name: 'Tick three' }).focus();

    server.send('timers', [timer('three'), timer('one'), { ...timer('two'), next: '2026-03-01T11:00:00.000Z' }]);
    await page.locator('#timers li:first-child', { hasText: 'three' }).waitFor();

    expect(await page.locator('#timers strong').allTextContents()).toEqual(['three', 'one', 'two']);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Tick three');
  });

  it('reconnects automatically, and shows what it missed', async () => {
    await open();
    await server.stop();
    await page.locator('#connection[data-word="reconnecting"]').waitFor();

    server.snapshot = { ...server.snapshot, runs: [makeRun(7)] };
    await server.start();
    await page.locator('#connection[data-word="connected"]').waitFor();

    expect(await page.locator('#runs .id').textContent()).toBe('00000007');
  });

  it('shows the time for today, and the day for earlier', async () => {
    await open({ timezoneId: 'Asia/Singapore' });
    await page.clock.setFixedTime('2026-03-01T20:00:00Z');

    server.send('runs', [
      makeRun(1, { received_at: '2026-03-01T15:59:59.999Z' }),
      makeRun(2, { received_at: '2026-03-01T16:00:00.000Z' }),
    ]);
    await page.locator('#runs tbody time').nth(1).waitFor();

    expect(await page.locator('#runs tbody time').allTextContents()).toEqual(['00:00:00', '1 Mar 23:59']);
  });

  it("shows the day next to today's time, and the next tick of a timer in its own time zone", async () => {
    const next = '2026-03-14T02:00:00+08:00[Asia/Singapore]';
    server.snapshot = {
      ...server.snapshot,
      timers: [{ name: 'nightly', function: 'schedule', schedule: '0 0 2 * * ?', next }],
    };
    await open({ timezoneId: 'Europe/Berlin' });
    await page.clock.setFixedTime('2026-03-01T20:00:00Z');
    server.send('runs', [makeRun(1, { received_at: '2026-03-01T16:00:00.000Z' })]);
    await page.locator('#runs tbody time').waitFor();

    expect(await page.locator('#runs tbody .when').textContent()).toBe('1 Mar17:00:00');
    expect(await page.locator('#timers li .hint').textContent()).toBe(
      '0 0 2 * * ?, next 14 Mar, 02:00 (Asia/Singapore)',
    );
  });

  it.each([1280, 1000, 400])(
    'shows a reason in two lines, or three on a phone, and in all the room there is, %i pixels wide',
    async (width) => {
      const message =
        'run e9f8087cb347 of job restore-staging has the turn on dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5';
      await open({ viewport: { width, height: 800 } });
      server.send('runs', [
        makeRun(1, { state: 'waiting', reason: { code: 'queued', message } }),
        makeRun(2, { state: 'running', progress: { text: '12 keys', percent: 40 } }),
      ]);
      const what = page.locator('#runs .what', { hasText: 'queued' });
      await what.waitFor();

      const cell = await page.locator('#runs td.column-task').first().boundingBox();
      const box = await what.boundingBox();
      expect(await what.textContent()).toBe(`queued: ${message}`);
      expect((cell?.width ?? 0) - (box?.width ?? 0)).toBeLessThan(16);
      expect(box?.height).toBeLessThanOrEqual(width === 400 ? 54 : 36);
      expect(box?.width).toBeGreaterThan(width === 1280 ? 300 : width === 1000 ? 170 : 300);
      expect(await page.locator('#runs thead th').allTextContents()).not.toContain('Progress');
    },
  );

  it('says what went wrong if the server refuses, and if it is gone', async () => {
    await open();
    await page.getByRole('button', { name: 'Deliver the latest object event again' }).click();
    await page.getByText('Refused (404): Nothing exists at this path.').waitFor();

    await server.stop();
    await page.getByRole('button', { name: 'Deliver the latest object event again' }).click();
    await page.getByText('The console does not respond. Is it still running?').waitFor();
    await server.start();
  });

  it('announces ended runs to screen readers, and summarises many', async () => {
    await open();
    const announced = () => page.locator('#announcer').textContent();
    server.send('runs', [makeRun(1)]);
    server.send('runs', [makeRun(1, { state: 'succeeded', source: 'a.rdb' })]);
    await page.locator('#announcer', { hasText: 'restore-staging: succeeded, a.rdb' }).waitFor({ state: 'attached' });

    server.send(
      'runs',
      makeRuns(40).map((run) => ({ ...run, run: `f${run.run.slice(1)}`, state: 'failed' })),
    );
    server.send('runs', [makeRun(90, { state: 'parked' })]);
    await page.locator('#announcer', { hasText: '40 runs failed' }).waitFor({ state: 'attached' });

    expect(await announced()).toBe('40 runs failed, 1 run parked');
  });

  it('shows the problems of the jobs file at their lines, and that the running version differs', async () => {
    server.snapshot = {
      ...server.snapshot,
      jobs_file: {
        path: 'migrations.yml',
        text: 'version: 1\nregoin: a\njobs: {}\n',
        problems: [
          {
            line: 2,
            path: 'regoin',
            message: 'is not known; did you mean region?',
            level: 'error',
            remedy: 'Top-level keys are: x',
          },
        ],
        changed_since_start: true,
      },
    };
    await open();
    await page.getByRole('tab', { name: 'Jobs file (1 problem)' }).click();

    expect(await page.locator('#jobs-text li').allTextContents()).toEqual([
      'version: 1',
      'regoin: aerror is not known; did you mean region?Top-level keys are: x',
      'jobs: {}',
    ]);
    expect(await page.locator('#notice').textContent()).toMatch(/^migrations\.yml has changed/);
    await page.getByRole('button', { name: 'Line 2' }).click();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('line-2');

    const { jobs_file: file } = server.snapshot;
    server.send('jobs_file', { ...file, text: file.text.replace('{}', '{ a: {} }') });
    await page.locator('#line-3', { hasText: 'a:' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('line-2');

    server.send('jobs_file', {
      path: 'migrations.yml',
      text: 'version: 1\n',
      problems: [],
      changed_since_start: false,
    });
    await page.locator('#notice').waitFor({ state: 'hidden' });
    expect(await page.locator('#jobs-problems li').count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)(
    'has states that can be read in %s: each word at least 4.5 to 1',
    async (scheme) => {
      const states: readonly RunViewState[] = [
        'received',
        'waiting',
        'unknown',
        'parked',
        'created',
        'running',
        'succeeded',
        'failed',
        'stuck',
        'superseded',
        'rejected',
        'forgotten',
      ];
      server.snapshot = { ...server.snapshot, runs: states.map((state, number) => makeRun(number, { state })) };
      await open({ colorScheme: scheme });
      const colours = await page.locator('#runs .chip').evaluateAll((chips) =>
        chips.map((chip) => {
          const { color, backgroundColor } = getComputedStyle(chip);
          return { state: chip.textContent ?? '', color, backgroundColor };
        }),
      );

      expect(colours.map(({ state }) => state).sort()).toEqual([...states].sort());
      const faint = colours.filter(({ color, backgroundColor }) => contrast(color, backgroundColor) < 4.5);
      expect(faint).toEqual([]);
      const hint = await page.locator('#drop-hint').evaluate((element) => getComputedStyle(element).color);
      const card = await page.locator('aside').evaluate((element) => getComputedStyle(element).backgroundColor);
      expect(contrast(hint, card)).toBeGreaterThanOrEqual(4.5);
      const icons = await page
        .locator('#runs .chip path')
        .evaluateAll((paths) => paths.map((path) => path.getAttribute('d')));
      expect(new Set(icons).size).toBe(states.length);
    },
  );

  it('fits a window of 900 pixels without horizontal scrolling', async () => {
    server.snapshot = { ...server.snapshot, runs: makeRuns(5) };
    await open({ viewport: { width: 900, height: 700 } });
    const sideways = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

    expect(await sideways()).toBe(0);
    await page.locator('#runs .open').first().click();
    expect(await sideways()).toBe(0);
  });
});

describe('a thousand runs', () => {
  it('stay smooth: no task of the page takes 200 ms of CPU time while they arrive, change and are filtered', async () => {
    await open();
    const longest = await longestTask(browser, page, async () => {
      const runs = makeRuns(1_000).reverse();
      for (let from = 0; from < runs.length; from += 20) {
        server.send('runs', runs.slice(from, from + 20));
        for (const run of runs.slice(from, from + 20)) {
          server.send('event', {
            id: from,
            at: run.received_at,
            topic: 'object',
            text: run.source,
            tone: 'plain',
            ...run,
          });
        }
        // As the real one sends them, only more often.
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      }
      await page.locator('#summary button', { hasText: '1000 All' }).waitFor();
      server.send(
        'runs',
        runs.map((run) => ({ ...run, state: 'succeeded' })),
      );
      await page.locator('#summary button', { hasText: '1000 Succeeded' }).waitFor();
      await page.locator('#filter-text').pressSequentially('dump-77');
      expect(await page.locator('#filter-count').textContent()).toBe('11 of 1000');
      // By its id: to look for roles and names is work of its own, in the page.
      await page.locator('#filter-clear').click();
      await page.locator('#runs').evaluate((scroller) => {
        scroller.scrollTop = scroller.scrollHeight;
      });
      await page.locator('#runs .id', { hasText: '00000001' }).waitFor();
    });

    expect(await page.locator('#runs tbody tr').count()).toBeLessThan(60);
    expect(await page.locator('#runs table').getAttribute('aria-rowcount')).toBe('1001');
    expect(longest).toBeLessThan(200);
  });
});
