import fc from 'fast-check';
import { callText, responseText } from '../../../../lib/cli/probe/call-text.ts';
import { SeenResponses } from '../../../../lib/cli/probe/seen-responses.ts';
import { joinShapes, shapeOf } from '../../../../lib/cli/probe/shape.ts';
import { asCloudCode } from '../../../../lib/cloud/transport/cloud-code.ts';
import { CloudError } from '../../../../lib/kernel/errors.ts';

const RESPONSE = { service: 'DCS', operation: 'ListMigrationTask', status: 200, tookMs: 5 } as const;

/** A value that is unlike any word of a summary. */
const secret = fc.oneof(
  fc.uuid(),
  fc.ipV4(),
  fc.stringMatching(/^[0-9a-f]{32}$/),
  fc.stringMatching(/^[A-Z0-9]{20}$/),
  fc.stringMatching(/^Pw[0-9]{4}[!@#%][a-z]{6}$/),
  fc.integer({ min: 1_000_000_000 }),
);
const NAMES = ['task_id', 'name', 'ip', 'password', 'error_code', 'details', 'error'];
const { body } = fc.letrec((tie) => ({
  body: fc.oneof(
    { depthSize: 'small' },
    secret,
    fc.array(tie('body'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.uuid(), fc.stringMatching(/^[0-9a-f]{32}$/)), tie('body'), {
      maxKeys: 5,
    }),
  ),
}));

function secretsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([name, one]) => [...(NAMES.includes(name) ? [] : [name]), ...secretsIn(one)]);
}
/** Indexes of lists are no secrets. */
const long = (values: readonly string[]) => values.filter((value) => value.length > 6);

describe('the summary of responses', () => {
  it('has names and types only, whatever the values are', () => {
    fc.assert(
      fc.property(
        fc.array(body, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(200, 400, 403, 500),
        (bodies, status) => {
          const seen = new SeenResponses();
          for (const one of bodies) seen.add({ ...RESPONSE, status, body: one });
          const text =
            JSON.stringify(seen.all()) + bodies.map((one) => responseText({ ...RESPONSE, status, body: one }));
          expect(long(secretsIn(bodies)).filter((value) => text.includes(value))).toEqual([]);
        },
      ),
    );
  });

  it('has no message, resource or unknown code of a failed call', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.string(), fc.uuid(), fc.stringMatching(/^[A-Z0-9]{20}$/)),
        ([message, resource, code]) => {
          const details = { service: 'OBS', operation: 'GetObject', outcome: 'rejected', temporary: false } as const;
          const error = new CloudError({
            ...details,
            resource,
            cloudMessage: message,
            cloudCode: asCloudCode(code),
            status: 400,
          });
          expect(callText(error)).toBe('OBS GetObject: 400');
        },
      ),
    );
  });

  it.each([
    ['DCS.4026', 'OBS GetObject: DCS.4026'],
    ['NoSuchBucket', 'OBS GetObject: NoSuchBucket'],
    ['ECONNRESET', 'OBS GetObject: ECONNRESET'],
    ['out_of_time', 'OBS GetObject: out_of_time'],
  ])('has the code %s', (code, text) => {
    const details = { service: 'OBS', operation: 'GetObject', outcome: 'unknown', temporary: false } as const;
    expect(callText(new CloudError({ ...details, cloudCode: asCloudCode(code) }))).toBe(text);
  });

  it('counts the responses of one operation and status, with codes, and the shortest and longest time', () => {
    const seen = new SeenResponses();
    const error = { error_code: 'DCS.4026', error_msg: 'busy' };
    for (const tookMs of [7, 3, 5]) seen.add({ ...RESPONSE, status: 400, tookMs, body: error });

    expect(seen.all()).toEqual([
      {
        ...{ service: 'DCS', operation: 'ListMigrationTask', status: 400 },
        codes: ['DCS.4026'],
        count: 3,
        ms: [3, 7],
        shape: { error_code: 'string', error_msg: 'string' },
      },
    ]);
  });
});

describe('the shape of a value', () => {
  it.each([
    [null, 'null'],
    [undefined, 'nothing'],
    ['', 'empty string'],
    ['text', 'string'],
    [1, 'number'],
    [true, 'boolean'],
    [[], []],
    [[1, 'a', null], ['null | number | string']],
    [{ a: { b: [1] } }, { a: { b: ['number'] } }],
    [[{ a: 1 }, { a: 1, b: '' }], [{ a: 'number', 'b?': 'empty string' }]],
    [{ '11111111-1111-1111-1111-111111111111': 1 }, { '*': 'number' }],
    [{ deadbeefdeadbeef: 1, x1234: 'a' }, { '*': 'number | string' }],
    [{ ['__proto__']: 1 }, { '*': 'number' }],
  ])('of %j is %j', (value, shape) => {
    expect(shapeOf(value)).toEqual(shape);
  });

  it('does not depend on the order in which values are seen', () => {
    fc.assert(
      fc.property(body, body, (a, b) => {
        expect(joinShapes(shapeOf(a), shapeOf(b))).toEqual(joinShapes(shapeOf(b), shapeOf(a)));
      }),
    );
  });
});
