import { chooseVersion } from '../../../src/cloud/functiongraph/invocation-operations.ts';
import type { FunctionRecord } from '../../../src/cloud/functiongraph/records.ts';

const record = {
  aliases: [{ name: 'live', version: 'v2', description: '', additional_version_weights: { v1: 10 }, modifiedAt: 0 }],
} as unknown as FunctionRecord;

describe('the version of an invocation', () => {
  it.each([
    ['', 0, 'latest'],
    ['v1', 0, 'v1'],
    ['!live', 0.0999, 'v1'],
    ['!live', 0.1, 'v2'],
    ['!live', 0.9999, 'v2'],
  ])('of %j is, with a random number of %d, %s', (qualifier, random, expected) => {
    expect(chooseVersion(record, qualifier, () => random)).toBe(expected);
  });
});
