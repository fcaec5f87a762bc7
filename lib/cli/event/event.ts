import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { withoutAbsent } from '../../cloud/transport/read-fields.ts';
import { AppError } from '../../kernel/errors.ts';
import { MAX_KEY_BYTES } from '../../kernel/max-key-bytes.ts';
import { plainJson } from '../../kernel/plain-text.ts';
import { type AddCommands, type CommandContext, command } from '../command-line.ts';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../usage-error.ts';
import {
  makeSampleObjectEvent,
  OBJECT_EVENTS,
  type ObjectEventChoices,
  type ObjectEventKind,
} from './sample-object-event.ts';
import { makeSampleRequestEvent } from './sample-request-event.ts';
import { makeSampleTimerEvent, type TimerEventChoices } from './sample-timer-event.ts';

interface EventOptions {
  readonly output?: string;
  readonly job?: string;
  readonly time?: string;
}

interface EventParts<Own> {
  readonly summary: string;
  readonly about?: string;
  readonly examples: readonly string[];
  /** Adds the command's own options. */
  readonly add: (made: Command) => void;
  readonly make: (options: EventOptions & Own, context: CommandContext) => Promise<unknown>;
}

const ABOUT = 'Values that are not given are chosen so that the event starts a job of the jobs file. Nothing is sent.';

/** `event obs-put`, `event timer`, `event request` and the others. */
export const addEvent: AddCommands = (program, execute) => {
  const parent = program
    .command('event')
    .helpCommand(false)
    .summary('generate an event as the platform sends it')
    .description(`generate an event as the platform sends it\n\n${ABOUT}`);
  for (const kind of Object.keys(OBJECT_EVENTS) as ObjectEventKind[]) objectEvent(kind)(parent, execute);
  timerEvent(parent, execute);
  requestEvent(parent, execute);
};

function eventCommand<Own>(
  kind: string,
  { summary, about = ABOUT, examples, add, make }: EventParts<Own>,
): AddCommands {
  return command<EventOptions & Own>(kind, {
    summary,
    about,
    examples,
    hasPlace: true,
    add: (made) => {
      made
        .option('-o, --output <file>', 'write the event to this file')
        .option('--job <name>', 'the job that it should start (default: the first with such a trigger)')
        .option(
          '--time <time>',
          'when it happened, ISO 8601 (default: now; the time of the local system while it is used)',
        );
      add(made);
    },
    work: async (context, options) => write(context, options, await make(options, context)),
  });
}

type ObjectOptions = Pick<ObjectEventChoices, 'bucket' | 'key' | 'versionId'> & {
  readonly size?: string;
  readonly etag?: string;
};

const objectEvent = (kind: ObjectEventKind) =>
  eventCommand<ObjectOptions>(kind, {
    summary: OBJECT_EVENTS[kind].summary,
    examples: [
      `npx migrations event ${kind} -o event.json`,
      `npx migrations event ${kind} --bucket redis-backups --key "prod/dump 1.rdb" --size 1024`,
    ],
    add: (made) =>
      made
        .option('--bucket <name>', 'bucket of the object')
        .option('--key <key>', 'key of the object, not encoded')
        .option('--size <bytes>', 'size of the object')
        .option('--etag <text>', 'ETag of the object, without quotes (default: a new one each time)')
        .option('--version-id <id>', 'version id of the object (default: none, as in a bucket without versioning)'),
    make: async (options, context) => {
      const { key, bucket, etag: eTag, versionId, job } = options;
      const size = options.size === undefined ? undefined : bytesOf(options.size);
      if (key !== undefined && (key === '' || Buffer.byteLength(key) > MAX_KEY_BYTES)) {
        throw new UsageError(`--key: must have 1 to ${MAX_KEY_BYTES} bytes`);
      }
      const { jobs, settings, time } = await loadContext(context, options);
      const choices = withoutAbsent({ job, bucket, key, size, eTag, versionId, time });
      return makeSampleObjectEvent(kind, choices, jobs, settings);
    },
  });

const timerEvent = eventCommand<Pick<TimerEventChoices, 'name' | 'userEvent'>>('timer', {
  summary: 'a timer ticked',
  examples: ['npx migrations event timer', 'npx migrations event timer --user-event a-job,another-job'],
  add: (made) =>
    made
      .option('--name <name>', 'name of the trigger')
      .option(
        '--user-event <text>',
        'user event (additional information) of the trigger: job names, separated by commas',
      ),
  make: async (options, context) => {
    const { job, name, userEvent } = options;
    const { jobs, time } = await loadContext(context, options);
    return makeSampleTimerEvent(withoutAbsent({ job, name, userEvent, time }), jobs);
  },
});

interface RequestOptions {
  readonly body?: string;
  readonly header?: readonly string[];
  readonly query?: readonly string[];
  readonly idempotencyKey?: string;
}

const requestEvent = eventCommand<RequestOptions>('request', {
  summary: 'a caller requests a run through the API Gateway',
  about: `${ABOUT} A token or signature is made with the generated secrets of the local system.`,
  examples: [
    'npx migrations event request --job import-on-demand --idempotency-key order-7',
    `npx migrations event request --body '{"description": "manual"}' --header "x-team: ops"`,
  ],
  add: (made) =>
    made
      .option('--body <text>', 'the body, sent as is')
      .option('--header <header...>', 'headers, as "name: value"')
      .option('--query <parameter...>', 'query parameters, as name=value')
      .option('--idempotency-key <key>', 'the Idempotency-Key header: the same key starts no second run'),
  make: async (options, context) => {
    const { job, body, idempotencyKey: key } = options;
    const given = pairs('--header', options.header, ':');
    const headers = { ...given, ...(key === undefined ? {} : { 'idempotency-key': key }) };
    const query = pairs('--query', options.query, '=');
    const { jobs, settings, time } = await loadContext(context, options);
    const choices = withoutAbsent({ job, body, headers, query, time });
    return makeSampleRequestEvent(choices, jobs, settings);
  },
});

async function loadContext({ place }: CommandContext, options: EventOptions) {
  const given = givenTime(options);
  const { settings, loadJobs, clock } = await place();
  return { settings, jobs: (await loadJobs()).jobs, time: given ?? new Date((await clock())()) };
}

async function write(
  { terminal, cwd }: CommandContext,
  { output }: EventOptions,
  event: unknown,
): Promise<typeof EXIT.done> {
  const text = plainJson(JSON.stringify(event, null, 2));
  if (output === undefined) {
    terminal.result(event, () => [text]);
    return EXIT.done;
  }
  try {
    await writeFile(resolve(cwd, output), `${text}\n`);
  } catch (cause) {
    throw new AppError('unwritable', `write ${output}: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
  terminal.result({ file: output }, () => [`wrote ${output}`]);
  return EXIT.done;
}

function givenTime({ time }: EventOptions): Date | undefined {
  if (time === undefined) return undefined;
  const at = new Date(time);
  if (Number.isNaN(at.getTime()))
    throw new UsageError(`--time ${time}: not a valid time; use a form such as 2026-03-14T02:00:00Z`);
  return at;
}

function bytesOf(text: string): number {
  const bytes = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(bytes)) return bytes;
  throw new UsageError(`--size ${text}: must be a number of bytes`);
}

function pairs(option: string, given: readonly string[] = [], separator: string): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf(separator);
      if (at <= 0) throw new UsageError(`${option} ${text}: must have the form name${separator}value`);
      const name = text.slice(0, at).trim();
      return [separator === ':' ? name.toLowerCase() : name, text.slice(at + 1).trim()];
    }),
  );
}
