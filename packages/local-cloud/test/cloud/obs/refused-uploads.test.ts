import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { stringToSignV2 } from '../../../src/cloud/obs/signature-v2.ts';
import { ACCOUNT } from '../caller.ts';
import { ObsFixture } from './obs-fixture.ts';

let obs: ObsFixture;

beforeEach(async () => {
  obs = await ObsFixture.start([{ name: 'inbox' }]);
});

afterEach(() => obs.close());

/** Sends a signed request on a connection of the agent. @returns the status and the code of the error */
function put(agent: Agent, url: string, body: Buffer): Promise<[number | undefined, string | undefined]> {
  const [path = '', query = ''] = url.split('?');
  const date = new Date().toUTCString();
  const text = stringToSignV2({ method: 'PUT', path, query, headers: { date } }, 'x-obs-', date);
  const signature = createHmac('sha1', ACCOUNT.secretKey).update(text).digest('base64');
  const headers = { date, authorization: `OBS ${ACCOUNT.accessKey}:${signature}` };
  return new Promise((resolve, reject) => {
    request(`${obs.cloud.obsUrl}${url}`, { method: 'PUT', agent, headers }, (response) => {
      let received = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        received += part;
      });
      response.on('end', () => resolve([response.statusCode, /<Code>(\w+)</.exec(received)?.[1]]));
    })
      .on('error', reject)
      .end(body);
  });
}

it.each([true, false])(
  'a client gets the response to a large body that is refused (keep-alive: %s)',
  async (keepAlive) => {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    const body = Buffer.alloc(20_000_000, 'x');

    for (let round = 0; round < 3; round++) {
      expect(await put(agent, '/inbox?policy', body)).toEqual([400, 'EntityTooLarge']);
      expect(await put(agent, '/inbox/k?torrent', body)).toEqual([405, 'MethodNotAllowed']);
      expect(await put(agent, '/missing/k', body)).toEqual([404, 'NoSuchBucket']);
    }
    agent.destroy();
  },
);
