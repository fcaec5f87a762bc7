import { unzip } from '../../../src/cloud/functiongraph/zip.ts';
import { encoded, type OneFunction, startOneFunction, URN } from './one-function.ts';

const EXPORT = `/functions/${encoded(URN)}/export`;

let one: OneFunction;

beforeEach(async () => {
  one = await startOneFunction();
});
afterEach(() => one.cloud.close());

const exported = async (query: string) => {
  const { json } = await one.send('GET', `${EXPORT}?${query}`);
  const [archive = ''] = Object.keys(json);
  return unzip(Buffer.from(archive, 'base64'), 1_000_000);
};

describe('ExportFunction', () => {
  it.each([
    ['type=code', ['index.js']],
    ['type=config', ['landed.yaml']],
    ['code=true', ['index.js']],
    ['code=true&config=true', ['index.js', 'landed.yaml']],
    ['code=false&config=true', ['landed.yaml']],
  ])('returns an archive for %s: %j', async (query, names) => {
    expect([...(await exported(query)).keys()]).toEqual(names);
  });

  it('exports the code and the settings that were sent', async () => {
    const files = await exported('code=true&config=true');

    expect(String(files.get('index.js'))).toBe('exports.handler = async () => 1;');
    expect(JSON.parse(String(files.get('landed.yaml')))).toMatchObject({ func_name: 'landed', memory_size: 256 });
  });

  it.each([
    ['', 400, 'FSS.1001'],
    ['?code=false', 400, 'FSS.1001'],
    ['?type=all', 400, 'FSS.1001'],
    ['?type=code&code=true', 400, 'FSS.1001'],
    ['?code=yes', 400, 'FSS.1001'],
  ])('refuses the query %j', async (query, status, code) => {
    expect(await one.send('GET', `${EXPORT}${query}`)).toMatchObject({ status, json: { error_code: code } });
  });

  it('does not find an unknown function', async () => {
    expect(await one.send('GET', `/functions/${encoded(`${URN}2`)}/export?type=code`)).toMatchObject({
      status: 404,
      json: { error_code: 'FSS.1051' },
    });
  });
});

describe('the runtimes of the region', () => {
  it('are those of Node.js', async () => {
    const { text } = await one.send('GET', '/runtimetypes');

    expect(JSON.parse(text)).toContainEqual({ type: 'Node.js20.15', display_name: 'Node.js 20.15' });
  });
});
