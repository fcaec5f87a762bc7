import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { type ConsoleSystem, startConsoleSystem } from '../fixtures/console-system.ts';
import { launchBrowser, openPage } from './browser.ts';

const JOBS = `
version: 1
region: ap-southeast-3
targets:
  staging-cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }
jobs:
  restore-staging:
    on: { object_created: { bucket: redis-backups, key: "prod/**/*.rdb" }, request: { accepts: [backup_files] } }
    backup_import: { target_instance: staging-cache }
`;
/** A name whose owner makes it point at this machine. */
const EVIL = 'evil.test';

let browser: Browser;
let here: ConsoleSystem;
let evil: Server;
let evilUrl: string;

beforeAll(async () => {
  here = await startConsoleSystem(JOBS);
  evil = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello'));
  await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
  evilUrl = `http://${EVIL}:${(evil.address() as AddressInfo).port}/`;
  browser = await launchBrowser([`--host-resolver-rules=MAP ${EVIL} 127.0.0.1`]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  evil?.close();
  await here?.close();
}, 60_000);

/** Requests that change something if accepted, and requests that reveal something. */
const targets = () => {
  const { cloud, gateway, projectId } = here.system;
  const fault = JSON.stringify({ operation: 'CreateTask', kind: 'html' });
  return [
    { url: `${cloud.url}/v2/${projectId}/fgs/functions`, method: 'POST', body: '{}' },
    { url: `${cloud.url}/local/tasks`, method: 'GET' },
    { url: `${cloud.url}/local/faults`, method: 'POST', body: fault },
    { url: `${cloud.url}/local/faults`, method: 'DELETE' },
    { url: `${cloud.obsUrl}/redis-backups/prod/x.rdb`, method: 'PUT', body: 'REDIS0011' },
    { url: `${cloud.obsUrl}/redis-backups`, method: 'GET' },
    { url: `${gateway.url}/health`, method: 'GET' },
    { url: `${gateway.url}/jobs/restore-staging/runs`, method: 'POST', body: '{}' },
    { url: `${here.console.url}api/stream`, method: 'GET' },
    { url: `${here.console.url}api/faults`, method: 'POST', body: '{"text":"CreateTask=html"}' },
    { url: `${here.console.url}api/buckets/redis-backups/objects?key=prod/x.rdb`, method: 'PUT', body: 'REDIS0011' },
  ];
};

const expectNothingHappened = async () => {
  const { cloud } = here.system;
  // The browser asks for an icon by itself, wherever it has been, and is refused.
  expect(cloud.requests.filter(({ url, status }) => !(url === '/favicon.ico' && status === 404))).toEqual([]);
  expect([cloud.faults.waiting().faults, cloud.tasks(), cloud.functions()]).toEqual([[], [], []]);
  expect(await cloud.obs.bucket('redis-backups').storage.keys('')).toEqual([]);
};

describe('a web page in the browser of the user', () => {
  it("can't access anything from another origin, by any means", async () => {
    const { page, close } = await openPage(browser, evilUrl);
    const read = await page.evaluate(async (calls) => {
      const answers: string[] = [];
      for (const { url, method, body } of calls) {
        const headers = { 'content-type': 'application/json', 'x-console': '1' };
        const asked = fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
        answers.push(await asked.then((response) => `${response.status}`).catch(() => 'blocked'));
        const simple = method === 'GET' ? 'GET' : 'POST';
        // A request that no browser asks about first: nothing can be read of it, but it is sent.
        await fetch(url, { method: simple, mode: 'no-cors', ...(simple === 'GET' || !body ? {} : { body }) }).catch(
          () => 0,
        );
        navigator.sendBeacon(url, body ?? '');
        await new Promise((resolve) => {
          const image = new Image();
          image.onload = image.onerror = resolve;
          image.src = url;
        });
        await new Promise((resolve) => {
          const source = new EventSource(url);
          const end = (what: string) => () => {
            if (what === 'opened') answers.push(what);
            source.close();
            resolve(0);
          };
          source.onopen = end('opened');
          source.onerror = end('failed');
        });
      }
      return answers;
    }, targets());
    await close();

    expect(read).toEqual(targets().map(() => 'blocked'));
    await expectNothingHappened();
  });

  it("can't access anything with a form", async () => {
    for (const { url, body } of targets().filter(({ method }) => method === 'POST')) {
      const { page, close } = await openPage(browser, evilUrl);
      const answered = page.waitForResponse((response) => response.url() === url);
      await page.evaluate(
        ([action, text]) => {
          const form = document.createElement('form');
          Object.assign(form, { action, method: 'post', enctype: 'text/plain' });
          const field = document.createElement('input');
          field.name = text;
          form.append(field);
          document.body.append(form);
          form.submit();
        },
        [url, body ?? ''] as const,
      );
      expect((await answered).status()).toBe(403);
      await close();
    }
    await expectNothingHappened();
  });

  it("can't access anything by a name that resolves to this machine", async () => {
    for (const { url, method, body } of targets()) {
      const { pathname, search, port } = new URL(url);
      // To the browser this is the page's own origin.
      const { page, close } = await openPage(browser, `http://${EVIL}:${port}/`);
      const status = await page.evaluate(
        async ([path, asked, text]) => {
          const headers = { 'content-type': 'application/json', 'x-console': '1' };
          return (await fetch(path, { method: asked, headers, ...(text === '' ? {} : { body: text }) })).status;
        },
        [pathname + search, method, body ?? ''] as const,
      );
      expect({ url, status }).toEqual({ url, status: 403 });
      await close();
    }
    await expectNothingHappened();
  });
});
