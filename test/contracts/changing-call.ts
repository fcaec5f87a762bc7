import type { Script, ScriptedCloud } from '../fakes/scripted-cloud.ts';

const FAILURES: [string, Script, object][] = [
  ['a refusal', { status: 403, json: { error_code: 'X.1', error_msg: 'no' } }, { outcome: 'rejected' }],
  ['throttling', { status: 429, json: { error_code: 'APIGW.0308' } }, { outcome: 'rejected', temporary: true }],
  ['500', { status: 500, json: { error_code: 'X.2' } }, { outcome: 'unknown', temporary: false }],
  ['a reset', 'reset', { outcome: 'unknown', temporary: false, cloudCode: 'ECONNRESET' }],
  ['a truncated response', { cutJsonOf: 200 }, { outcome: 'unknown', temporary: false, cloudCode: 'ECONNRESET' }],
  ['a page of HTML', { status: 200, text: '<html>' }, { outcome: 'unknown', cloudCode: 'not_json' }],
  ['an unknown address at the gateway', { status: 404, json: { error_code: 'APIGW.0101' } }, { outcome: 'rejected' }],
];

/** What every changing call does when it fails: it reports what is known, and is never sent again. */
export function changingCall(name: string, cloud: ScriptedCloud, act: () => Promise<unknown>): void {
  it.each(FAILURES)(`${name} is sent once, and %s is not a success`, async (_, script, known) => {
    cloud.respondWith(script);

    await expect(act()).rejects.toMatchObject({ name: 'CloudError', ...known });
    expect(cloud.seen).toHaveLength(1);
    expect(cloud.seen[0]?.signed).toBe(true);
  });
}

/** The rule for every call with an id in its path. */
export function idInPath(name: string, cloud: ScriptedCloud, act: (id: string) => Promise<unknown>): void {
  it.each(['', '../tasks', 'a/b', 'a b', 'a?b', '$&', 'x'.repeat(256)])(
    `${name} sends nothing for the id %j`,
    async (id) => {
      await expect(act(id)).rejects.toMatchObject({ name: 'CloudError', outcome: 'not_sent', cloudCode: 'bad_id' });
      expect(cloud.seen).toEqual([]);
    },
  );
}
