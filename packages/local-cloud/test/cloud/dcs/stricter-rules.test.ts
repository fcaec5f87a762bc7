import { LENIENT_RULES, OPEN_QUESTIONS, STRICTER_RULES } from '../../../src/cloud/dcs/stricter-rules.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud({ accounts: [ACCOUNT] });
});
afterAll(() => cloud.close());

it.each([...STRICTER_RULES, ...LENIENT_RULES, ...OPEN_QUESTIONS])(
  '$operation, $field: names an operation, a rule and a source',
  (row) => {
    // A throttle for an operation that does not exist is refused.
    expect(() => cloud.faults.throttle({ operation: row.operation, calls: 1, perMs: 1 })).not.toThrow();
    expect(row.field).not.toBe('');
    expect(row.rule).not.toBe('');
    expect(row.source).not.toBe('');
  },
);
