import { ACCOUNT } from '../parity/account.ts';
import { findDeviations } from '../parity/deviation.ts';
import { readFacts } from '../parity/facts.ts';
import { fieldsOf, sampleValue, valuesAt, withValue } from '../parity/fields.ts';
import { measure, type ServiceParity } from '../parity/parity.ts';
import { FACTS_FILES, type ParityService } from '../parity/parity-service.ts';
import { SEED } from '../parity/seed.ts';
import { type LocalCloud, startLocalCloud } from '../src/cloud/local-cloud.ts';
import { UNPUBLISHED } from '../src/cloud/unpublished.ts';
import { call } from './cloud/caller.ts';

const SERVICES = Object.keys(FACTS_FILES) as ParityService[];
/** A value of `{resource_type}`: FunctionGraph and SMN share the path. */
const RESOURCE_TYPES: Readonly<Partial<Record<ParityService, string>>> = { SMN: 'smn_topic' };

const fillType = (service: ParityService, path: string) =>
  path.replace('{resource_type}', RESOURCE_TYPES[service] ?? 'functions');

const measured = new Map<ParityService, Promise<ServiceParity>>();
function parityOf(service: ParityService): Promise<ServiceParity> {
  const found = measured.get(service) ?? measure(service);
  measured.set(service, found);
  return found;
}

describe.each(SERVICES)('%s', (service) => {
  let cloud: LocalCloud;
  let parity: ServiceParity;

  beforeAll(async () => {
    cloud = await startLocalCloud({ ...SEED, accounts: [ACCOUNT] });
    parity = await parityOf(service);
  }, 120_000);
  afterAll(() => cloud.close());

  it('is as documented, except for what the tables of deviations and absent operations say', () => {
    expect(parity.problems).toEqual([]);
  });

  it('responds to its absent operations as the gateway does', async () => {
    const operations = parity.absent.flatMap((group) => group.operations);
    const wrong: string[] = [];
    for (const { name, method, path } of operations) {
      const filled = fillType(service, path)
        .replace('{project_id}', ACCOUNT.projectId)
        .replaceAll(/\{\w+\}/g, 'a-1');
      const hasBody = ['POST', 'PUT', 'PATCH'].includes(method);
      const { status, json } = await call(cloud, method, filled, hasBody ? {} : undefined, { account: ACCOUNT });
      const isRefused = status === 404 && (method === 'HEAD' || json['error_code'] === 'APIGW.0101');
      if (!isRefused) wrong.push(`${name}: ${status} ${String(json['error_code'])}`);
    }

    expect(wrong).toEqual([]);
  }, 60_000);
});

describe('UNPUBLISHED', () => {
  it('names operations that are documented and absent', async () => {
    const absent = await Promise.all(
      SERVICES.map(async (service) =>
        (await parityOf(service)).absent
          .flatMap(({ operations }) => operations)
          .map(({ name, method, path }) => `${service}.${name} ${method} ${fillType(service, path)}`),
      ),
    );
    const listed = UNPUBLISHED.map(({ name, method, path }) => `${name} ${method} ${path}`);

    expect(listed.filter((row) => !absent.flat().includes(row))).toEqual([]);
  }, 120_000);
});

describe('the facts', () => {
  it('have the operations, the fields and the enums of the models', () => {
    const { operations, types } = readFacts('dcs');

    expect(operations.find(({ name }) => name === 'SetOnlineMigrationTask')).toEqual({
      name: 'SetOnlineMigrationTask',
      method: 'POST',
      path: '/v2/{project_id}/migration/{task_id}/task',
      body: 'SetOnlineMigrationTaskBody',
      bodyIsMandatory: true,
      response: 'SetOnlineMigrationTaskResponse',
    });
    expect(types['SetOnlineMigrationTaskBody']).toEqual({
      migration_method: {
        type: 'string',
        required: true,
        enum: ['full_amount_migration', 'incremental_migration'],
      },
      resume_mode: { type: 'string', required: true, enum: ['auto', 'manual'] },
      bandwidth_limit_mb: { type: 'string' },
      source_instance: { type: 'ConfigMigrationInstanceBody', required: true },
      target_instance: { type: 'ConfigMigrationInstanceBody', required: true },
    });
  });

  it.each(SERVICES)('of %s name each operation once', (service) => {
    const names = FACTS_FILES[service].flatMap((file) => readFacts(file).operations.map(({ name }) => name));

    expect(new Set(names).size).toBe(names.length);
  });
});

describe('fields', () => {
  const facts = {
    source: { folder: 'x/v1', version: '1', date: '2026-01-01' },
    operations: [],
    types: {
      Body: { name: { type: 'string', required: true }, parts: { type: 'Part[]', required: true } },
      Part: {
        size: { type: 'number', required: true },
        kind: { type: 'string', enum: ['a', 'b'] },
        next: { type: 'Part' },
      },
    },
  };
  const body = { name: 'n', parts: [{ size: 1 }, { size: 2 }] };
  const missing = () => ({});

  it('have paths, with [] for the items of a list', () => {
    const paths = fieldsOf(facts, 'Body').map(({ path }) => path);

    expect(paths.slice(0, 5)).toEqual(['name', 'parts', 'parts[].size', 'parts[].kind', 'parts[].next']);
  });

  it('of a type that contains itself end at some depth', () => {
    expect(fieldsOf(facts, 'Part')).toHaveLength(24);
  });

  it('get a value of their type, with what is mandatory in it', () => {
    expect(sampleValue(facts, { type: 'Body' })).toEqual({ name: 'x', parts: [{ size: 1 }] });
  });

  it('are read from all items, and changed in the first', () => {
    expect(valuesAt(body, 'parts[].size')).toEqual([1, 2]);
    expect(withValue(body, 'parts[].size', 3, missing)).toEqual({ name: 'n', parts: [{ size: 3 }, { size: 2 }] });
    expect(withValue(body, 'parts[].size', undefined, missing)).toEqual({ name: 'n', parts: [{}, { size: 2 }] });
    expect(withValue(body, 'owner.id', 'o', missing)).toEqual({ ...body, owner: { id: 'o' } });
    expect(body).toEqual({ name: 'n', parts: [{ size: 1 }, { size: 2 }] });
  });
});

describe('findDeviations', () => {
  const rule = (...fields: string[]) => ({ operations: ['Create'], fields, rule: fields.join(), source: 's' });
  const list = [rule('a'), rule('a.b', 'x'), rule('a.b'), { ...rule('c'), operations: ['Delete'] }];

  it.each([
    ['a', ['a']],
    ['a.x', ['a']],
    ['a[].x', ['a']],
    ['a.b', ['a.b,x', 'a.b']],
    ['a.b.c', ['a.b,x', 'a.b']],
    ['ab', []],
    ['c', []],
  ])('covers %s by the rules for %j', (path, expected) => {
    expect(findDeviations(list, 'Create', path).map((found) => found.rule)).toEqual(expected);
  });
});
