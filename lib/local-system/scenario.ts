import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { MAX_RATE } from '../../packages/local-cloud/src/cloud/clock.ts';
import { parseFault } from '../../packages/local-cloud/src/cloud/parse-fault.ts';
import { decodeText } from '../jobs/decode-text.ts';
import { parseYaml } from '../jobs/parse-yaml.ts';
import { ConfigError, messageOf, type Problem } from '../kernel/errors.ts';
import { DURATION, durationMs } from '../schema/duration.ts';
import { unknownName } from '../schema/suggest.ts';

const MAX_BYTES = 256 * 1024;
const MAX_REPEAT = 1_000;
/** What the control API takes. */
const MAX_OBJECT_BYTES = 48 * 1024;

const duration = z
  .string()
  .regex(DURATION, 'must be a duration such as 90s, 10m, 4h or 2d')
  .transform((text) => durationMs(text) ?? 0);
const rate = z.number().min(1).max(MAX_RATE);
const fault = z.string().superRefine((text, context) => {
  try {
    parseFault(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: messageOf(error) });
  }
});
const faults = z.array(fault).min(1);
const upload = z.strictObject({
  bucket: z.string().min(1),
  key: z.string().min(1).max(1024),
  text: z.string().max(MAX_OBJECT_BYTES).optional(),
  size: z.int().min(0).max(MAX_OBJECT_BYTES).optional(),
});
const request = z.strictObject({
  job: z.string().min(1),
  body: z.record(z.string(), z.unknown()).optional(),
  idempotency_key: z.string().optional(),
});

/** What a step does: at most one of these. */
const ACTIONS = {
  faults,
  undo: z.union([z.literal('all'), faults], 'must be all, or a list of faults'),
  upload,
  request,
  tick: z.string().min(1),
  advance: duration,
  clock: rate,
  damage: z.string().min(1),
  pause: z.string().min(1),
} as const;

const step = z
  .strictObject({
    after: duration.optional(),
    repeat: z.int().min(1).max(MAX_REPEAT).optional(),
    ...(Object.fromEntries(Object.entries(ACTIONS).map(([name, schema]) => [name, schema.optional()])) as {
      [Name in keyof typeof ACTIONS]: z.ZodOptional<(typeof ACTIONS)[Name]>;
    }),
  })
  .superRefine((value, context) => {
    const given = Object.keys(ACTIONS).filter((name) => value[name as keyof typeof ACTIONS] !== undefined);
    if (given.length > 1)
      context.addIssue({ code: 'custom', message: `has ${given.join(' and ')}; write a step for each` });
    if (given.length === 0 && value.after === undefined)
      context.addIssue({ code: 'custom', message: `needs after, or one of ${Object.keys(ACTIONS).join(', ')}` });
    if (value.repeat !== undefined && value.upload === undefined && value.request === undefined)
      context.addIssue({ code: 'custom', path: ['repeat'], message: 'is for upload and request only' });
  });

const scenario = z.strictObject({
  title: z.string().min(1).max(200),
  jobs: z.string().min(1).optional(),
  runbook: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be the anchor of a section, such as the-task-is-stuck'),
  clock: rate.optional(),
  faults: faults.optional(),
  steps: z.array(step).optional(),
});

export const SCENARIO_KEYS: readonly string[] = Object.keys(scenario.shape);
export const STEP_KEYS: readonly string[] = Object.keys(step.shape);
const KEYS = [...SCENARIO_KEYS, ...STEP_KEYS, ...Object.keys(upload.shape), ...Object.keys(request.shape)];

/** A situation to rehearse: how it is brought about. Durations are in ms. */
export type Scenario = z.output<typeof scenario>;
export type ScenarioStep = z.output<typeof step>;

/**
 * Parses the text of a scenario file (YAML).
 *
 * @param what what messages call the file
 * @throws {ConfigError} with every problem, in the order of lines. Nothing else is thrown
 */
export async function parseScenario(text: string, what = 'scenario'): Promise<Scenario> {
  if (Buffer.byteLength(text) > MAX_BYTES)
    throw new ConfigError(what, [{ path: [], message: `has more than ${MAX_BYTES} bytes` }]);
  const { document, lineOf } = await parseYaml(text, what);
  const read = scenario.safeParse(document);
  if (read.success) return read.data;
  const problems = read.error.issues.flatMap(problemsOf).map((problem): Problem => {
    const line = lineOf(problem.path);
    return { ...problem, ...(line === undefined ? {} : { line }) };
  });
  throw new ConfigError(
    what,
    problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  );
}

/** The problems of an issue: one for each unknown key, at its own line. */
function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const at = issue.path as Problem['path'];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...at, key], message: unknownName('key', key, KEYS) }));
  // The first of the alternatives that fails in its content, rather than `Invalid input`.
  const inner = issue.code === 'invalid_union' ? issue.errors.flat().find(({ code }) => code === 'custom') : undefined;
  return [{ path: [...at, ...((inner?.path ?? []) as Problem['path'])], message: (inner ?? issue).message }];
}

/** With the path of its jobs file, if it names one beside itself. @throws {ConfigError} when the file cannot be read, or with all of its problems */
export async function readScenario(file: string): Promise<Scenario> {
  const what = `scenario ${file}`;
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const message = cause.code === 'ENOENT' ? 'file not found' : `could not be read: ${cause.code}`;
    throw new ConfigError(what, [{ path: [], message }], { cause });
  });
  const decoded = decodeText(bytes);
  if ('problem' in decoded) throw new ConfigError(what, [decoded.problem]);
  const parsed = await parseScenario(decoded.text, what);
  return parsed.jobs === undefined ? parsed : { ...parsed, jobs: path.resolve(path.dirname(file), parsed.jobs) };
}
