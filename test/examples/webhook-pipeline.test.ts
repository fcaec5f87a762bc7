import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ExampleSystem, startExample } from '../fixtures/example-system.ts';

describe('examples/webhook-pipeline', () => {
  let example: ExampleSystem;

  beforeAll(async () => {
    example = await startExample('webhook-pipeline', ['redis-backups/requested/sample.rdb']);
  }, 60_000);
  afterAll(() => example.close());

  it('starts what a pipeline requests, and responds with 201 and the run', async () => {
    const { code, answer } = await example.invoke('webhook', 'restore');

    expect([code, answer.result.status]).toEqual([0, 201]);
    expect(answer.result.body).toMatchObject({
      job: 'restore-on-demand',
      outcome: 'created',
      task: { kind: 'backup_import', name: 'restore-on-demand-85e129d68a30' },
    });
    const isOver = ({ name, status }: { name: string; status: string }) =>
      name.startsWith('restore-on-demand') && status === 'SUCCESS';
    expect(await example.tasks(1, isOver)).toEqual([{ name: 'restore-on-demand', status: 'SUCCESS' }]);
  }, 60_000);

  it('refuses a field that the job does not leave to callers, and exits 1', async () => {
    const { code, answer } = await example.invoke('webhook', 'not-accepted');

    expect([code, answer.result.status]).toEqual([1, 422]);
    expect(answer.result.body.errors).toMatchObject([{ pointer: '/target_instance' }]);
  }, 30_000);

  it('shows an HTTP response line by line to a caller with the token', async () => {
    const { code, stdout } = await example.run(['invoke', 'webhook', 'events/preview.json']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^HTTP 201 Created\n/);
    expect(stdout).toContain('\ncontent-type: application/json');
    expect(stdout).toContain('"job": "fill-preview"');
  }, 30_000);

  it('tells a caller with another token of no such job', async () => {
    const event = JSON.parse(await readFile(path.join(example.folder, 'events/preview.json'), 'utf8'));
    event.headers.authorization = 'Bearer local-PIPELINE_TOKE_';
    await writeFile(path.join(example.folder, 'events/stranger.json'), JSON.stringify(event));

    const { statusCode } = await example.deliver('webhook', 'stranger');

    expect(statusCode).toBe(404);
  }, 30_000);
});
