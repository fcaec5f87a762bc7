import { inspect } from 'node:util';
import { asCloudCode } from '../../../lib/cloud/transport/cloud-code.ts';
import { CloudError } from '../../../lib/kernel/errors.ts';
import { makeLogger } from '../../../lib/kernel/logger.ts';
import { makeRedactor } from '../../../lib/kernel/redactor.ts';
import type { SecretReference } from '../../../lib/kernel/secret-reference.ts';
import { transientFailure } from '../../../lib/kernel/transient-failures.ts';
import { lastKnown, makeReadSecret } from '../../../lib/platform/read-secret.ts';
import { type SecretReader, StoredSecrets } from '../../../lib/platform/stored-secrets.ts';

/** Reads secrets from a DEW in which every secret has this text, or fails; of several, one after the other. */
function reader(...texts: (string | undefined | CloudError)[]) {
  const asked: string[] = [];
  const lines: string[] = [];
  const redactor = makeRedactor();
  const log = makeLogger({ level: 'debug', redactor, fields: {}, write: (line) => lines.push(line) });
  const clock = { now: 1_000_000 };
  const stored = new StoredSecrets(() => clock.now);
  const secret = makeReadSecret({
    variable: () => undefined,
    csms: async () => ({
      readVersion: async (name) => {
        const text = texts[Math.min(asked.push(name), texts.length) - 1];
        if (text instanceof CloudError) throw text;
        return text;
      },
    }),
    stored,
    redactor,
    log,
  });
  const read = async (reference: SecretReference, reader: SecretReader = 'run') =>
    (await secret[reader](reference)).reveal();
  return { read, lines, redactor, stored, asked, clock };
}

const failure = (details: Partial<ConstructorParameters<typeof CloudError>[0]>) =>
  new CloudError({
    service: 'CSMS',
    operation: 'ShowSecretVersion',
    outcome: 'rejected',
    temporary: false,
    ...details,
  });

describe('a secret in DEW', () => {
  it.each<[SecretReference, string, string]>([
    [{ csms: 'cache' }, 'Hunter-2-plain', 'Hunter-2-plain'],
    [{ csms: 'cache' }, '{"a":1}', '{"a":1}'],
    [{ csms: 'cache', key: 'password' }, '{"user":"u","password":"Hunter-2-plain"}', 'Hunter-2-plain'],
    [{ csms: 'cache', key: '__proto__' }, '{"__proto__":"Hunter-2-plain"}', 'Hunter-2-plain'],
  ])('of %j in %j is %j', async (reference, text, value) => {
    expect(await reader(text).read(reference)).toBe(value);
  });

  it.each<[SecretReference, string | undefined, string, string]>([
    [{ csms: 'cache', key: 'password' }, 'hunter2hunter2', 'secret_key_missing', 'in which password is a string'],
    [{ csms: 'cache', key: 'password' }, '{"password":"hunter2hunter2"', 'secret_key_missing', 'not a JSON object'],
    [{ csms: 'cache', key: 'password' }, '["hunter2hunter2"]', 'secret_key_missing', 'not a JSON object'],
    [
      { csms: 'cache', key: 'password' },
      '{"Password":"hunter2hunter2"}',
      'secret_key_missing',
      'csms cache (key password)',
    ],
    [{ csms: 'cache', key: 'password' }, '{"password":5}', 'secret_key_missing', 'is a string'],
    [{ csms: 'cache', key: 'toString' }, '{}', 'secret_key_missing', 'is a string'],
    [{ csms: 'cache' }, '', 'bad_secret', 'csms cache is empty'],
    [{ csms: 'cache' }, undefined, 'bad_secret', 'csms cache is binary'],
    [{ csms: 'cache' }, 'hunter2hunter2\n', 'bad_secret', 'contains a line break or a control character'],
    [{ csms: 'cache', key: 'a' }, '{"a":"hunter2hunter2\\n"}', 'bad_secret', 'contains a line break'],
  ])('of %j in %j is refused for good with %s', async (reference, text, code, message) => {
    const error = await reader(text)
      .read(reference)
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'RunError', code, message: expect.stringContaining(message) });
    expect(transientFailure({ code })).toBeUndefined();
    expect(inspect(error)).not.toContain('hunter2');
  });

  it('is judged by what DEW has now before it is refused for good', async () => {
    const { read, asked } = reader('{"a":"Hunter-2-plain"}', '{"a":"Hunter-2-plain","b":"Hunter-3-plain"}');

    expect(await read({ csms: 'cache', key: 'a' })).toBe('Hunter-2-plain');
    expect(await read({ csms: 'cache', key: 'b' })).toBe('Hunter-3-plain');
    expect(asked).toHaveLength(2);
  });

  it('is asked for again after it was refused for good', async () => {
    const { read } = reader('', '', 'Hunter-2-plain');

    await expect(read({ csms: 'cache' })).rejects.toThrow('csms cache is empty');
    expect(await read({ csms: 'cache' })).toBe('Hunter-2-plain');
  });

  it('is asked for once in an invocation while it cannot be read, unless there was no time', async () => {
    const refused = reader(failure({ status: 403, cloudCode: 'CSMS.0403' }), 'Hunter-2-plain');
    const late = reader(failure({ outcome: 'not_sent', cloudCode: 'out_of_time' }), 'Hunter-2-plain');

    await expect(refused.read({ csms: 'cache' })).rejects.toThrow('cannot be read now');
    await expect(refused.read({ csms: 'cache' })).rejects.toThrow('cannot be read now');
    expect(refused.asked).toHaveLength(1);
    await expect(late.read({ csms: 'cache' })).rejects.toThrow('cannot be read now');
    expect(await late.read({ csms: 'cache' })).toBe('Hunter-2-plain');
  });

  it.each([
    failure({ status: 404, cloudCode: 'CSMS.0106' }),
    failure({ status: 400, cloudCode: 'CSMS.0106' }),
    failure({ status: 400, cloudCode: 'CSMS.0103' }),
    failure({ status: 403, cloudCode: asCloudCode('PAP.0001') }),
    failure({ status: 401 }),
    failure({ status: 503, outcome: 'unknown', temporary: true }),
    failure({ outcome: 'unknown', cloudCode: 'ECONNRESET', temporary: true }),
    failure({ outcome: 'not_sent', cloudCode: 'bad_id' }),
    failure({ outcome: 'unknown', cloudCode: 'no_secret' }),
  ])('that cannot be read is waited for, and nothing is known to be sent: %s', async (cause) => {
    const error = await reader(cause)
      .read({ csms: 'cache', key: 'password' })
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'secret_unavailable', outcome: 'not_sent', temporary: false, cause });
    expect((error as CloudError).status).toBe(cause.status);
    expect((error as CloudError).message).toContain('secret csms cache (key password) cannot be read now: ');
    expect(transientFailure(error as CloudError)).toMatchObject({ kind: 'secret' });
  });

  it('is used with blanks at its ends, with one warning', async () => {
    const { read, lines } = reader('Hunter-2-plain ');

    expect([await read({ csms: 'cache' }), await read({ csms: 'cache' })]).toEqual([
      'Hunter-2-plain ',
      'Hunter-2-plain ',
    ]);
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['secret csms cache begins or ends with whitespace']);
  });

  it('is redacted once it was read, and in later invocations of the instance', async () => {
    const { read, redactor, stored } = reader('{"password":"Hunter-2-plain"}');
    const reference = { csms: 'cache', key: 'password' };

    expect(lastKnown(reference, stored)).toBeUndefined();
    await read(reference);
    expect(redactor.text('echo Hunter-2-plain')).toBe('echo ***');
    expect(lastKnown(reference, stored)).toBe('Hunter-2-plain');
  });
});

describe('a secret in DEW that callers authenticate with', () => {
  it.each<[string, string | undefined | CloudError]>([
    ['cannot be read', failure({ status: 403, cloudCode: 'CSMS.0403' })],
    ['is not there', failure({ status: 404, cloudCode: 'CSMS.0106' })],
    ['does not come', failure({ outcome: 'unknown', cloudCode: 'ETIMEDOUT', temporary: true })],
    ['is binary', undefined],
    ['is empty', ''],
    ['lacks the key', '{"b":"Hunter-2-plain"}'],
  ])('is asked for once in ten seconds while it %s, and used when it was corrected', async (_title, answer) => {
    const reference = { csms: 'callers', key: 'a' };
    const { read, asked, clock } = reader(answer, '{"a":"Hunter-2-plain"}');

    for (const ms of [0, 9_999]) {
      clock.now += ms;
      await expect(read(reference, 'caller')).rejects.toThrow('csms callers (key a)');
    }
    expect(asked).toHaveLength(1);
    clock.now += 1;
    expect(await read(reference, 'caller')).toBe('Hunter-2-plain');
  });

  it('is asked for again if there was no time', async () => {
    const { read } = reader(failure({ outcome: 'not_sent', cloudCode: 'out_of_time' }), 'Hunter-2-plain');

    await expect(read({ csms: 'callers' }, 'caller')).rejects.toThrow('cannot be read now');
    expect(await read({ csms: 'callers' }, 'caller')).toBe('Hunter-2-plain');
  });

  it('is asked for by a run although a caller just did', async () => {
    const { read, asked } = reader(failure({ status: 403 }), 'Hunter-2-plain');

    await expect(read({ csms: 'callers' }, 'caller')).rejects.toThrow('cannot be read now');
    expect(await read({ csms: 'callers' }, 'run')).toBe('Hunter-2-plain');
    expect(asked).toHaveLength(2);
  });
});
