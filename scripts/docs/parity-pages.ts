import type { Deviation } from '../../packages/local-cloud/parity/deviation.ts';
import { DEVIATIONS } from '../../packages/local-cloud/parity/deviations.ts';
import { type ErrorCode, errorCodes } from '../../packages/local-cloud/parity/error-codes.ts';
import { measure, type ServedOperation, type ServiceParity } from '../../packages/local-cloud/parity/parity.ts';
import { FACTS_FILES, type ParityService } from '../../packages/local-cloud/parity/parity-service.ts';
import { OBS_ROUTES } from '../../packages/local-cloud/src/cloud/obs/obs-routes.ts';
import { codes, servedSection } from './parity-operation.ts';
import { table } from './table.ts';

const SERVICES = Object.keys(FACTS_FILES) as ParityService[];
const measured = new Map<ParityService, Promise<ServiceParity>>();

/** docs/parity.md and a page for each service. */
export const PARITY_PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/parity.md': overview,
  ...Object.fromEntries(SERVICES.map((service) => [fileOf(service), () => servicePage(service)])),
  [fileOf('OBS')]: obsPage,
};

function fileOf(service: string): string {
  return `docs/parity/${service.toLowerCase()}.md`;
}

/** Measured once, because the overview and the service's page both need it. */
function parityOf(service: ParityService): Promise<ServiceParity> {
  const found = measured.get(service) ?? measure(service);
  measured.set(service, found);
  return found;
}

async function overview(): Promise<string> {
  const all = await Promise.all(SERVICES.map(parityOf));
  const rows = all.map(({ service, documented, sources, served, undocumented }) => {
    const fields = served.flatMap(({ request }) => request);
    const done = fields.filter(({ state }) => state === 'done').length;
    const { requests, responses } = DEVIATIONS[service];
    const questions = [...requests, ...responses].filter(({ isOpen }) => isOpen === true).length;
    return [
      `[${service}](parity/${service.toLowerCase()}.md)`,
      sources.map(({ folder, version, date }) => `\`${folder}\` ${version}, ${date}`).join('<br>'),
      String(documented),
      String(served.length),
      String(documented - served.length),
      String(undocumented.length),
      `${done} of ${fields.length}`,
      responseCounts(served),
      String(questions),
    ];
  });
  const routes = OBS_ROUTES;
  const done = routes.filter(({ refused }) => refused === undefined).length;
  const counts = [routes.length, done, routes.length - done].map(String);
  const obs = ['[OBS](parity/obs.md)', 'API reference (no SDK model exists)', ...counts, '0', '', '', ''];
  return `${INTRO}\n${table(HEADER, [...rows, obs])}\n${LEGEND}\n${codeTable(errorCodes('gateway'))}`;
}

const HEADER = [
  'service',
  'source',
  'operations',
  'served',
  'absent',
  'only here',
  'request fields as documented',
  'response fields as documented',
  'open questions',
];

/** The response fields that are as documented, of all that are. */
function responseCounts(served: readonly ServedOperation[]): string {
  const all = served.reduce((sum, { documented }) => sum + documented.length, 0);
  const differing = served.flatMap(({ response }) => response).filter(({ what }) => what !== 'extra');
  return `${all - differing.reduce((sum, { fields }) => sum + fields, 0)} of ${all}`;
}

async function servicePage(service: ParityService): Promise<string> {
  const { served, absent, undocumented } = await parityOf(service);
  const rows = served.map(({ name, method, path, statuses }) => [
    `[${name}](#${name.toLowerCase()})`,
    `\`${method} ${path}\``,
    statuses.join(', '),
  ]);
  const own = undocumented.map(({ name, path, source }) => [name, `\`${path}\``, source]);
  return [
    `# Parity: ${service}\n\n${GENERATED}\n\nWhat the states mean: [parity](../parity.md#states).\n`,
    `## Served\n\n${table(['operation', 'method and path', 'status'], rows)}`,
    ...(own.length === 0 ? [] : [`## Only here\n\n${table(['operation', 'path', 'source'], own)}`]),
    `## Absent\n\n404 \`APIGW.0101\`, as the gateway responds to an API that is not published.\n`,
    absentTable(absent),
    `## Errors\n\n${codeTable(errorCodes(service))}`,
    ...lenientSection(DEVIATIONS[service].lenient),
    '## Fields\n',
    ...served.map((operation) => servedSection(operation, DEVIATIONS[service])),
  ].join('\n');
}

function lenientSection(rules: readonly Deviation[] = []): string[] {
  if (rules.length === 0) return [];
  const rows = rules.map(({ operations, fields, rule, source }) => [
    operations.join(', '),
    codes(fields),
    rule,
    source,
  ]);
  return [`## Accepted beyond the documentation\n\n${table(['operation', 'field', 'rule', 'source'], rows)}`];
}

function absentTable(absent: ServiceParity['absent']): string {
  const rows = absent
    .filter(({ operations }) => operations.length > 0)
    .map(({ reason, operations }) => [reason, operations.map(({ name }) => name).join(', ')]);
  return table(['why', 'operations'], rows);
}

function codeTable(codes: readonly ErrorCode[]): string {
  const rows = codes.map(({ code, statuses, source, isOpen }) => [
    `\`${code}\``,
    statuses.join(', '),
    source,
    isOpen ? 'open question' : 'done',
  ]);
  return table(['code', 'status', 'source', 'state'], rows);
}

function obsPage(): string {
  const rows = OBS_ROUTES.map(({ scope, method, subResource, operation, source, refused }) => [
    operation,
    scope,
    `\`${method}\``,
    subResource === '' ? '' : `\`?${subResource}\``,
    refused === undefined ? '' : `\`${refused}\``,
    source,
    refused === undefined ? 'done' : 'refused',
  ]);
  return `# Parity: OBS

${GENERATED}

OBS has no generated model. Its operations are a table, \`packages/local-cloud/src/cloud/obs/obs-routes.ts\`, from the pages of the API reference
(\`https://support.huaweicloud.com/intl/en-us/api-obs/<source>.html\`). A sub-resource with a method that is not in the table gets 405
\`MethodNotAllowed\`.

## Operations

${table(['operation', 'on', 'method', 'sub-resource', 'error', 'source', 'state'], rows)}
## Errors

${codeTable(errorCodes('OBS'))}`;
}

const GENERATED = '<!-- Generated by npm run docs; a test compares. -->';

const INTRO = `# Parity of the local cloud with the documented APIs

${GENERATED}

The [local cloud](../packages/local-cloud/README.md) is compared with the models of the public SDK, which are generated from the API reference:
their operations, fields, types and enums are data in \`packages/local-cloud/parity/*.json\` (\`npm run parity -- <checkout of
huaweicloud-sdk-nodejs-v3>\` writes them). Each operation that is served is called with a sample, then once for each value of each documented
field, and its responses are compared with the documented ones. Nothing is missing in silence: a test fails for every difference that has no row
here.

## Services
`;

const LEGEND = `## States

| state | meaning |
| --- | --- |
| done | accepted, or returned, as documented |
| refused | stricter than the model on purpose: some values, or requests without the field, are refused with the error; the row has the rule and its source |
| on purpose | a field of a response that is left out, differs or is added on purpose |
| open question | the sources contradict each other or say nothing; the row says what the local cloud does |

\`served\` and \`absent\` add up to the documented operations. \`only here\`: not in the model. The models have no status codes; the statuses on the
service's pages are those of the samples. An error counts as \`done\` if the table of the API reference has it.

## Errors of the gateway

Before a service is reached, and for operations that are absent.
`;
