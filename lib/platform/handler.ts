import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { JobsOptions } from '../jobs/check-jobs.ts';
import { makeJobsCache } from '../jobs/jobs-cache.ts';
import type { LoadedJobs } from '../jobs/load-jobs.ts';
import { adaptContext, type InvocationContext, type PlatformContext } from '../kernel/context.ts';
import { formatPath } from '../kernel/errors.ts';
import { type Logger, makeLogger } from '../kernel/logger.ts';
import { plainText } from '../kernel/plain-text.ts';
import { makeRedactor, type Redactor } from '../kernel/redactor.ts';
import type { LogLevel, Settings } from '../kernel/settings.ts';
import { warnOfMissedHeartbeat } from '../runs/ledger/heartbeat.ts';
import { RunsFailedError } from '../runs/report/run-result.ts';
import { type Cloud, type Invocation, jobsFileOf, makeInvocation, settingsOf } from './invocation.ts';

export type Middleware = Pick<MiddlewareObj<unknown, unknown>, 'before' | 'after' | 'onError'>;

export interface FunctionParts<Result> {
  readonly name: string;
  readonly cloud: Cloud;
  /** Where `migrations.json` lies: beside the bundle. */
  readonly folder: string;
  readonly work: (event: unknown, invocation: Invocation) => Promise<Result>;
  /** Milliseconds after which the function must have answered, when that is less than the platform's time. */
  readonly answerWithinMs?: (settings: Settings) => number;
  /** The others warn when this one does not run. */
  readonly isReconcile?: true;
  /**
   * Anybody may call it. It warns by itself, and only where it starts a run: a request that is refused makes no call. Its answers are not
   * searched for secrets: they hold what the caller sent, who would see a right guess come back as `***`. So nothing of what the cloud said may
   * be in them.
   */
  readonly isPublic?: true;
  /** Run around all else: they see the answer last. */
  readonly middlewares?: readonly Middleware[];
  /** The answer when the work fails; it says nothing of the error. Without it the handler fails with the error. */
  readonly onError?: (error: unknown, requestId: string) => Result;
}

export interface MadeFunction<Result> {
  handle(event: unknown, context: PlatformContext): Promise<Result>;
  /** Loads the jobs file, and what its runs need, before the first event. Never fails: what is wrong with the file is the answer to each event. */
  initialize(context: PlatformContext, callback: (error: unknown, result?: string) => void): void;
}

/** Middy's context: the adapted one, and what is opened at the start of an invocation. */
interface ChainContext extends InvocationContext {
  readonly log: Logger;
  readonly redactor: Redactor;
}

/** Middy's types want the whole context of the platform that it was made for; it reads `getRemainingTimeInMillis` and no more. */
type MiddyContext = Context & ChainContext;

/** Kept back of the platform's time, so that an answer still goes out (ms). */
const ANSWER_BEFORE_MS = 250;

/**
 * Wraps a function's work in what all functions share: the adapted context, settings, jobs file, JSON log lines with the request id,
 * secrets taken out of everything that leaves, and one place that turns errors into outcomes.
 *
 * Kept between the invocations of an instance: the loaded jobs file, and open connections (lib/cloud). Keys and settings are read again.
 */
export function makeFunction<Result>(parts: FunctionParts<Result>): MadeFunction<Result> {
  const jobsCache = makeJobsCache();

  const chain = middy<unknown, Result, Error, MiddyContext>({
    timeoutEarlyInMillis: ANSWER_BEFORE_MS,
    timeoutEarlyResponse: () => {
      throw new Error('the invocation ran out of time; the log has what it started');
    },
  })
    .use([...(parts.middlewares ?? [])] as MiddlewareObj<unknown, Result, Error, MiddyContext>[])
    .use({
      after: (request) => {
        if (!parts.isPublic) request.response = request.context.redactor.value(request.response);
      },
      onError: (request) => {
        const { log, requestId, redactor } = request.context;
        log.error('failed', { error: loggedError(request.error) });
        if (parts.onError) request.response = parts.onError(request.error, requestId);
        else request.error = outgoing(request.error, redactor);
      },
    })
    .handler(async (event, context) => {
      const settings = settingsOf(context);
      const remainingMs = limited(context.remainingMs, parts.answerWithinMs?.(settings));
      const warn = logWarnings(context.log);
      const { jobs } = await jobsCache.get(jobsFileOf(settings, parts.folder), optionsOf(settings), warn);
      const invocation = await makeInvocation({ ...context, ...parts, context, remainingMs, settings, jobs });
      const watched = parts.isReconcile || parts.isPublic ? undefined : warnOfMissedHeartbeat(invocation.deps);
      const result = await parts.work(event, invocation);
      await watched;
      return result;
    });

  return {
    handle: async (event, platform) => {
      const context = adaptContext(platform);
      const redactor = makeRedactor();
      const log = openLog(parts.name, context, redactor);
      return (await chain(event, { ...context, log, redactor } as MiddyContext, {} as never)) as Result;
    },
    initialize: (platform, callback) => {
      const done = () => callback(null, '');
      const context = adaptContext(platform);
      const log = openLog(parts.name, context, makeRedactor());
      const load = async () => {
        const settings = settingsOf(context);
        const file = jobsFileOf(settings, parts.folder);
        const { jobs } = await jobsCache.get(file, optionsOf(settings), logWarnings(log));
        await parts.cloud.preload(jobs);
      };
      load().then(done, done);
    },
  };
}

function openLog(name: string, context: InvocationContext, redactor: Redactor): Logger {
  return makeLogger({ level: levelOf(context), redactor, fields: { requestId: context.requestId, function: name } });
}

function optionsOf({ MIGRATIONS_LEDGER_FOLDER }: Settings): JobsOptions {
  return MIGRATIONS_LEDGER_FOLDER ? { ledger: 'given' } : {};
}

const logWarnings = (log: Logger) => (warnings: LoadedJobs['warnings']) => {
  for (const { path, message, line } of warnings) {
    log.warn(path.length === 0 ? message : `${formatPath(path)}: ${message}`, line ? { line } : {});
  }
};

function limited(remainingMs: () => number, withinMs = Number.POSITIVE_INFINITY): () => number {
  const started = Date.now();
  return () => Math.min(remainingMs(), withinMs - (Date.now() - started));
}

/** A bad `LOG_LEVEL` is reported with the other settings; until then everything from `info` on is logged. */
function levelOf(context: InvocationContext): LogLevel {
  try {
    return settingsOf(context).LOG_LEVEL;
  } catch {
    return 'info';
  }
}

/** Each run of a result has a line of its own in the log already: of an error that ends with the result only its beginning is logged. */
function loggedError(error: unknown): unknown {
  if (!(error instanceof RunsFailedError)) return error;
  const { name, code, message } = error;
  return { name, code, message: message.slice(0, message.indexOf(': {"runs":')) };
}

/** What the platform shows to the caller: name and message. Causes and stack are in the log, where secrets are taken out. */
function outgoing(error: unknown, redactor: Redactor): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // Its message ends with JSON, which stays JSON.
  const said = error instanceof RunsFailedError ? error.about(redactor.value(error.result)) : redactor.text(message);
  const shown = new Error(plainText(said));
  shown.name = name;
  shown.stack = `${name}: ${shown.message}`;
  return shown;
}
