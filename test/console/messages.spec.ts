import type { Browser, Page } from 'playwright-core';
import type { CloudEyeInfo, MessageRow } from '../../lib/console/wire-system.ts';
import { launchBrowser, type OpenPage, openPage } from './browser.ts';
import { ScriptedConsole } from './scripted-console.ts';

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

async function open(tab: string): Promise<void> {
  opened = await openPage(browser, server.url);
  page = opened.page;
  await page.locator('#connection[data-word="connected"]').waitFor();
  await page.getByRole('tab', { name: tab }).click();
}

const message = (n: number): MessageRow => ({
  id: `m${n}`,
  at: `2026-03-01T10:00:0${n}.000Z`,
  topic: 'urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:migrations',
  subject: `subject ${n}`,
  text: `first line ${n}\n\nlast line ${n}`,
});

describe('the tab Messages', () => {
  it('has the messages newest first, and opens one to its whole text with the keyboard', async () => {
    server.snapshot = { ...server.snapshot, messages: [message(1)] };
    await open('Messages');
    server.send('messages', [message(1), message(2)]);
    await page.getByRole('tab', { name: 'Messages (2)' }).waitFor();

    expect(await page.locator('#messages .subject').allTextContents()).toEqual(['subject 2', 'subject 1']);
    expect(await page.locator('#messages pre').first().isVisible()).toBe(false);
    await page.locator('#messages summary').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('#messages pre').first().waitFor();
    expect(await page.locator('#messages pre').first().textContent()).toBe('first line 2\n\nlast line 2');
    expect(opened.errors).toEqual([]);
  });

  it('says what sends messages if there are none', async () => {
    await open('Messages');

    expect(await page.locator('#messages-empty').textContent()).toMatch(
      /^No messages yet\. Jobs with notify send them/,
    );
  });

  it('leaves an open message open when another one arrives', async () => {
    server.snapshot = { ...server.snapshot, messages: [message(1)] };
    await open('Messages');
    await page.locator('#messages summary').click();

    server.send('messages', [message(2)]);
    await page.getByRole('tab', { name: 'Messages (2)' }).waitFor();

    expect(await page.locator('#messages details[open] .subject').allTextContents()).toEqual(['subject 1']);
  });
});

describe('the tab Cloud Eye', () => {
  const eye = (state: 'ok' | 'alarm'): CloudEyeInfo => ({
    alarms: [
      {
        id: 'al1',
        name: 'no-tick',
        watches: 'MIGRATIONS.PROD ticks stage=prod',
        condition: 'sum of 300 s < 1, 3 times in a row',
        state,
        changed_at: '2026-03-01T10:00:00.000Z',
      },
    ],
    metrics: [{ name: 'MIGRATIONS.PROD runs_open', value: 7, unit: 'Count', at: '2026-03-01T10:00:00.000Z' }],
    events: [{ id: 'e', at: '2026-03-01T10:00:00.000Z', name: 'run_parked', level: 'Major', content: 'parked' }],
  });

  it('has rules with their states, last values and events, and its title counts rules that fire', async () => {
    await open('Cloud Eye');
    expect(await page.locator('#cloud-eye-metrics-empty').textContent()).toMatch(/cloud_eye in the jobs file/);

    server.send('cloud_eye', eye('ok'));
    await page.locator('#cloud-eye-alarms [data-word="ok"]').waitFor();
    server.send('cloud_eye', eye('alarm'));
    await page.locator('#cloud-eye-alarms [data-word="alarm"][data-tone="bad"]').waitFor();

    expect(await page.locator('#tab-cloud-eye').textContent()).toBe('Cloud Eye (1)');
    expect(await page.locator('#panel-cloud-eye .text').allTextContents()).toEqual([
      'no-tick MIGRATIONS.PROD ticks stage=prod: sum of 300 s < 1, 3 times in a row',
      'MIGRATIONS.PROD runs_open 7 Count',
      'run_parked: parked',
    ]);
    expect(opened.errors).toEqual([]);
  });
});
