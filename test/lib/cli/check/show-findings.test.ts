import fc from 'fast-check';
import { showFindings, showLiveFindings } from '../../../../lib/cli/check/show-findings.ts';
import type { Terminal } from '../../../../lib/cli/terminal.ts';
import { describePlace } from '../../../../lib/jobs/describe-place.ts';
import { inspectJobs } from '../../../../lib/jobs/load-jobs.ts';

const terminal = { paint: (_tone: string, text: string) => text } as unknown as Terminal;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const STEERING = /[\u0000-\u001f\u007f-\u009f]/;

describe('showFindings', () => {
  it('shows any text of a file on one line each, without control characters', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'version: 1\n',
        'jobs:\n',
        '  a:\n',
        '    on: ',
        '{',
        '}',
        '[',
        '"\\e[2J"',
        '\u001b[2J',
        '? ',
        ': ',
        '\t',
        '\r\n',
        '&a ',
        '*a ',
      ),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const text = pieces.join('');
        const { problems, warnings } = await inspectJobs(text, 'yaml');
        const findings = [...problems, ...warnings].map((problem) => ({
          ...problem,
          level: 'problem' as const,
          help: describePlace(problem.path),
        }));
        for (const line of showFindings(findings, 'f.yml', text, terminal)) expect(line).not.toMatch(STEERING);
      }),
      { numRuns: 500 },
    );
  });
});

describe('showLiveFindings', () => {
  it('shows messages of the cloud without control characters', () => {
    const finding = {
      level: 'unknown',
      jobs: ['a', 'b'],
      path: [],
      line: undefined,
      asked: 'x\u001b[2J',
      message: 'y\n\u009bz',
      advice: 'w',
    } as const;

    expect(showLiveFindings([finding], 'f.yml', terminal)).toEqual([
      'f.yml: unknown: y  z (jobs a, b)',
      '  checked with: x [2J',
      '  to do: w',
    ]);
  });
});
