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
import { StoredSecrets } from './stored-secrets.ts';

export type Middleware = Pick<MiddlewareObj<unknown, unknown>, 'before' | 'after' | 'onError'>;

export interface FunctionDefinition<Result> {
  readonly name: string;
  readonly cloud: Cloud;
  /** The folder of `migrations.json`: next to the bundle. */
  readonly folder: string;
  readonly work: (event: unknown, invocation: Invocation) => Promise<Result>;
  /** Milliseconds within which the function must respond, if shorter than the platform's timeout. */
  readonly respondWithinMs?: (settings: Settings) => number;
  /** Set on `reconcile` only: the other functions warn when it has stopped running. */
  readonly isReconcile?: true;
  /**
   * Anyone may call it. It checks the heartbeat itself, and only when it starts a run: a refused request makes no calls. Its responses are not
   * redacted: they echo what the caller sent, and a correct guess of a secret would come back as `***`. They must therefore contain nothing that
   * the cloud returned as free text.
   */
  readonly isPublic?: true;
  /** Outermost middlewares: they see the response last. */
  readonly middlewares?: readonly Middleware[];
  /** Builds the response when the work fails; it must not reveal the error. Without it the handler fails with the error. */
  readonly onError?: (error: unknown, requestId: string) => Result;
}

export interface FunctionHandler<Result> {
  handle(event: unknown, context: PlatformContext): Promise<Result>;
  /** Loads the jobs file, and what its runs need, before the first event. Never fails: problems with the file are reported for each event. */
  initialize(context: PlatformContext, callback: (error: unknown, result?: string) => void): void;
}

/** Middy's context: the adapted one, plus what is created at the start of an invocation. */
interface ChainContext extends InvocationContext {
  readonly log: Logger;
  readonly redactor: Redactor;
}

/** Middy's types require the whole AWS Lambda context; Middy itself reads only `getRemainingTimeInMillis`. */
type MiddyContext = Context & ChainContext;

/** Reserved from the platform's timeout, so that a response can still be sent (ms). */
const RESPONSE_RESERVE_MS = 250;

/**
 * Wraps a function's work in what all functions share: the adapted context, settings, jobs file, JSON log lines with the request ID,
 * redaction of everything that leaves the function, and a single place that turns errors into outcomes.
 *
 * The loaded jobs file, secrets from DEW and open connections (lib/cloud) are kept between the invocations of an instance. Keys and settings are read each time.
 */
export function makeFunction<Result>(parts: FunctionDefinition<Result>): FunctionHandler<Result> {
  const jobsCache = makeJobsCache();
  const stored = new StoredSecrets();

  const chain = middy<unknown, Result, Error, MiddyContext>({
    timeoutEarlyInMillis: RESPONSE_RESERVE_MS,
    timeoutEarlyResponse: () => {
      throw new Error('the invocation ran out of time; see the log for what it started');
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
        else request.error = publicError(request.error, redactor);
      },
    })
    .handler(async (event, context) => {
      const settings = settingsOf(context);
      const remainingMs = capRemainingMs(context.remainingMs, parts.respondWithinMs?.(settings));
      const warn = logWarnings(context.log);
      const { jobs } = await jobsCache.get(jobsFileOf(settings, parts.folder), optionsOf(settings), warn);
      const invocation = await makeInvocation({ ...context, ...parts, context, remainingMs, settings, jobs, stored });
      const { deps } = invocation;
      const heartbeatCheck = parts.isReconcile || parts.isPublic ? undefined : warnOfMissedHeartbeat(deps);
      try {
        return await parts.work(event, invocation);
      } finally {
        await heartbeatCheck;
        await deps.cloudEye?.send(deps);
      }
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

function optionsOf({ MIGRATIONS_LEDGER_FOLDER, MIGRATIONS_PREFIX: prefix }: Settings): JobsOptions {
  return { prefix, ...(MIGRATIONS_LEDGER_FOLDER && { ledger: 'given' }) };
}

const logWarnings = (log: Logger) => (warnings: LoadedJobs['warnings']) => {
  for (const { path, message, line } of warnings) {
    log.warn(path.length === 0 ? message : `${formatPath(path)}: ${message}`, line ? { line } : {});
  }
};

function capRemainingMs(remainingMs: () => number, withinMs = Number.POSITIVE_INFINITY): () => number {
  const started = Date.now();
  return () => Math.min(remainingMs(), withinMs - (Date.now() - started));
}

/** An invalid `LOG_LEVEL` is reported with the other settings; until then the level is `info`. */
function levelOf(context: InvocationContext): LogLevel {
  try {
    return settingsOf(context).LOG_LEVEL;
  } catch {
    return 'info';
  }
}

/** Each run of a result already has its own log line, so only the start of an error message that ends with the result is logged. */
function loggedError(error: unknown): unknown {
  if (!(error instanceof RunsFailedError)) return error;
  const { name, code, message } = error;
  return { name, code, message: message.slice(0, message.indexOf(': {"runs":')) };
}

/** What the platform shows to the caller: name and message. Causes and the stack go to the log, redacted. */
function publicError(error: unknown, redactor: Redactor): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // Its message ends with JSON, which must remain valid JSON.
  const redacted =
    error instanceof RunsFailedError ? error.about(redactor.value(error.result)) : redactor.text(message);
  const shown = new Error(plainText(redacted));
  shown.name = name;
  shown.stack = `${name}: ${shown.message}`;
  return shown;
}
