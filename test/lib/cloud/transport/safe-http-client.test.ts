import { inspect } from 'node:util';
import { SafeHttpClient } from '../../../../lib/cloud/transport/safe-http-client.ts';
import { ScriptedCloud } from '../../../fakes/scripted-cloud.ts';

describe('SafeHttpClient', () => {
  const cloud = new ScriptedCloud('sk');

  beforeAll(() => cloud.start());
  afterAll(() => cloud.stop());

  const make = () => new SafeHttpClient({ kind: 'change', timeoutMs: 2_000, redact: (text) => text });
  const request = () => ({
    method: 'POST',
    endpoint: `${cloud.endpoint}/x`,
    headers: { 'x-a': 'hunter2' },
    data: { p: 'hunter2' },
  });

  it('sends one request and refuses a second', async () => {
    cloud.respondWith({ status: 200, json: { id: 'a' } }, { status: 200, json: { id: 'b' } });
    const client = make();

    await expect(client.sendRequest(request())).resolves.toMatchObject({ data: { id: 'a' }, statusCode: 200 });
    await expect(client.sendRequest(request())).rejects.toBeDefined();
    expect(client.failure).toMatchObject({ outcome: 'unknown', cloudCode: 'sent_again' });
    expect(cloud.seen).toHaveLength(1);
  });

  it('keeps neither the request nor the keys that HcClient sets on it', async () => {
    cloud.respondWith({ status: 500, text: '' });
    const client = make();

    client.httpRequest = request();
    await client.sendRequest(request()).catch(() => {});

    expect(inspect(client, { depth: 20, showHidden: true })).not.toContain('hunter2');
    expect('httpRequest' in client && client.httpRequest).toBeUndefined();
  });
});
