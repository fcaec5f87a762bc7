import { makePrinter, wantsColours } from '../../../lib/local-system/printer.ts';

describe('makePrinter', () => {
  it('prints one plain line per event', () => {
    let out = '';
    const now = () => new Date(2026, 2, 14, 9, 5, 7);
    const printer = makePrinter({ write: (text) => (out += text), colours: false, now });

    printer.text('hello');
    printer.event('timer', 'nightly -> schedule', 'good');

    expect(out).toBe('hello\n09:05:07  timer     nightly -> schedule\n');
  });
});

describe('wantsColours', () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: '' }, true],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{}, {}, false],
  ])('%j with %j: %j', (stream, env, expected) => {
    expect(wantsColours(stream, env)).toBe(expected);
  });
});
