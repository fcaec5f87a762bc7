import { doubtsOf } from '../../../../lib/build/stand-ins/doubts.ts';
import { straighten } from '../../../../lib/build/stand-ins/straighten.ts';

describe('the stand-ins for what helps whoever writes a jobs file', () => {
  it('leave a document as it is, and find nothing', () => {
    const document = { version: 1, regoin: 'r' };
    const straightened = straighten(document);

    expect(straightened).toEqual({ document, problems: [], originOf: expect.any(Function) });
    expect(straightened.originOf(['jobs', 'a', 0])).toEqual(['jobs', 'a', 0]);
    expect(doubtsOf()).toEqual([]);
  });
});
