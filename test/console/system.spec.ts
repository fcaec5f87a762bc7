import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { makeFolderStore } from '../../lib/runs/ledger/folder-store.ts';
import { makeRdb } from '../fixtures/rdb.ts';
import { launchBrowser, type OpenPage, openPage } from './browser.ts';
import { type LocalConsole, startLocalConsole } from './local-console.ts';
import { longestTask } from './long-tasks.ts';
import { takePicture } from './picture.ts';

/** A busy machine takes long to start a function. */
const LONG = { timeout: 45_000 };

let browser: Browser;
let local: LocalConsole;
let opened: OpenPage;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  local = await startLocalConsole();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await local?.remove();
}, 60_000);
beforeEach(async () => {
  opened = await openPage(browser, local.url);
  page = opened.page;
  await page.locator('#connection[data-word="connected"]').waitFor(LONG);
});
afterEach(async () => {
  const elsewhere = opened.requests.filter((url) => !url.startsWith(local.url));
  const { errors } = opened;
  await opened.close();
  expect({ elsewhere, errors }).toEqual({ elsewhere: [], errors: [] });
});

/** The row of the one run that this started. */
const rowOf = (source: string) => page.locator('#runs tbody tr').filter({ hasText: source });
const tasksNamed = (job: string) => local.system.cloud.tasks().filter(({ name }) => name.startsWith(job));

const picture = (name: string) => takePicture(page, name);

/** Goes on with the Tab key until the element has the focus, as somebody without a mouse does. */
async function tabTo(selector: string): Promise<void> {
  for (let step = 0; step < 120; step++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`reach ${selector} with the Tab key: not within 120 steps`);
}

const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent);

describe('the console of a local system', () => {
  it('turns a file dropped on a bucket into a run and a followed task', async () => {
    const before = tasksNamed('restore-staging').length;
    const files = await page.evaluateHandle(
      (bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], 'dropped.rdb'));
        return data;
      },
      [...makeRdb()],
    );
    const target = page.locator('.target', { hasText: 'redis-backups' }).first();
    await target.dispatchEvent('dragover', { dataTransfer: files });
    await target.dispatchEvent('drop', { dataTransfer: files });

    await page.locator('#drop-result', { hasText: /Stored .*dropped\.rdb/ }).waitFor();
    await rowOf('dropped.rdb').locator('[data-word="succeeded"]').waitFor(LONG);
    expect(await rowOf('dropped.rdb').count()).toBe(1);
    expect(tasksNamed('restore-staging').length - before).toBe(1);
    await page.locator('#events li', { hasText: 'dropped.rdb' }).first().waitFor();
    await page.getByRole('tab', { name: /^Tasks/ }).click();
    await page.locator('#tasks tbody tr', { hasText: 'SUCCESS' }).first().waitFor();
    await page.locator('#tasks tbody tr', { hasText: 'restore-staging' }).first().click();
    await page.locator('.timeline', { hasText: 'Settled' }).waitFor();
  });

  it('lets a task hang until its fault is switched off, and moves the clock', async () => {
    await page.getByLabel('Where').selectOption('task');
    await page.getByLabel('What goes wrong').selectOption('hang');
    await page.getByLabel('Details').fill('at=40,name=nothing');
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.locator('#faults li', { hasText: 'task=hang,at=40,name=nothing,times=1 1 time left' }).waitFor();
    await page.getByLabel('Where').selectOption('password');
    expect(await page.getByLabel('How often').isDisabled()).toBe(true);
    await page.getByRole('button', { name: /^Switch off task=hang/ }).click();
    await page.locator('#faults li').waitFor({ state: 'detached' });

    await page.getByLabel('Move forward by').fill('2h');
    await page.getByRole('button', { name: 'Move' }).click();
    await page.locator('#clock-result', { hasText: 'It is ' }).waitFor(LONG);
    await page.locator('#system dt', { hasText: 'Clock' }).waitFor();
  });

  it('shows a lost response and how the ledger handles it: exactly one task', async () => {
    await page.getByLabel('Where').selectOption('CreateMigrationTask');
    await page.getByLabel('What goes wrong').selectOption('reply_lost');
    expect(await page.locator('#fault-about').textContent()).toMatch(
      /^the connection is reset after the operation has run. Details: skip=…/,
    );
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.locator('#faults li', { hasText: 'CreateMigrationTask=reply_lost,times=1 1 time left' }).waitFor();
    const before = tasksNamed('restore-staging').length;

    await page.locator('#drop-key').fill('prod/lost-response.rdb');
    await page.getByRole('button', { name: 'Upload' }).click();
    await rowOf('lost-response.rdb').locator('[data-word="succeeded"]').waitFor(LONG);
    await rowOf('lost-response.rdb').click();
    await page.locator('.timeline', { hasText: 'Settled' }).waitFor();

    const steps = await page.locator('.timeline strong').allTextContents();
    expect(steps).toEqual(
      expect.arrayContaining([
        'About to send the create call',
        'No usable response: the task may or may not exist',
        'The task exists',
      ]),
    );
    expect(steps.filter((step) => step === 'About to send the create call')).toHaveLength(1);
    expect(tasksNamed('restore-staging').length - before).toBe(1);
    await page.locator('#faults li').waitFor({ state: 'detached' });
    expect(await page.locator('.commands code').allTextContents()).toEqual([
      expect.stringMatching(/^npx migrations runs replay restore-staging [0-9a-f]{32} --even-succeeded --local$/),
    ]);
    await picture('timeline');
  });

  it('can be used entirely with the keyboard', async () => {
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to runs');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('main');

    // From the end of the page round to its begin.
    await tabTo('#drop-key');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('prod/by-keyboard.rdb');
    await page.keyboard.press('Enter');
    await rowOf('by-keyboard.rdb').waitFor(LONG);

    await tabTo('[aria-label^="Tick refresh-staging-nightly"]');
    await page.keyboard.press('Enter');
    await page.locator('#timers-result', { hasText: 'has ticked' }).waitFor();
    await tabTo('#request-job');
    await page.keyboard.type('move-web');
    await tabTo('#request-key');
    await page.keyboard.type('by-keyboard');
    await tabTo('#request-form button');
    await page.keyboard.press('Space');
    await page.locator('#request-result', { hasText: 'Response: 201.' }).waitFor(LONG);
    await tabTo('#again');
    await page.keyboard.press('Enter');
    await page.locator('#again-result', { hasText: 'Delivered again.' }).waitFor();
    await tabTo('#fault-operation');
    await page.keyboard.type('CopyInstance');
    await tabTo('#fault-form button');
    await page.keyboard.press('Enter');
    await page.locator('#faults li', { hasText: 'CopyInstance=reply_lost' }).waitFor();
    await tabTo('#faults-clear');
    await page.keyboard.press('Enter');
    await page.locator('#faults-result', { hasText: 'All faults are off.' }).waitFor();

    await tabTo('#summary button:nth-of-type(1)');
    await page.keyboard.press('Enter');
    await tabTo('#filter-text');
    await page.keyboard.type('staging');
    await tabTo('#runs .open');
    const first = await focused();
    await page.keyboard.press('ArrowDown');
    expect(await focused()).not.toBe(first);
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('detail-title');
    await page.locator('.timeline li').first().waitFor();
    await tabTo('.commands button');
    await page.keyboard.press('Enter');
    await page.locator('#detail output', { hasText: /^(Copied|Selected)/ }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('#detail').isHidden()).toBe(true);
    expect(await focused()).not.toBe(first);
    expect(await page.evaluate(() => document.activeElement?.matches('#runs .open'))).toBe(true);

    await page.keyboard.press('Shift+Tab');
    await tabTo('#filter-clear');
    await page.keyboard.press('Enter');
    for (let step = 0; step < 10 && (await focused()) !== 'tab-runs'; step++) await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('tab-tasks');
    await page.locator('#tasks .open').first().waitFor();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#jobs-text li').count()).toBeGreaterThan(50);
    await tabTo('#events-topic');
    await page.keyboard.type('object');
    await page.locator('#events li', { hasText: 'by-keyboard.rdb' }).first().waitFor();
    await rowOf('by-keyboard')
      .locator('[data-word="succeeded"]')
      .first()
      .waitFor({ state: 'attached', ...LONG });
  }, 120_000);

  it('shows a problem in the jobs file as soon as it is saved, in its line', async () => {
    const text = await readFile(local.jobsFile, 'utf8');
    await page.getByRole('tab', { name: 'Jobs file' }).click();
    await writeFile(local.jobsFile, text.replace('target_instance: staging-cache', 'target_instance: stagin-cache'));

    await page.getByRole('tab', { name: 'Jobs file (1 problem)' }).waitFor();
    const line = text.slice(0, text.indexOf('target_instance: staging-cache')).split('\n').length;
    // What is wrong may be a secret in the wrong place, and is not shown.
    const shown = (await page.locator(`#line-${line}`).textContent()) ?? '';
    expect([shown.includes('stagin-cache'), shown]).toEqual([
      false,
      expect.stringContaining('is not the name of a target: (not shown); did you mean "staging-cache"?'),
    ]);
    await page.locator('#notice', { hasText: 'has changed' }).waitFor();
    await page.getByRole('button', { name: `Line ${line}` }).click();
    await picture('jobs-file');

    await writeFile(local.jobsFile, text);
    await page.getByRole('tab', { name: 'Jobs file', exact: true }).waitFor();
  });

  it('reconnects after npm start was restarted, and still has its runs', async () => {
    const before = await page.locator('#summary button').first().textContent();
    await local.stop();
    await page.locator('#connection[data-word="reconnecting"]').waitFor();

    await local.start();
    await page.locator('#connection[data-word="connected"]').waitFor(LONG);

    await page
      .locator('#summary button', { hasText: before ?? '' })
      .first()
      .waitFor();
    await page.locator('#drop-key').fill('prod/after-restart.rdb');
    await page.getByRole('button', { name: 'Upload' }).click();
    await rowOf('after-restart.rdb').waitFor(LONG);
  }, 90_000);

  it('supports light and dark', async () => {
    await page.locator('#drop-file').setInputFiles({
      name: 'no-backup.rdb',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('not a backup'),
    });
    await page.getByRole('button', { name: 'Upload' }).click();
    await rowOf('no-backup.rdb').locator('[data-word="rejected"]').waitFor(LONG);
    await page.locator('#request-job').selectOption('move-session-cache');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.waitForFunction(() =>
      [...document.querySelectorAll('#runs progress')].some((bar) => (bar as HTMLProgressElement).value > 10),
    );
    await page.locator('aside').evaluate((aside) => aside.scrollTo(0, 0));
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await background();
    await picture('light');
    await page.emulateMedia({ colorScheme: 'dark' });

    expect(await background()).not.toBe(light);
    await picture('dark');
  });

  it('works on a phone, with an open set and a long reason in full', async () => {
    await page.locator('#drop-bucket').selectOption('redis-cluster-backups');
    await page.locator('#drop-key').fill('reports/2026-03-14/shard-1.rdb');
    await page.getByRole('button', { name: 'Upload' }).click();
    const set = page.locator('#sets-list li', { hasText: 'reports/2026-03-14/' });
    await set.waitFor(LONG);
    await page.locator('#tab-runs').click();
    await set.scrollIntoViewIfNeeded();
    expect(await set.textContent()).toMatch(/restore-reports redis-cluster-backups\/reports\/2026-03-14\/.*_SUCCESS/);
    await picture('open-set');

    await page.setViewportSize({ width: 400, height: 800 });
    const cell = rowOf('no-backup.rdb').locator('.what');
    await cell.scrollIntoViewIfNeeded();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    await picture('phone');
    await rowOf('no-backup.rdb').click();
    const detail = page.locator('#detail', { hasText: 'does not start like a backup' });
    await detail.waitFor();
    await detail.scrollIntoViewIfNeeded();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    await picture('reason');
  });

  it('shows a thousand runs of the ledger, and stays smooth while it reads them', async () => {
    const longest = await longestTask(browser, page, async () => {
      const store = makeFolderStore(path.join(local.stateFolder, 'ledger'));
      const by = 'a test';
      for (let number = 0; number < 1_000; number++) {
        const run = number.toString(16).padStart(32, '0');
        const at = Date.UTC(2026, 0, 1) + number;
        const received = { type: 'received', v: 2, job: 'bulk', run, trigger: 'request', source: `bulk-${number}` };
        const records = [
          { id: `${run}-1`, at, by, ...received, order: at, policies: {} },
          { id: `${run}-2`, at, by, type: 'rejected', reason: { code: 'over', message: 'Long ago.' } },
          { id: `${run}-3`, at, by, type: 'settled' },
        ];
        await store.append(`runs/bulk/${run}`, 0, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
      }
      await page.locator('#filter-text').fill('bulk-');
      await page.locator('#runs table[aria-rowcount="1001"]').waitFor(LONG);
      await page.locator('#filter-text').fill('bulk-77');
    });

    expect(await page.locator('#filter-count').textContent()).toMatch(/^11 of /);
    expect(longest).toBeLessThan(200);
  }, 90_000);
});
