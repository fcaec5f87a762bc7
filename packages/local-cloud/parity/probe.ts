import type { ServiceName } from '../src/cloud/operation.ts';
import type { Facts, FactsOperation } from './facts.ts';
import { fieldsOf, type PlacedField, parentOf, pathsIn, placed, sampleValue, valuesAt, withValue } from './fields.ts';
import { type ParityCall, ParityCloud, type ParityReply } from './parity-cloud.ts';
import type { Sample, SampleCall } from './sample.ts';

type Part = 'path' | 'headers' | 'query' | 'body';

/** A value that the local cloud refused, and how. */
interface Refusal {
  readonly value: unknown;
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What the local cloud does with a documented field of a request. */
export interface FieldResult extends PlacedField {
  readonly part: Part;
  /** Whether the sample has it. */
  readonly isSent: boolean;
  readonly refusals: readonly Refusal[];
  /** The refusal of the sample without the field; undefined if it is accepted or the sample does not have the field. */
  readonly refusedWithout: Refusal | undefined;
}

/** What the local cloud does with a documented operation. */
export interface OperationResult {
  /** The response to each sample. */
  readonly replies: readonly ParityReply[];
  /** Of samples that should succeed and do not, or the other way round. */
  readonly wrongStatuses: readonly number[];
  readonly fields: readonly FieldResult[];
  /** What is refused although each of its fields alone is accepted: a body with all of them, or with none that is optional. */
  readonly combined: readonly string[];
  /** Documented fields that no response has. */
  readonly missing: readonly PlacedField[];
  /** Documented fields with a value of another type than documented, or one that is not in the enum. */
  readonly different: readonly PlacedField[];
  /** The paths of fields in responses that are not documented. */
  readonly extra: readonly string[];
}

/** A documented operation of a service. */
export interface Target {
  readonly service: ServiceName;
  readonly facts: Facts;
  readonly operation: FactsOperation;
}

/** Calls an operation with each of its samples, and once for each value of each documented field, each time in a new cloud. */
export async function probe(target: Target, samples: readonly Sample[]): Promise<OperationResult> {
  const { facts, operation } = target;
  const parts: [Exclude<Part, 'path'>, PlacedField[]][] = [
    ['headers', placed(operation.headers)],
    ['query', placed(operation.query)],
    ['body', operation.body === undefined ? [] : fieldsOf(facts, operation.body)],
  ];
  const replies: ParityReply[] = [];
  const results: FieldResult[][] = [];
  const combined: string[] = [];
  const wrongStatuses: number[] = [];
  for (const sample of samples) {
    const prober = new Prober(target, sample);
    const { call, reply } = await prober.send((sent) => sent);
    replies.push(reply);
    if (reply.status >= 400 !== (call.isRefused ?? false)) wrongStatuses.push(reply.status);
    if (call.isRefused) return refusedOperation(target, reply);
    const tried: FieldResult[] = [];
    for (const [part, list] of parts) for (const field of list) tried.push(await prober.field(call, part, field));
    results.push(tried);
    combined.push(...(await prober.combined(call, tried)));
  }
  const fields = [...pathFields(operation), ...mergeFields(results)];
  return { replies, wrongStatuses, fields, combined, ...compareReplies(target, replies) };
}

/** An operation that is always refused: so are all its fields. */
function refusedOperation({ facts, operation }: Target, reply: ParityReply): OperationResult {
  const wrongStatuses = reply.status < 400 ? [reply.status] : [];
  const fields = fieldsOf(facts, operation.body ?? '').map((field): FieldResult => {
    const refusals = [refusalOf(reply, 'any')];
    return { ...field, part: 'body', isSent: true, refusals, refusedWithout: undefined };
  });
  return { replies: [reply], wrongStatuses, fields, combined: [], missing: [], different: [], extra: [] };
}

/** The placeholders of the path, which the samples fill. */
function pathFields({ path }: FactsOperation): FieldResult[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const field = { path: name, type: 'string', required: true, part: 'path' } as const;
    return { ...field, isSent: true, refusals: [], refusedWithout: undefined };
  });
}

/** A value is accepted if one sample with it is; a field that a sample has is accepted; it is mandatory if one sample needs it. */
function mergeFields([first = [], ...others]: readonly (readonly FieldResult[])[]): FieldResult[] {
  return first.map((field, at) => {
    const all = [field, ...others.flatMap((list) => list[at] ?? [])];
    const isAccepted = (value: unknown) =>
      all.some(({ isSent, enum: allowed, refusals }) => {
        const wasRefused = refusals.some((refusal) => JSON.stringify(refusal.value) === JSON.stringify(value));
        return isSent && allowed === undefined ? true : !wasRefused;
      });
    return {
      ...field,
      refusals: field.refusals.filter(({ value }) => !isAccepted(value)),
      refusedWithout: all.find(({ refusedWithout }) => refusedWithout !== undefined)?.refusedWithout,
    };
  });
}

function compareReplies(
  { facts, operation: { response, responseHeaders = [] } }: Target,
  replies: readonly ParityReply[],
): Pick<OperationResult, 'missing' | 'different' | 'extra'> {
  const documented = response === undefined ? [] : fieldsOf(facts, response);
  const known = new Set(documented.map(({ path }) => path));
  const bodies = replies.map(({ headers, body }) => withHeaders(body, headers, responseHeaders));
  const isOpen = (path: string) => documented.some((field) => path.startsWith(field.path) && isFree(field));
  return {
    missing: documented.filter((field) => bodies.every((body) => isMissing(body, field))),
    different: documented.filter((field) =>
      bodies.flatMap((body) => valuesAt(body, field.path)).some((value) => !fits(value, field)),
    ),
    extra:
      response === undefined
        ? extraBody(bodies)
        : [...new Set(bodies.flatMap((body) => pathsIn(body)))].filter((path) => !known.has(path) && !isOpen(path)),
  };
}

/** The body with the documented headers among its fields, as the facts have them. Every response has an X-Request-Id. */
function withHeaders(body: unknown, headers: Readonly<Record<string, string>>, names: readonly string[]): unknown {
  if (Array.isArray(body) || typeof body === 'string') return body;
  const found = names.map((name) => [name, name === 'X-Request-Id' ? 'id' : headers[name.toLowerCase()]]);
  return { ...(body as object | undefined), ...Object.fromEntries(found.filter(([, value]) => value !== undefined)) };
}

/** A body where none is documented counts as a whole. */
function extraBody(bodies: readonly unknown[]): string[] {
  return bodies.some((body) => pathsIn(body).length > 0) ? ['*'] : [];
}

/** Whether any content is documented: a map, or an object without fields. */
function isFree({ type }: PlacedField): boolean {
  return type === 'object' || type.startsWith('{');
}

class Prober {
  readonly #target: Target;
  readonly #sample: Sample;

  constructor(target: Target, sample: Sample) {
    this.#target = target;
    this.#sample = sample;
  }

  /** Sends a variation of the sample to a new cloud. */
  async send(vary: (sample: SampleCall) => ParityCall): Promise<{ call: SampleCall; reply: ParityReply }> {
    const cloud = await ParityCloud.open();
    const call = await this.#sample(cloud);
    return { call, reply: await cloud.send(this.#target.service, this.#target.operation.name, vary(call)) };
  }

  async field(sample: SampleCall, part: Exclude<Part, 'path'>, field: PlacedField): Promise<FieldResult> {
    const isSent = valuesAt(sample[part], field.path).length > 0;
    const refusals: Refusal[] = [];
    for (const value of this.#valuesToSend(sample, field, isSent)) {
      const refusal = await this.#refusal(part, field.path, value);
      if (refusal !== undefined) refusals.push(refusal);
    }
    const refusedWithout = isSent ? await this.#refusal(part, field.path, undefined) : undefined;
    return { ...field, part, isSent, refusals, refusedWithout };
  }

  /** Sends the body with all fields that are accepted one by one, and without those that can be left out one by one. */
  async combined(sample: SampleCall, tried: readonly FieldResult[]): Promise<string[]> {
    const body = tried.filter(({ part }) => part === 'body');
    if (body.length === 0) return [];
    const optional = body.filter(({ isSent, required, refusedWithout }) => isSent && !required && !refusedWithout);
    const added = body.filter(({ isSent, refusals }) => !isSent && refusals.length === 0);
    const full = (sent: unknown) =>
      added.reduce((all, field) => this.#with(all, field, this.#valuesToSend(sample, field, false)[0]), sent);
    const minimal = (sent: unknown) => optional.reduceRight((all, field) => this.#with(all, field, undefined), sent);
    const problems: string[] = [];
    for (const [name, change] of Object.entries({ full, minimal })) {
      const { reply } = await this.send((call) => ({ ...call, body: change(call.body ?? {}) }));
      if (reply.status >= 400) problems.push(`the ${name} body gets ${JSON.stringify(reply.body)}`);
    }
    return problems;
  }

  #with(body: unknown, { path }: PlacedField, value: unknown): unknown {
    return withValue(body, path, value, (at) => this.#missingPart(at));
  }

  #valuesToSend(sample: SampleCall, field: PlacedField, isSent: boolean): unknown[] {
    const { path, type, enum: allowed } = field;
    const given = sample.values?.[path];
    if (given !== undefined) return [given];
    if (allowed !== undefined && !type.endsWith('[]')) return [...allowed];
    return isSent ? [] : [sampleValue(this.#target.facts, field)];
  }

  async #refusal(part: Exclude<Part, 'path'>, path: string, value: unknown): Promise<Refusal | undefined> {
    const { reply } = await this.send((sample) => ({
      ...sample,
      [part]: withValue(sample[part] ?? {}, path, value, (at) => this.#missingPart(at)),
    }));
    return reply.status < 400 ? undefined : refusalOf(reply, value);
  }

  /** An object or a list of the body that the sample does not have. */
  #missingPart(path: string): unknown {
    const { body = '' } = this.#target.operation;
    const field = fieldsOf(this.#target.facts, body).find((candidate) => candidate.path === path.replace(/\[\]$/, ''));
    if (field === undefined) return {};
    const value = sampleValue(this.#target.facts, field);
    return path.endsWith('[]') && Array.isArray(value) ? value[0] : value;
  }
}

/** Errors have one of three forms. */
function refusalOf({ status, body }: ParityReply, value: unknown): Refusal {
  const { error_code, error_msg, code, message, error } = (body ?? {}) as Record<string, unknown>;
  const inner = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  return {
    value,
    status,
    code: String(error_code ?? code ?? inner['code']),
    message: String(error_msg ?? message ?? inner['message']),
  };
}

/** Whether a field that its parent should have is nowhere; an empty list or null as the parent says nothing. */
function isMissing(body: unknown, { path }: PlacedField): boolean {
  if (valuesAt(body, path).length > 0) return false;
  const parent = parentOf(path);
  return parent === '' || valuesAt(body, parent).some((value) => typeof value === 'object' && value !== null);
}

function fits(value: unknown, { type, enum: allowed }: PlacedField): boolean {
  if (value === null) return true;
  if (type.endsWith('[]')) return Array.isArray(value);
  if (allowed !== undefined && !allowed.includes(value as string | number)) return false;
  if (type === 'string' || type === 'number' || type === 'boolean') return typeof value === type;
  return type === 'Date' ? typeof value === 'string' : typeof value === 'object';
}
