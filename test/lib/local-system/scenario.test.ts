import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as fc from 'fast-check';
import { ROOT } from '../../../lib/build/package-root.ts';
import { ConfigError } from '../../../lib/kernel/errors.ts';
import { parseScenario, readScenario, SCENARIO_KEYS, STEP_KEYS } from '../../../lib/local-system/scenario.ts';
import { ONLY_FOR, SITUATION_OPTIONS, SITUATIONS } from '../../../packages/local-cloud/src/cloud/situations.ts';

const START = 'title: t\nrunbook: a-run-waits\n';

const isFirst = (key: string, index: number, all: readonly string[]) => all.indexOf(key) === index;

async function problemsOf(text: string): Promise<string[]> {
  const error = await parseScenario(text).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ConfigError)) throw new Error(`expected problems in ${text}, got ${String(error)}`);
  return error.problems.map(({ line, message }) => `${line}: ${message}`);
}

describe('parseScenario', () => {
  it('reads everything that a scenario can have', async () => {
    const text = `${START}jobs: jobs.yml
clock: 2.5
faults: [ "task=hang,at=40" ]
steps:
  - after: 90s
  - upload: { bucket: b, key: "k-{n}", size: 0 }
    repeat: 1000
  - after: 2h
    undo: all
  - undo: [ "task=hang,at=40" ]
  - request: { job: j, body: { a: [ 1 ] }, idempotency_key: k }
  - tick: reconcile
  - advance: 4h
  - clock: 100
  - faults: [ "PublishMessage=hang" ]
  - damage: runs/j/
  - pause: j
`;

    expect(await parseScenario(text)).toEqual({
      title: 't',
      runbook: 'a-run-waits',
      jobs: 'jobs.yml',
      clock: 2.5,
      faults: ['task=hang,at=40'],
      steps: [
        { after: 90_000 },
        { upload: { bucket: 'b', key: 'k-{n}', size: 0 }, repeat: 1000 },
        { after: 7_200_000, undo: 'all' },
        { undo: ['task=hang,at=40'] },
        { request: { job: 'j', body: { a: [1] }, idempotency_key: 'k' } },
        { tick: 'reconcile' },
        { advance: 14_400_000 },
        { clock: 100 },
        { faults: ['PublishMessage=hang'] },
        { damage: 'runs/j/' },
        { pause: 'j' },
      ],
    });
  });

  it.each([
    ['title: t\n', /^1: .*expected string/i],
    [`${START}runbok: x\n`, /^3: unknown key "runbok"; did you mean "runbook"\?$/],
    [`${START}steps:\n  - tick: a\n    elsewhere: b\n`, /^5: unknown key "elsewhere"$/],
    [`${START}steps:\n  - undo: everything\n`, /^4: must be all, or a list of faults$/],
    [`${START}steps:\n  - pause: 3\n`, /^4: .*expected string/],
    [`${START}steps:\n  - undo: [ task=hangs ]\n`, /^4: parse the fault task=hangs: unknown kind hangs of task/],
    [`${START}faults: [ "task=hang,at=1,at=2" ]\n`, /^3: parse the fault task=hang,at=1,at=2: at is given twice/],
    ['title: t\nrunbook: "#A run"\n', /^2: must be the anchor of a section, such as the-task-is-stuck/],
    [`${START}clock: 101\n`, /^3: Too big: expected number to be <=100/],
    [`${START}clock: 0\n`, /^3: Too small/],
    [`${START}faults:\n  - task=hang\n  - task=hangs\n`, /^5: parse the fault task=hangs: unknown kind hangs of task/],
    [`${START}steps:\n  - tick: a\n    clock: 2\n`, /^4: has tick and clock; write a step for each/],
    [`${START}steps:\n  - {}\n`, /^4: needs after, or one of faults, undo, upload, request, tick, advance, clock/],
    [`${START}steps:\n  - after: 10\n`, /^4: .*expected string/],
    [`${START}steps:\n  - after: 10x\n`, /^4: must be a duration such as 90s, 10m, 4h or 2d/],
    [`${START}steps:\n  - tick: a\n    repeat: 2\n`, /^5: is for upload and request only/],
    [`${START}steps:\n  - upload: { bucket: b, key: k, size: 49153 }\n`, /^4: Too big/],
    [`${START}steps:\n  - upload: { bucket: b, key: k }\n    repeat: 1001\n`, /^5: Too big/],
    ['title: [\n', /^\d: not valid YAML/],
  ])('refuses %j, with the line', async (text, problem) => {
    expect(await problemsOf(text)).toEqual([expect.stringMatching(problem)]);
  });

  it('reports every problem, in the order of lines', async () => {
    const problems = await problemsOf('title: t\nrunbook: R\nclock: 0\nsteps:\n  - after: x\n  - {}\n');

    expect(problems.map((problem) => problem.slice(0, 2))).toEqual(['2:', '3:', '5:', '6:']);
  });

  it('returns a scenario or throws a ConfigError, for any text and any document', async () => {
    const any = fc.oneof(
      fc.string(),
      fc.string().map((text) => `${START}${text}`),
      fc.json().map((text) => `${START}steps: [ ${text} ]\n`),
    );
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        await parseScenario(text).catch((error: unknown) => expect(error).toBeInstanceOf(ConfigError));
      }),
    );
  });

  it('reads each example', async () => {
    const folder = path.join(ROOT, 'examples/scenarios');
    const files = (await readdir(folder)).filter((file) => file !== 'migrations.yml');

    expect(files).not.toEqual([]);
    for (const file of files) {
      // As the file names it: beside itself.
      expect((await readScenario(path.join(folder, file))).jobs).toBe(path.join(folder, 'migrations.yml'));
    }
  });

  it('reads the one in docs/rehearsals.md, which names every fault, option and key', async () => {
    const page = await readFile(path.join(ROOT, 'docs/rehearsals.md'), 'utf8');
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];

    expect((await parseScenario(yaml)).steps).toHaveLength(5);
    const rows = [...page.slice(page.indexOf('| key | meaning |')).matchAll(/^\| (`.*?) \|/gm)];
    const named = rows.flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, key]) => key));
    expect([...new Set(named)].sort()).toEqual([...SCENARIO_KEYS, ...STEP_KEYS].filter(isFirst).sort());
    for (const [subject, kinds] of Object.entries(SITUATIONS))
      for (const kind of Object.keys(kinds)) expect(page).toContain(`\`${subject}=${kind}`);
    for (const options of [...Object.values(SITUATION_OPTIONS), ...Object.values(ONLY_FOR)])
      for (const name of Object.keys(options)) expect(page).toContain(`\`${name}\``);
  });

  it('says that a file does not exist', async () => {
    await expect(readScenario('/nowhere/a.yml')).rejects.toThrow('scenario /nowhere/a.yml: file not found');
  });
});
