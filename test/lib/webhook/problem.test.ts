import { problemResponse } from '../../../lib/webhook/problem.ts';

describe('problemResponse', () => {
  it.each([
    [500, 'x'.repeat(500)],
    [501, `${'x'.repeat(500)}...`],
  ])('responds with at most 500 characters of a text: %i', (length, shown) => {
    const answer = { type: 'event', detail: 'x'.repeat(length) } as const;

    expect(JSON.parse(problemResponse(answer, 'r-1').body).detail).toBe(shown);
  });
});
