import { warningsFor } from '../../../../lib/build/stand-ins/job-warnings.ts';
import { repairKeys } from '../../../../lib/build/stand-ins/repair-keys.ts';

describe('the stand-ins for authoring checks', () => {
  it('do not change a document, and find nothing', () => {
    const document = { version: 1, regoin: 'r' };
    const repaired = repairKeys(document);

    expect(repaired).toEqual({ document, problems: [], originOf: expect.any(Function) });
    expect(repaired.originOf(['jobs', 'a', 0])).toEqual(['jobs', 'a', 0]);
    expect(warningsFor()).toEqual([]);
  });
});
