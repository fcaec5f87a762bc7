import { ABSENT } from './absent.ts';
import { type Deviation, type Deviations, findDeviations, isWithin, WHOLE } from './deviation.ts';
import { DEVIATIONS } from './deviations.ts';
import { type Facts, type FactsOperation, readFacts } from './facts.ts';
import { fieldsOf } from './fields.ts';
import { ParityCloud } from './parity-cloud.ts';
import { FACTS_FILES, type ParityService } from './parity-service.ts';
import { type FieldResult, probe, type Target } from './probe.ts';
import type { Sample } from './sample.ts';
import { SAMPLES } from './samples.ts';
import { UNDOCUMENTED } from './undocumented.ts';

/**
 * `done`: as documented. `refused`: stricter on purpose, or left out on purpose. `open`: the truth is not known. `unexplained`: none of these; a
 * mistake in the local cloud or in these tables.
 */
type State = 'done' | 'refused' | 'open' | 'unexplained';

export interface RequestRow {
  readonly field: FieldResult;
  readonly state: State;
  readonly rules: readonly Deviation[];
}

export interface ResponseRow {
  /** Without the fields inside it. */
  readonly path: string;
  /** How many fields it stands for. */
  readonly fields: number;
  readonly what: 'missing' | 'different' | 'extra';
  readonly state: Exclude<State, 'done'>;
  readonly rules: readonly Deviation[];
}

export interface ServedOperation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly statuses: readonly number[];
  /** Of samples that should succeed and do not, or the other way round. */
  readonly wrongStatuses: readonly number[];
  /** Bodies that are refused although each of their fields is accepted. */
  readonly combined: readonly string[];
  readonly request: readonly RequestRow[];
  /** What differs from the documented response. */
  readonly response: readonly ResponseRow[];
  /** The paths of the documented fields of the response. */
  readonly documented: readonly string[];
}

export interface ServiceParity {
  readonly service: ParityService;
  /** The number of documented operations. */
  readonly documented: number;
  readonly sources: readonly Facts['source'][];
  readonly served: readonly ServedOperation[];
  readonly absent: readonly { readonly reason: string; readonly operations: readonly FactsOperation[] }[];
  /** Operations of the local cloud that are not in the facts. */
  readonly undocumented: readonly { readonly name: string; readonly path: string; readonly source: string }[];
  /** What is wrong with the local cloud or with the tables of this folder. */
  readonly problems: readonly string[];
}

/** Compares a service of the local cloud with its facts. */
export async function measure(service: ParityService): Promise<ServiceParity> {
  const problems: string[] = [];
  const files = FACTS_FILES[service].map(readFacts);
  const cloud = await ParityCloud.open();
  const local = cloud.services.find(({ name }) => name === service)?.operations ?? [];
  const served: ServedOperation[] = [];
  for (const facts of files) {
    for (const operation of facts.operations) {
      const own = local.find(({ name }) => name === operation.name);
      if (own === undefined) continue;
      if (own.method !== operation.method || own.path !== operation.path)
        problems.push(`${own.name} is ${own.method} ${own.path}, documented is ${operation.method} ${operation.path}`);
      const samples = [SAMPLES[service][operation.name] ?? []].flat();
      if (samples.length === 0) problems.push(`${operation.name} has no sample`);
      else
        await measureOperation({ service, facts, operation }, samples).then(
          (measured) => served.push(measured),
          (error: unknown) => problems.push(`the sample of ${operation.name}: ${String(error)}`),
        );
    }
  }
  const documented = files.flatMap(({ operations }) => operations);
  const missing = documented.filter(({ name }) => !local.some((operation) => operation.name === name));
  const undocumented = local
    .filter(({ name }) => !documented.some((operation) => operation.name === name))
    .map(({ name, path }) => ({ name, path, source: UNDOCUMENTED[`${service} ${name}`] ?? '' }));
  for (const { name, source } of undocumented)
    if (source === '') problems.push(`${name} is neither in the facts nor in the table of undocumented operations`);
  return {
    service,
    documented: documented.length,
    sources: files.map(({ source }) => source),
    served,
    absent: groupAbsent(service, missing, problems),
    undocumented,
    problems: [...problems, ...problemsOf(served), ...uselessDeviations(service, served)],
  };
}

async function measureOperation(
  target: Target & { readonly service: ParityService },
  samples: readonly Sample[],
): Promise<ServedOperation> {
  const { service, facts, operation } = target;
  const { name, method, path, response = '' } = operation;
  const deviations = DEVIATIONS[service];
  const result = await probe(target, samples);
  const rows = (what: ResponseRow['what'], paths: readonly string[]) =>
    outermost(paths).map((at): ResponseRow => {
      const rules = findDeviations(deviations.responses, name, at);
      const fields = paths.filter((path) => isWithin(path, at)).length;
      return { path: at, fields, what, rules, state: stateOf(rules) };
    });
  return {
    name,
    method,
    path,
    wrongStatuses: result.wrongStatuses,
    combined: result.combined,
    statuses: [...new Set(result.replies.map(({ status }) => status))],
    request: result.fields.map((field) => requestRow(deviations, name, field)),
    documented: fieldsOf(facts, response).map((field) => field.path),
    response: [
      ...rows(
        'missing',
        result.missing.map((field) => field.path),
      ),
      ...rows(
        'different',
        result.different.map((field) => field.path),
      ),
      ...rows('extra', result.extra),
    ],
  };
}

/** A rule for a field counts for the fields inside it only if they are refused. */
function requestRow({ requests }: Deviations, operation: string, field: FieldResult): RequestRow {
  const isRefused = field.refusals.length > 0 || (field.refusedWithout !== undefined && field.required !== true);
  const found = findDeviations(requests, operation, field.path);
  const rules = isRefused ? found : found.filter(({ fields }) => fields.includes(field.path));
  return { field, rules, state: isRefused || rules.length > 0 ? stateOf(rules) : 'done' };
}

function stateOf(rules: readonly Deviation[]): 'refused' | 'open' | 'unexplained' {
  if (rules.length === 0) return 'unexplained';
  return rules.every(({ isOpen }) => isOpen === true) ? 'open' : 'refused';
}

/** Without the paths inside another one of the list. */
function outermost(paths: readonly string[]): string[] {
  return paths.filter((path) => !paths.some((other) => other !== path && isWithin(path, other)));
}

function groupAbsent(
  service: ParityService,
  missing: readonly FactsOperation[],
  problems: string[],
): ServiceParity['absent'] {
  const groups = ABSENT[service];
  const named = new Set(groups.flatMap(({ operations }) => (operations === 'others' ? [] : operations)));
  const left = missing.filter(({ name }) => !named.has(name));
  if (!groups.some(({ operations }) => operations === 'others'))
    for (const { name } of left) problems.push(`${name} is neither served nor in the table of absent operations`);
  for (const name of named)
    if (!missing.some((operation) => operation.name === name)) problems.push(`${name} is called absent, but is served`);
  return groups.map(({ reason, operations }) => ({
    reason,
    operations: operations === 'others' ? left : missing.filter(({ name }) => operations.includes(name)),
  }));
}

function problemsOf(served: readonly ServedOperation[]): string[] {
  return served.flatMap(({ name, wrongStatuses, combined, request, response }) => [
    ...combined.map((problem) => `${name}: ${problem}`),
    ...wrongStatuses.map((status) => `the sample of ${name} gets ${status}`),
    ...request
      .filter(({ state }) => state === 'unexplained')
      .map(({ field }) => `${name} refuses ${field.part} ${field.path}: ${describeRefusals(field)}`),
    ...(['missing', 'different', 'extra'] as const).flatMap((what) => {
      const paths = response.filter((row) => row.what === what && row.state === 'unexplained').map(({ path }) => path);
      return paths.length === 0 ? [] : [`the response of ${name} has ${what} fields: ${paths.join(' ')}`];
    }),
  ]);
}

function describeRefusals({ refusals, refusedWithout }: FieldResult): string {
  const values = refusals.map(({ value, code, message }) => `${JSON.stringify(value)} with ${code} ${message}`);
  return [...values, ...(refusedWithout ? [`a body without it with ${refusedWithout.message}`] : [])].join('; ');
}

/** Deviations that name an operation that is not served, or a field that none of their operations has. */
function uselessDeviations(service: ParityService, served: readonly ServedOperation[]): string[] {
  const { requests, responses, lenient = [] } = DEVIATIONS[service];
  const has = ({ name, request, response, documented }: ServedOperation, rule: Deviation, field: string) =>
    rule.operations.includes(name) &&
    [...request.map((row) => row.field.path), ...response.map(({ path }) => path), ...documented].includes(field);
  return [...requests, ...responses, ...lenient].flatMap((rule) => {
    const unknown = rule.operations.filter((name) => !served.some((operation) => operation.name === name));
    const isUsed = rule.fields.some(
      (field) => WHOLE.has(field) || served.some((operation) => has(operation, rule, field)),
    );
    return [
      ...unknown.map((name) => `${name} is not served, but has the rule: ${rule.rule}`),
      ...(isUsed ? [] : [`no operation has a field of the rule: ${rule.rule}`]),
    ];
  });
}
