import type { Socket } from 'node:net';
import { Callers } from '../src/callers.ts';

const own = process.getuid?.() ?? 0;
const asks = (user: number | undefined, shown?: string) =>
  new Callers({ token: 'right', userOf: async () => user }).identify({ socket: {} as Socket }, shown);

describe('Callers', () => {
  it.each([
    ['the same user', own, undefined, 'own'],
    ['another user', own + 1, undefined, 'other'],
    ['another user with a wrong token', own + 1, 'wrong', 'other'],
    ['another user with the token', own + 1, 'right', 'own'],
    ['a user unknown to the kernel', undefined, undefined, 'unknown'],
    ['the same with an empty token', undefined, '', 'unknown'],
    ['the same with the token', undefined, 'right', 'own'],
  ])('identifies %s', async (_name, user, shown, expected) => {
    expect(await asks(user, shown)).toBe(expected);
  });
});
