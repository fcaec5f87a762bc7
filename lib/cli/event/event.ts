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
  type ObjectEventKind,
  type ObjectEventWish,
} from './sample-object-event.ts';
import { makeSampleRequestEvent } from './sample-request-event.ts';
import { makeSampleTimerEvent, type TimerEventWish } from './sample-timer-event.ts';

interface EventOptions {
  readonly output?: string;
  readonly job?: string;
  readonly time?: string;
}

interface EventParts<Own> {
  readonly summary: string;
  readonly about?: string;
  readonly examples: readonly string[];
  /** Adds options of its own. */
  readonly add: (made: Command) => void;
  readonly make: (options: EventOptions & Own, context: CommandContext) => Promise<unknown>;
}

const ABOUT = 'What is not given is made so that the event starts a job of the jobs file. Nothing is sent.';

/** `event obs-put`, `event timer`, `event request` and the others. */
export const addEvent: AddCommands = (program, carryOut) => {
  const parent = program
    .command('event')
    .helpCommand(false)
    .summary('write an event as the platform sends it')
    .description(`write an event as the platform sends it\n\n${ABOUT}`);
  for (const kind of Object.keys(OBJECT_EVENTS) as ObjectEventKind[]) objectEvent(kind)(parent, carryOut);
  timerEvent(parent, carryOut);
  requestEvent(parent, carryOut);
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
        .option('-o, --output <file>', 'write the event into this file')
        .option('--job <name>', 'the job that it shall start (default: the first with such a trigger)')
        .option('--time <time>', 'when it happened, ISO 8601 (default: now)');
      add(made);
    },
    work: async (context, options) => write(context, options, await make(options, context)),
  });
}

type ObjectOptions = Pick<ObjectEventWish, 'bucket' | 'key' | 'versionId'> & {
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
        .option('--bucket <name>', 'of the object')
        .option('--key <key>', 'of the object, not encoded')
        .option('--size <bytes>', 'of the object')
        .option('--etag <text>', 'of the object, without quotes (default: a new one each time)')
        .option('--version-id <id>', 'of the object (default: a bucket without versions)'),
    make: async (options, context) => {
      const { key, bucket, etag: eTag, versionId, job } = options;
      const size = options.size === undefined ? undefined : bytesOf(options.size);
      if (key !== undefined && (key === '' || Buffer.byteLength(key) > MAX_KEY_BYTES)) {
        throw new UsageError(`--key: a key has 1 to ${MAX_KEY_BYTES} bytes`);
      }
      const wish = withoutAbsent({ job, bucket, key, size, eTag, versionId, time: timeOf(options) });
      const { jobs, settings } = await known(context);
      return makeSampleObjectEvent(kind, wish, jobs, settings);
    },
  });

const timerEvent = eventCommand<Pick<TimerEventWish, 'name' | 'userEvent'>>('timer', {
  summary: 'a timer ticked',
  examples: ['npx migrations event timer', 'npx migrations event timer --user-event a-job,another-job'],
  add: (made) =>
    made
      .option('--name <name>', "the trigger's name")
      .option('--user-event <text>', 'its additional information: job names, separated by commas'),
  make: async (options, context) => {
    const { job, name, userEvent } = options;
    const { jobs } = await known(context);
    return makeSampleTimerEvent(withoutAbsent({ job, name, userEvent, time: timeOf(options) }), jobs);
  },
});

interface RequestOptions {
  readonly body?: string;
  readonly header?: readonly string[];
  readonly query?: readonly string[];
  readonly idempotencyKey?: string;
}

const requestEvent = eventCommand<RequestOptions>('request', {
  summary: 'a caller asks for a run through the API Gateway',
  about: `${ABOUT} A token or signature is made with the made-up secrets of what npm start runs.`,
  examples: [
    'npx migrations event request --job import-on-demand --idempotency-key order-7',
    `npx migrations event request --body '{"description": "by hand"}' --header "x-team: ops"`,
  ],
  add: (made) =>
    made
      .option('--body <text>', 'the body, as it is')
      .option('--header <header...>', 'name: value')
      .option('--query <parameter...>', 'name=value')
      .option('--idempotency-key <key>', 'names the occurrence'),
  make: async (options, context) => {
    const { job, body, idempotencyKey: key } = options;
    const given = pairs('--header', options.header, ':');
    const headers = { ...given, ...(key === undefined ? {} : { 'idempotency-key': key }) };
    const query = pairs('--query', options.query, '=');
    const { jobs, settings } = await known(context);
    const wish = withoutAbsent({ job, body, headers, query, time: timeOf(options) });
    return makeSampleRequestEvent(wish, jobs, settings);
  },
});

async function known({ place }: CommandContext) {
  const { settings, loadJobs } = await place();
  return { settings, jobs: (await loadJobs()).jobs };
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

function timeOf({ time }: EventOptions): Date {
  if (time === undefined) return new Date();
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) throw new UsageError(`--time ${time}: is no time, as 2026-03-14T02:00:00Z is one`);
  return at;
}

function bytesOf(text: string): number {
  const bytes = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(bytes)) return bytes;
  throw new UsageError(`--size ${text}: is no number of bytes`);
}

function pairs(option: string, given: readonly string[] = [], separator: string): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf(separator);
      if (at <= 0) throw new UsageError(`${option} ${text}: write name${separator} value`);
      const name = text.slice(0, at).trim();
      return [separator === ':' ? name.toLowerCase() : name, text.slice(at + 1).trim()];
    }),
  );
}
