import { CloudError, RunError } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Redactor } from '../kernel/redactor.ts';
import { Secret, secretProblem, secretWarning } from '../kernel/secret.ts';
import {
  isStoredReference,
  type ReadSecret,
  referenceName,
  type SecretReference,
  type StoredReference,
} from '../kernel/secret-reference.ts';
import type { CsmsService } from '../ports/csms.ts';
import type { SecretReader, StoredSecrets } from './stored-secrets.ts';

export interface SecretSources {
  /** A variable of the function; `undefined` if it is not set. */
  readonly variable: (name: string) => string | undefined;
  readonly csms: () => Promise<CsmsService>;
  readonly stored: StoredSecrets;
  readonly redactor: Redactor;
  readonly log: Logger;
}

/**
 * Reads the secrets of one invocation, for its runs or to authenticate its callers. Every value is registered with the redactor, and checked, wherever
 * it comes from.
 */
export function makeReadSecret(sources: SecretSources): Readonly<Record<SecretReader, ReadSecret>> {
  const warnedAbout = new Set<string>();
  /** What cannot be read now is not asked for again: many runs may need the same secret, and each attempt takes seconds. */
  const unreadable = new Map<string, CloudError>();
  const { redactor, log } = sources;
  const accept = (where: string, value: string | RunError): Secret => {
    if (value instanceof RunError) throw value;
    const doubt = secretWarning(value);
    if (doubt && !warnedAbout.has(where)) log.warn(`${where} ${doubt}`);
    if (doubt) warnedAbout.add(where);
    return new Secret(value);
  };
  const variable = (name: string): Secret => {
    const value = sources.variable(name);
    if (value !== undefined)
      return accept(`the function's user data ${name}`, judge(`the function's user data ${name}`, value, redactor));
    throw new RunError(
      'secret_missing',
      `user data ${name} is not set on the function; add it as an encrypted variable`,
    );
  };
  const readWith =
    (read: (reference: StoredReference) => Promise<string>): ReadSecret =>
    (reference) =>
      isStoredReference(reference)
        ? read(reference).then((value) => accept(`secret ${referenceName(reference)}`, value))
        : variable(reference.user_data);
  return {
    run: readWith((reference) => readForRun(reference, sources, unreadable)),
    caller: readWith((reference) => readForCaller(reference, sources)),
  };
}

/** What is already known of a secret in DEW, to be redacted. `undefined` when nothing is. */
export function lastKnown(reference: SecretReference, stored: StoredSecrets): string | undefined {
  if (!isStoredReference(reference)) return undefined;
  const text = stored.last(reference);
  return text === undefined ? undefined : valueIn(text, reference.key);
}

/** What cannot be used now lets nobody in, and nothing more is decided by it: DEW is asked again for a later caller. */
async function readForCaller(reference: StoredReference, { stored, csms, redactor }: SecretSources): Promise<string> {
  const text = await stored.read(reference, csms, 'caller').catch((error: unknown) => {
    throw error instanceof CloudError ? unavailable(reference, error) : error;
  });
  const judged = usable(text, reference, redactor);
  if (!(judged instanceof RunError)) return judged;
  stored.forget(reference);
  throw judged;
}

async function readForRun(
  reference: StoredReference,
  { stored, csms, redactor }: SecretSources,
  unreadable: Map<string, CloudError>,
): Promise<string> {
  const name = referenceName(reference);
  const read = async () => {
    const known = unreadable.get(name);
    if (known) throw known;
    return stored.read(reference, csms).catch((error: unknown) => {
      if (!(error instanceof CloudError)) throw error;
      const failure = unavailable(reference, error);
      // How much time is left differs from run to run.
      if (error.cloudCode !== 'out_of_time') unreadable.set(name, failure);
      throw failure;
    });
  };
  const judged = usable(await read(), reference, redactor);
  if (!(judged instanceof RunError)) return judged;
  // What was remembered may have been corrected since, and the refusal would be final.
  stored.forget(reference);
  const again = usable(await read(), reference, redactor);
  if (!(again instanceof RunError)) return again;
  stored.forget(reference);
  throw again;
}

/** The value that a reference names, or why it cannot be used. */
function usable(text: string | undefined, reference: StoredReference, redactor: Redactor): string | RunError {
  const where = `secret ${referenceName(reference)}`;
  if (text === undefined) return new RunError('bad_secret', `${where} is binary; store it as text`);
  const value = valueIn(text, reference.key);
  if (value === undefined) {
    return new RunError(
      'secret_key_missing',
      `${where}: its value is not a JSON object in which ${reference.key} is a string; correct the secret in DEW, or the key in the jobs file`,
    );
  }
  return value === ''
    ? new RunError('bad_secret', `${where} is empty; correct its value`)
    : judge(where, value, redactor);
}

/** The value, or why it cannot be used wherever it comes from. */
function judge(where: string, value: string, redactor: Redactor): string | RunError {
  redactor.add(value);
  const problem = secretProblem(value);
  return problem ? new RunError('bad_secret', `${where} ${problem}; correct its value`) : value;
}

/** The value itself, or a key's in a JSON object. An error of the parser would quote the text, so none is passed on. */
function valueIn(text: string, key: string | undefined): string | undefined {
  if (key === undefined) return text;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const value = isRecord(parsed) && Object.hasOwn(parsed, key) ? parsed[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Nothing was sent to the service that needs the secret, and the same run may succeed later. */
function unavailable(reference: StoredReference, error: CloudError): CloudError {
  const { operation, status, requestId, retryAfterSeconds, action } = error;
  return new CloudError(
    {
      service: 'CSMS',
      operation,
      outcome: 'not_sent',
      // Asking again at once would hold up other runs.
      temporary: false,
      cloudCode: 'secret_unavailable',
      cloudMessage: `secret ${referenceName(reference)} cannot be read now: ${causeOf(error)}`,
      ...(status === undefined ? {} : { status }),
      ...(action === undefined ? {} : { action }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
    { cause: error },
  );
}

/** Without the status, which the error has itself. */
function causeOf({ status, cloudCode, cloudMessage, outcome }: CloudError): string {
  const known = [cloudCode, cloudMessage].filter((part) => part !== undefined);
  if (known.length > 0) return known.join(' ');
  return status === undefined ? `no response (${outcome})` : 'the response says no more';
}
