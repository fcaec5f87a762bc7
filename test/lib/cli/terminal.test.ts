import { PassThrough } from 'node:stream';
import { makeTerminal } from '../../../lib/cli/terminal.ts';
import { UsageError } from '../../../lib/cli/usage-error.ts';

/** A terminal whose keys are given beforehand. */
function typed(keys: string, isEnd = false) {
  const stream = () => Object.assign(new PassThrough(), { isTTY: true }) as unknown as PassThrough & NodeJS.ReadStream;
  const [stdin, stderr] = [stream(), stream()];
  stdin.write(keys);
  if (isEnd) stdin.end();
  const streams = { stdin, stdout: process.stdout, stderr: stderr as unknown as NodeJS.WriteStream, env: {} };
  return makeTerminal(streams, false);
}

describe('a question', () => {
  it.each([
    ['y\n', true],
    ['YES\n', true],
    ['\n', false],
    ['n\n', false],
    ['yep\n', false],
  ])('answered with %j is confirmed: %j', async (keys, expected) => {
    expect(await typed(keys).confirm('Go on?', { yes: false })).toBe(expected);
  });

  it('uses the fallback for an empty answer, and trims other answers', async () => {
    expect(await typed('\n').ask('Name?', 'one')).toBe('one');
    expect(await typed(' two \n').ask('Name?', 'one')).toBe('two');
  });

  it.each([
    ['Ctrl-D', '\u0004', false],
    ['Ctrl-C', '\u0003', false],
    ['the end of the input', '', true],
  ])('ended with %s reports that there was no answer', async (_how, keys, isEnd) => {
    const asked = typed(keys, isEnd).confirm('Go on?', { yes: false });

    await expect(asked).rejects.toThrow(new UsageError('Go on? [y/N] - no answer; nothing was done'));
  });
});

describe('what is printed', () => {
  const BAD = 'a\u001b[31mb\u0007\u2028\u202ec';

  /** A terminal that has colours and keeps what it was given. */
  function printing(json: boolean) {
    const printed: string[] = [];
    const stream = { isTTY: true, write: (text: string) => printed.push(text) } as unknown as NodeJS.WriteStream;
    const streams = { stdin: process.stdin, stdout: stream, stderr: stream, env: {} };
    return { terminal: makeTerminal(streams, json), printed };
  }

  it('has only the painted colours, whatever the text contains', () => {
    const { terminal, printed } = printing(false);

    terminal.result({}, () => [`${terminal.paint('bad', BAD)} ${BAD}`]);
    terminal.note(`${terminal.paint('plain', BAD)}\nnext`);

    expect(printed).toEqual(['\u001b[31ma [31mb c\u001b[39m a [31mb c\n', 'a [31mb c\nnext\n']);
  });

  it('is the same value in JSON, without control characters in the text', () => {
    const { terminal, printed } = printing(true);

    terminal.item({ key: BAD }, () => '');

    expect(printed).toEqual(['{"key":"a\\u001b[31mb\\u0007\\u2028\\u202ec"}\n']);
    expect(JSON.parse(printed.join(''))).toEqual({ key: BAD });
  });
});
