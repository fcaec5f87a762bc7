import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Assumptions, assumedByDefault } from '../../../src/cloud/open-questions/assumptions.ts';
import type { OpenQuestion } from '../../../src/cloud/open-questions/open-question.ts';
import { OPEN_QUESTIONS } from '../../../src/cloud/open-questions/open-questions.ts';
import { parseAssume } from '../../../src/cloud/open-questions/parse-assume.ts';

const QUESTIONS: readonly (readonly [string, OpenQuestion])[] = Object.entries(OPEN_QUESTIONS);

describe('every open question', () => {
  it.each(QUESTIONS)('%s has a default among at least two behaviors, in kebab-case', (id, question) => {
    const { behaviors, assumed, notPromised = {} } = question;
    expect([id, ...Object.keys(behaviors)].filter((name) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))).toEqual([]);
    expect(Object.keys(behaviors).length).toBeGreaterThan(1);
    expect(behaviors).toHaveProperty([assumed]);
    for (const behavior of Object.keys(notPromised)) expect(behaviors).toHaveProperty([behavior]);
    expect(notPromised).not.toHaveProperty([assumed]);
    expect(question.question).toMatch(/\?$/);
  });
});

describe('Assumptions', () => {
  it('answers with the default until another behavior is given', () => {
    const assumptions = new Assumptions({ 'dcs-name-filter': 'exact' });

    expect(assumptions.assumed('dcs-name-filter')).toBe('exact');
    expect(assumptions.assumed('dcs-list-lag')).toBe(assumedByDefault('dcs-list-lag'));
    assumptions.change({ 'dcs-list-lag': 'within-settle' });
    expect(assumptions.assumed('dcs-name-filter')).toBe('exact');
    expect(assumptions.all()).toMatchObject({ 'dcs-list-lag': 'within-settle', 'clock-skew': 'none' });
    expect(Object.keys(assumptions.all())).toEqual(Object.keys(OPEN_QUESTIONS));
  });

  it.each<[string, object, string]>([
    [
      'an unknown question',
      { 'dcs-name-filtr': 'exact' },
      'no open question has this ID (did you mean dcs-name-filter?)',
    ],
    ['a name of every object', { constructor: 'exact' }, 'assume constructor: no open question has this ID'],
    [
      'an unknown behavior',
      { 'dcs-name-filter': 'exactly' },
      'must be one of contains, prefix, exact, ignored (did you mean exact?)',
    ],
    [
      'a behavior of every object',
      { 'dcs-name-filter': 'toString' },
      'assume dcs-name-filter=toString: must be one of contains',
    ],
    ['a value that is not a string', { 'dcs-name-filter': 1 }, 'assume dcs-name-filter: must be one of contains'],
  ])('refuses %s and changes nothing', (_what, answers, message) => {
    const assumptions = new Assumptions();
    expect(() => assumptions.change({ 'dcs-list-lag': 'within-settle', ...answers })).toThrow(message);
    expect(assumptions.assumed('dcs-list-lag')).toBe('none');
  });
});

describe('parseAssume', () => {
  const file = (content: string) => {
    const name = path.join(mkdtempSync(path.join(tmpdir(), 'assume-')), 'probe.json');
    writeFileSync(name, content);
    return name;
  };

  it('reads answers and files; later ones win', () => {
    const probe = file(
      JSON.stringify({ version: 1, answers: { 'dcs-list-lag': 'none', 'clock-skew': 'none' }, rows: [] }),
    );
    expect(parseAssume(['dcs-list-lag=within-settle', probe, 'clock-skew=minute-ahead'])).toEqual({
      'dcs-list-lag': 'none',
      'clock-skew': 'minute-ahead',
    });
    expect(parseAssume([])).toEqual({});
  });

  it.each([
    ['dcs-list-lag', 'dcs-list-lag: must be question=behavior, or a file whose name ends in .json'],
    ['=none', '=none: must be question=behavior'],
    ['dcs-list-lag=', 'assume dcs-list-lag=: must be one of none'],
    ['absent.json', 'read absent.json: ENOENT'],
    [file('{'), 'probe.json: '],
    [file('null'), 'version must be 1, got undefined'],
    [file('{"version":2,"answers":{}}'), 'version must be 1, got 2'],
    [file('{"version":1,"answers":[]}'), 'answers must be an object'],
    [file('{"version":1,"answers":{"x":"y"}}'), 'assume x: no open question has this ID'],
  ])('refuses %s', (value, message) => {
    expect(() => parseAssume([value])).toThrow(message);
  });
});
